import { settings as en } from "./en/settings.ts";
import { settings as fr } from "./fr/settings.ts";
import { inLanguage, type Language } from "./language.ts";

export const settingsTexts = (lang: Language): typeof en => inLanguage(lang, en, fr);
