import { EssaimError } from "./errors.ts";
import { displayNameSchema } from "./messages.ts";
import { isolated, visibleText } from "./visible_text.ts";

/** Text in which characters that look alike are the same ones (Unicode TR39, "skeleton"). */
export type Skeleton = (text: string) => string;

/** What shows nothing, or reorders what stands around it; unassigned and private characters look different everywhere. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cn}\p{Co}\p{Cs}\p{Cf}\u2800\ufffd]/u;
/** More marks on one letter cover the lines above and below. */
const PILED_MARKS = /\p{M}{4}/u;
const SOMETHING_TO_READ = /[\p{L}\p{N}]/u;
/** What makes no name another one: spaces, punctuation, spacing accents, and accents (those that all alphabets share). */
const DETAILS =
  /[\s\p{Z}\p{P}\p{Sk}\p{Cf}\p{Default_Ignorable_Code_Point}\u02b0-\u02ff\u2800]|(?=\p{M})\p{Script=Inherited}/gu;

/** A name as it is kept and shown: composed, single spaces. Throws `bad-input` when a part of it cannot be seen. */
export function parseName(text: string): string {
  const parsed = displayNameSchema.safeParse(text.normalize("NFC").replace(/[\t\p{Zs}]+/gu, " "));
  if (!parsed.success) throw refused(text, "it is empty, longer than 64 characters, or has control characters");
  const name = parsed.data;
  if (INVISIBLE.test(name) || visibleText(name) !== name) throw refused(name, "a part of it cannot be seen");
  if (PILED_MARKS.test(name)) throw refused(name, "it has too many marks on one letter");
  if (!SOMETHING_TO_READ.test(name)) throw refused(name, "it has no letter and no digit");
  return name;
}

/**
 * Whatever a name may be taken for: as it is written, in small letters and in capitals (the Cyrillic `В` looks like a `B`,
 * its small letter `в` does not). Two names that share one of these are the same name; names that differ only in case,
 * spaces, punctuation, accents or characters that look alike do (`rn` and `m`, `0` and `O`, `1`, `l` and `I`).
 */
export function looksOf(name: string, skeleton: Skeleton): string[] {
  const plain = name.normalize("NFKC");
  const looks = [plain, lower(plain), plain.toUpperCase()].map((text) => look(text, skeleton));
  return [...new Set(looks)];
}

function look(text: string, skeleton: Skeleton): string {
  const alike = bare(skeleton(bare(text)));
  const small = bare(skeleton(lower(alike))); // "M" looks like nothing else, "m" like "rn"
  return lower(small).replace(/[il1|]/g, "l").replaceAll("0", "o");
}

function bare(text: string): string {
  return text.normalize("NFKD").replace(DETAILS, "");
}

/** Case folding as far as JavaScript has it: "ß" is "ss", every sigma the same. */
function lower(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll("ς", "σ");
}

function refused(name: string, why: string): EssaimError {
  return new EssaimError("bad-input", `${isolated(name.slice(0, 64))} cannot be a name: ${why}. Choose another one.`);
}
