import { files as en } from "./en/files.ts";
import { files as fr } from "./fr/files.ts";
import { inLanguage, type Language } from "./language.ts";

export const filesTexts = (lang: Language): typeof en => inLanguage(lang, en, fr);
