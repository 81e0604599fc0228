import { network as en } from "./en/network.ts";
import { network as fr } from "./fr/network.ts";
import { inLanguage, type Language } from "./language.ts";

export const networkTexts = (lang: Language): typeof en => inLanguage(lang, en, fr);
