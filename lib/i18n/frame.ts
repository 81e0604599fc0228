import { frame as en } from "./en/frame.ts";
import { frame as fr } from "./fr/frame.ts";
import { inLanguage, type Language } from "./language.ts";

export const frameTexts = (lang: Language): typeof en => inLanguage(lang, en, fr);
