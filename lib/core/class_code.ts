import type { ClassId } from "./class_messages.ts";
import { EssaimError } from "./errors.ts";
import { fromHex } from "./ids.ts";

/** Crockford's base 32: no I, L, O and U, so that nothing is misread. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BITS = 5;
/** Of each half: 40 bits. */
const HALF = 8;
const HALF_BYTES = HALF * BITS / 8;
const MAX_CODE_LENGTH = 100;
const MAX_LINK_LENGTH = 500;

/** What one types to join: `XXXX-XXXX-YYYY-YYYY`. */
export interface ClassCode {
  /** Beginning of the class id: proves the class to whoever joins. */
  readonly prefix: string;
  /** Proves whoever joins to the class, or is a one-time code; "" for an open class. */
  readonly secret: string;
}

/** A code as people type it: in small letters, with spaces, other dashes or none, O for 0, I and L for 1. Throws `bad-input`. */
export function parseClassCode(text: string): ClassCode {
  if (text.length > MAX_CODE_LENGTH) throw wrong("it is far too long");
  const typed = text.normalize("NFKC").toUpperCase().replace(/[\s\p{Pd}\u2212_.\u200b\ufeff]/gu, "");
  const code = typed.replaceAll("O", "0").replace(/[IL]/g, "1");
  const strange = [...code].find((character) => !ALPHABET.includes(character));
  if (strange !== undefined) throw wrong(`${JSON.stringify(strange)} is never in one`);
  if (code.length !== HALF && code.length !== 2 * HALF) throw wrong(`this has ${code.length} letters and digits`);
  return { prefix: code.slice(0, HALF), secret: code.slice(HALF) };
}

export function writeClassCode({ prefix, secret }: ClassCode): string {
  return (prefix + secret).match(/.{4}/g)!.join("-");
}

/** First half of the codes of a class: 40 bits of its id. */
export function codePrefixOf(id: ClassId): string {
  return encode(fromHex(id).subarray(0, HALF_BYTES));
}

/** The class is the one that the code was made for. */
export function matches({ prefix }: ClassCode, id: ClassId): boolean {
  return prefix === codePrefixOf(id);
}

/** Second half of a code. `random`: at least 5 random bytes. */
export function secretFrom(random: Uint8Array): string {
  return encode(random.subarray(0, HALF_BYTES));
}

export interface JoinLink {
  /** Address of the tracker; undefined for a bare code. */
  readonly tracker?: string;
  readonly code: ClassCode;
}

/** `http://HOST:5000/join#CODE`, also as copied out of a message, or a bare code. Throws `bad-input`. */
export function parseJoinLink(text: string): JoinLink {
  if (text.length > MAX_LINK_LENGTH) throw notLink("it is far too long");
  const link = text.trim().replace(/^[<"'«(\s]+|[>"'»),.;\s]+$/g, "").replace(/%23/g, "#");
  if (!/[/#:]/.test(link)) return { code: parseClassCode(link) };
  const url = URL.parse(/^[a-z]+:\/\//i.test(link) ? link : `http://${link}`);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) throw notLink("it is no web address");
  const path = /^(.*)\/join\/?$/.exec(url.pathname);
  if (!path) throw notLink("its address does not end in /join");
  if (url.hash.length < 2) throw notLink("the code after # is missing");
  return { tracker: url.origin + path[1], code: parseClassCode(decoded(url.hash.slice(1))) };
}

/** What was typed for a class of which tracker and first half were shown: the second half is enough. A link stands for itself. */
export function joinedTo(shown: JoinLink, typed: JoinLink): JoinLink {
  if (typed.tracker !== undefined) return typed;
  const { prefix } = shown.code;
  const isSecondHalf = typed.code.secret === "" && typed.code.prefix !== prefix;
  return { ...shown, code: isSecondHalf ? { prefix, secret: typed.code.prefix } : typed.code };
}

/** `tracker`: its address, without a slash at the end. */
export function writeJoinLink(tracker: string, code: ClassCode): string {
  return `${tracker}/join#${writeClassCode(code)}`;
}

function encode(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{5}/g)!.map((group) => ALPHABET[parseInt(group, 2)]!).join("");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notLink("the code after # is damaged");
  }
}

function wrong(why: string): EssaimError {
  return new EssaimError(
    "bad-input",
    `This is not a class code: ${why}. A class code looks like ABCD-EFGH-JKMN-PQRS; copy it as the teacher shows it.`,
  );
}

function notLink(why: string): EssaimError {
  return new EssaimError(
    "bad-input",
    `This is not a join link: ${why}. It looks like http://HOST:5000/join#ABCD-EFGH-JKMN-PQRS.`,
  );
}
