/** Languages of the pages. */
export type Language = "fr" | "en";

export const LANGUAGES: readonly Language[] = ["fr", "en"];

export function isLanguage(value: unknown): value is Language {
  return value === "fr" || value === "en";
}

/** Longest header looked at; browsers send well under 100 characters. */
const LONGEST_HEADER = 500;

/**
 * The language of a page: the setting when it names one, else the first of the browser's that we speak. A browser that
 * asks for others only gets English; one that asks for nothing gets French.
 */
export function pickLanguage(acceptLanguage: string | null | undefined, setting: string = "auto"): Language {
  if (isLanguage(setting)) return setting;
  const wanted = (acceptLanguage ?? "").slice(0, LONGEST_HEADER).split(",").map((part) => {
    const [tag = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return { language: tag.toLowerCase().split("-")[0], quality: quality === undefined ? 1 : Number(quality) || 0 };
  }).filter(({ language, quality }) => /^(?:[a-z]{1,8}|\*)$/.test(language ?? "") && quality > 0).sort((a, b) =>
    b.quality - a.quality
  );
  const spoken = wanted.find(({ language }) => isLanguage(language) || language === "*");
  if (spoken) return isLanguage(spoken.language) ? spoken.language : "fr";
  return wanted.length > 0 ? "en" : "fr";
}
