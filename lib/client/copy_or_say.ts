import { filesTexts } from "../i18n/files.ts";
import type { Language } from "../i18n/language.ts";
import { copyText } from "./copy_text.ts";
import { notices } from "./notices.ts";

/** Says whether it worked; the field to select is there when it did not. */
export async function copyOrSay(link: string, lang: Language): Promise<void> {
  const t = filesTexts(lang).links;
  if (await copyText(link)) notices.done(t.copied);
  else notices.info(t.copyHere);
}
