import unhomoglyph from "unhomoglyph";
import type { Skeleton } from "../core/member_names.ts";

/** The table of look-alikes of Unicode TR39. */
export const skeleton: Skeleton = (text) => unhomoglyph(text);
