import { MAX_QUERY_LENGTH } from "./messages.ts";

/** More words than a person types; each one costs a look-up. */
export const MAX_QUERY_WORDS = 10;
/** NFKD makes up to 18 characters of one. */
const MAX_WORD_LENGTH = 100;

/** Letters that Unicode does not decompose, as they are typed on a keyboard that lacks them. */
const FOLDED: Readonly<Record<string, string>> = {
  "œ": "oe",
  "æ": "ae",
  "ß": "ss",
  "ø": "o",
  "ł": "l",
  "đ": "d",
  "ħ": "h",
  "ı": "i",
  "þ": "th",
  "ð": "d",
  "ς": "σ",
};
const FOLDABLE = new RegExp(`[${Object.keys(FOLDED).join("")}]`, "gu");

/**
 * The text as it is compared in searches: without accents or case, its words (letters, digits and symbols such as "+")
 * separated by one space. Applying it twice changes nothing.
 */
export function normalise(text: string): string {
  return text.normalize("NFKD").toLowerCase().normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(FOLDABLE, (letter) => FOLDED[letter]!)
    .replace(/[^\p{L}\p{N}\p{S}]+/gu, " ")
    .trim();
}

/** What names are sorted by: as `normalise`, with numbers by their value, "Page 2" before "Page 10". */
export function sortKey(name: string): string {
  return normalise(name).replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, "").padStart(12, "0"));
}

/** The different words of a query, at most ten, normalised. A share is found when its name contains all of them. */
export function queryWords(query: string): string[] {
  const words = normalise(query.slice(0, MAX_QUERY_LENGTH)).split(" ").filter((word) => word !== "");
  return [...new Set(words)].slice(0, MAX_QUERY_WORDS).map((word) => word.slice(0, MAX_WORD_LENGTH));
}

const NAME_KEY_LENGTH = 60;

/** What names are sorted by: the first letters as they are compared, so that a place in a long list stays short. */
export function nameKey(name: string): string {
  return [...normalise(name)].slice(0, NAME_KEY_LENGTH).join("");
}

const ID_PREFIX = /^[0-9a-f]{8,64}$/;

/** The beginning of a file id or share id that a query of one word may be; `search` prints such beginnings. */
export function idPrefix(words: readonly string[]): string | undefined {
  const [word = ""] = words;
  return words.length === 1 && ID_PREFIX.test(word) ? word : undefined;
}

/** How well a share fits; a larger number is better and 0 is no match. All but `id` are about its name. */
export const RANK = { none: 0, substring: 1, wordPrefix: 2, prefix: 3, whole: 4, id: 5 } as const;
export type Rank = (typeof RANK)[keyof typeof RANK];

/**
 * How well a name, as it is written, fits words from `queryWords`: it is those words, begins with them, has words that
 * begin with each of them, or contains them all in any order. Without words everything fits alike.
 */
export function rank(name: string, words: readonly string[]): Rank {
  const text = normalise(name);
  if (!words.every((word) => text.includes(word))) return RANK.none;
  const phrase = words.join(" ");
  if (text === phrase) return RANK.whole;
  if (text.startsWith(phrase)) return RANK.prefix;
  return words.every((word) => ` ${text}`.includes(` ${word}`)) ? RANK.wordPrefix : RANK.substring;
}
