import { isLanguage, type Language } from "./language.ts";

/** The texts of one area in a language. In a browser that is always the language of the page. */
export type Translated<T> = (lang: Language) => T;

/** Loads the texts of one area: in every language on a server, only in that of the page in a browser. */
export async function translated<T>(areas: Readonly<Record<Language, () => Promise<T>>>): Promise<Translated<T>> {
  const shown = globalThis.document?.documentElement.lang;
  if (isLanguage(shown)) {
    const texts = await areas[shown]();
    return () => texts;
  }
  const [en, fr] = await Promise.all([areas.en(), areas.fr()]);
  return (lang) => lang === "fr" ? fr : en;
}
