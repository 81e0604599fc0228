import { visibleText } from "../core/visible_text.ts";
import { filesTexts } from "../i18n/files.ts";
import type { Language } from "../i18n/language.ts";

/** "leçon 4.pdf", "12 files" or "3 items". */
export function whatOf(
  things: readonly { readonly name: string; readonly kind: "file" | "folder" }[],
  lang: Language,
): string {
  const t = filesTexts(lang).permission;
  if (things.length === 1) return visibleText(things[0]!.name);
  return things.some(({ kind }) => kind === "folder") ? t.theseItems(things.length) : t.these(things.length);
}
