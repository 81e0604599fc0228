import { transfers as en } from "./en/transfers.ts";
import { transfers as fr } from "./fr/transfers.ts";
import { inLanguage, type Language } from "./language.ts";

export const transfersTexts = (lang: Language): typeof en => inLanguage(lang, en, fr);
