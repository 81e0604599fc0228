import { z } from "zod";
import { EssaimError } from "./errors.ts";

/** Longest name in UTF-8 bytes on the file systems in use (ext4, NTFS, APFS), less room for " (999)". */
const MAX_NAME_BYTES = 240;
const MAX_PATH_BYTES = 3_000;
const MAX_DEPTH = 100;

/** Text that reorders, hides or breaks what a person reads: bidirectional and zero-width controls (joiners are kept for emoji and Persian). */
const DECEIVING =
  "\\u00ad\\u034f\\u061c\\u180e\\u{e0001}-\\u{e007f}\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufeff";
const FORBIDDEN = new RegExp(`[\\p{Cc}\\p{Zl}\\p{Zp}/\\\\:*?"<>|${DECEIVING}]`, "gu");
const UNPRINTABLE = new RegExp(`[\\p{Cc}\\p{Zl}\\p{Zp}${DECEIVING}]`, "gu");
/** Dots, white space, and letters that have no shape. */
const NOTHING_VISIBLE = /^[.\s\u115f\u1160\u2800\u3164\uffa0]*$/u;
const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/i;
/** Most names: safe at a glance. The steps of safeName take ten times longer, which counts for 10,000 of them. */
const PLAIN = /^(?!aux|co[mn]|lpt|nul|prn)\w(?:[\w .()+,-]{0,100}[\w()+,-])?$/i;
const ENCODER = new TextEncoder();

/**
 * A name that any file system takes and no terminal or page is fooled by, as close to `name` as possible: NFC, forbidden
 * characters become "_", no trailing dot or space, at most 240 bytes with the extension kept. Throws `bad-name` for
 * names without anything to see, such as "", "." and "..".
 */
export function safeName(name: string): string {
  if (PLAIN.test(name)) return name;
  let safe = name.toWellFormed().normalize("NFC").replace(FORBIDDEN, "_").trimStart().replace(
    /[. ]+$/u,
    (end) => "_".repeat(end.length),
  );
  if (NOTHING_VISIBLE.test(name)) {
    throw new EssaimError(
      "bad-name",
      `${JSON.stringify(name)} cannot be the name of a file. Give it a name with letters or digits.`,
    );
  }
  safe = safe.replace(RESERVED_ON_WINDOWS, "$1_");
  return shorten(safe);
}

function shorten(name: string): string {
  if (byteLength(name) <= MAX_NAME_BYTES) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && byteLength(name.slice(dot)) <= 32 ? name.slice(dot) : "";
  let stem = "";
  let room = MAX_NAME_BYTES - byteLength(extension);
  for (const character of name.slice(0, name.length - extension.length)) {
    room -= byteLength(character);
    if (room < 0) break;
    stem += character;
  }
  return stem.replace(/[. ]+$/u, "_") + extension;
}

function byteLength(text: string): number {
  return ENCODER.encode(text).length;
}

/** Whether `name` is what safeName would make of it: the only names accepted from others. */
export function isSafeName(name: string): boolean {
  try {
    return safeName(name) === name;
  } catch {
    return false;
  }
}

export const safeNameSchema = z.string().max(MAX_NAME_BYTES).refine(isSafeName, "not a safe file name");

/** Whether `path` is a relative path of safe names joined by "/", of bounded depth and length. */
export function isSafePath(path: string): boolean {
  const names = path.split("/");
  return names.length <= MAX_DEPTH && byteLength(path) <= MAX_PATH_BYTES && names.every(isSafeName);
}

/**
 * What two names that a case- or normalisation-insensitive file system takes for the same have in common. "É.txt" (NFC),
 * "É.txt" (NFD) and "é.TXT" share it.
 */
export function collisionKey(path: string): string {
  return path.normalize("NFKC").toLowerCase().normalize("NFC");
}

/** `name`, then "name (2)", "name (3)" … before the extension; "archive.tar.gz" → "archive (2).tar.gz". */
export function* alternatives(name: string): Generator<string> {
  yield name;
  const [, stem = name, extension = ""] = /^(.+?)((?:\.tar)?\.[^. ]{1,16})$/u.exec(name) ?? [];
  for (let n = 2; n <= 9_999; n++) yield `${stem} (${n})${extension}`;
}

/** Text that cannot move the cursor, colour the terminal or start a new line: such characters become `\\u001b`-like escapes. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
