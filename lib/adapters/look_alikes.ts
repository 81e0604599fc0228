import unhomoglyph from "unhomoglyph";
import { looksOf } from "../core/member_names.ts";

/** What a name may be taken for, by the table of look-alikes of Unicode TR39. */
export function looks(name: string): string[] {
  return looksOf(name, unhomoglyph);
}
