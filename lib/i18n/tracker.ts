import { tracker as en } from "./en/tracker.ts";
import { tracker as fr } from "./fr/tracker.ts";
import { inLanguage, type Language } from "./language.ts";

export const trackerTexts = (lang: Language): typeof en => inLanguage(lang, en, fr);
