import { dashboard as en } from "./en/dashboard.ts";
import { dashboard as fr } from "./fr/dashboard.ts";
import { inLanguage, type Language } from "./language.ts";

export const dashboardTexts = (lang: Language): typeof en => inLanguage(lang, en, fr);
