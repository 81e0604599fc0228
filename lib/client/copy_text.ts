import { filesTexts } from "../i18n/files.ts";
import type { Language } from "../i18n/language.ts";
import { notices } from "./notices.ts";

/** Whether the text is in the clipboard now; not every browser and page is allowed to. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Says whether it worked; the field to select is there when it did not. */
export async function copyOrSay(link: string, lang: Language): Promise<void> {
  const t = filesTexts(lang).links;
  if (await copyText(link)) notices.done(t.copied);
  else notices.info(t.copyHere);
}
