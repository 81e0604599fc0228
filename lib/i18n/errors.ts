import { errors as en } from "./en/errors.ts";
import { errors as fr } from "./fr/errors.ts";
import { inLanguage, type Language } from "./language.ts";

export const errorsTexts = (lang: Language): typeof en => inLanguage(lang, en, fr);
