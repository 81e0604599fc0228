import { EssaimError } from "./errors.ts";

/** Language of a displayed quantity: "2.1 MB" in English, "2,1 Mo" in French. */
export type UnitLocale = "en" | "fr";

const SIZE_ACCEPTED = 'a size such as "10 MB" (millions of bytes), "1 MiB" (2^20 bytes) or a whole number of bytes';
const RATE_ACCEPTED = 'a rate such as "5 MB/s", a whole number of bytes per second, or "unlimited" (or 0)';
const DURATION_ACCEPTED = 'a duration with its unit, such as "500 ms", "10 s", "2 min", "1 h" or "7 days"';

const PREFIXES = ["", "k", "M", "G", "T"];
const SIZE = /^(\d+(?:[.,]\d+)?)\s*(?:([kKMGT])?(i?)[Bo])?$/;
const DURATION = /^(\d+(?:[.,]\d+)?)\s*(ms|s|min|h|days?)$/;
const DAY = 24 * 3_600_000;
const MS: Record<string, number> = { h: 3_600_000, min: 60_000, s: 1000, ms: 1 };

function refuse(value: string | number, accepted: string): never {
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);
  throw new EssaimError("bad-input", `Cannot read ${shown}. Write ${accepted}.`);
}

/** `amount` units as a whole number; undefined when too large to be exact, or positive but rounded to nothing. */
function scaled(amount: string, unit: number): number | undefined {
  const exact = Number(amount.replace(",", "."));
  const whole = Math.round(exact * unit);
  return Number.isSafeInteger(whole) && (whole > 0 || exact === 0) ? whole : undefined;
}

/**
 * Bytes meant by "10 MB" (10^7), "1 MiB" (2^20), "2,1 Mo" or a whole number. The case matters: "Mb" would be megabits.
 * Throws `bad-input` saying what is accepted.
 */
export function parseBytes(value: string | number): number {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && value >= 0 ? value : refuse(value, SIZE_ACCEPTED);
  }
  const match = SIZE.exec(value.trim());
  const [, amount = "", prefix = "", binary = ""] = match ?? [];
  const hasUnit = /[Bo]$/.test(value.trim());
  if (!match || (binary && !prefix) || (!hasUnit && /\D/.test(amount))) return refuse(value, SIZE_ACCEPTED);
  const power = PREFIXES.indexOf(prefix === "K" ? "k" : prefix);
  return scaled(amount, (binary ? 1024 : 1000) ** power) ?? refuse(value, SIZE_ACCEPTED);
}

/** Bytes per second meant by "5 MB/s" or a whole number; 0 and "unlimited" give Infinity. Throws `bad-input`. */
export function parseRate(value: string | number): number {
  const text = String(value).trim();
  if (text === "unlimited") return Infinity;
  const match = /^([^/]*[Bo])\s*\/\s*s$/.exec(text);
  if (!match && !/^\d+$/.test(text)) return refuse(value, RATE_ACCEPTED);
  try {
    return parseBytes(match?.[1] ?? text) || Infinity;
  } catch {
    return refuse(value, RATE_ACCEPTED);
  }
}

/** Milliseconds meant by "500 ms", "10 s", "2 min", "1 h" or "7 days"; a number without unit is refused. Throws `bad-input`. */
export function parseDuration(value: string | number): number {
  const [, amount = "", unit = ""] = DURATION.exec(String(value).trim()) ?? [];
  const factor = unit.startsWith("day") ? DAY : MS[unit];
  if (factor === undefined) return refuse(value, DURATION_ACCEPTED);
  return scaled(amount, factor) ?? refuse(value, DURATION_ACCEPTED);
}

const EXACT_SIZES = [4, 3, 2, 1].flatMap((power): [string, number][] => [
  [`${power === 1 ? "K" : PREFIXES[power]}iB`, 1024 ** power],
  [`${PREFIXES[power]}B`, 1000 ** power],
]);

/** The shortest exact text: `parseBytes(writeBytes(n)) === n`. */
export function writeBytes(bytes: number): string {
  const [name, unit] = EXACT_SIZES.find(([, unit]) => bytes > 0 && bytes % unit === 0) ?? ["B", 1];
  return `${bytes / unit} ${name}`;
}

/** The shortest exact text: `parseRate(writeRate(n)) === n`. */
export function writeRate(bytesPerSecond: number): string {
  return bytesPerSecond === Infinity ? "unlimited" : `${writeBytes(bytesPerSecond)}/s`;
}

/** The shortest exact text: `parseDuration(writeDuration(ms)) === ms`. */
export function writeDuration(ms: number): string {
  if (ms === 0) return "0 s";
  if (ms >= 2 * DAY && ms % DAY === 0) return `${ms / DAY} days`;
  const [name, unit] = Object.entries(MS).find(([, unit]) => ms % unit === 0) ?? ["ms", 1];
  return `${ms / unit} ${name}`;
}

function rounded(value: number): number {
  return value < 99.95 ? Math.round(value * 10) / 10 : Math.round(value);
}

/** A size for a person, about three digits, in powers of 1000: "2.1 MB", "2,1 Mo". */
export function formatBytes(bytes: number, locale: UnitLocale = "en"): string {
  let value = Math.max(0, Math.round(bytes));
  let power = 0;
  while (rounded(value) >= 1000 && power < PREFIXES.length - 1) {
    value /= 1000;
    power++;
  }
  const digits = String(rounded(value));
  const unit = PREFIXES[power] + (locale === "fr" ? "o" : "B");
  return `${locale === "fr" ? digits.replace(".", ",") : digits} ${unit}`;
}

/** A rate for a person: "2.1 MB/s", "2,1 Mo/s", "unlimited", "illimité". */
export function formatRate(bytesPerSecond: number, locale: UnitLocale = "en"): string {
  if (bytesPerSecond === Infinity) return locale === "fr" ? "illimité" : "unlimited";
  return `${formatBytes(bytesPerSecond, locale)}/s`;
}

/** A duration for a person, its two largest units: "350 ms", "12 s", "1 min 30 s", "2 h 5 min", "3 d 4 h" ("3 j 4 h"). */
export function formatDuration(ms: number, locale: UnitLocale = "en"): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole === Infinity) return "∞";
  if (whole < 1000) return `${whole} ms`;
  const units: [string, number][] = [[locale === "fr" ? "j" : "d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];
  const seconds = Math.round(whole / 1000);
  const first = units.findIndex(([, size]) => seconds >= size);
  const [name, size] = units[first] ?? ["s", 1];
  const head = `${Math.floor(seconds / size)} ${name}`;
  const [nextName, nextSize] = units[first + 1] ?? ["", Infinity];
  const rest = Math.floor((seconds % size) / nextSize);
  return rest > 0 ? `${head} ${rest} ${nextName}` : head;
}

/** How long ago something happened, for a person: "12 s ago", "il y a 3 min"; its largest unit. */
export function formatAgo(ms: number, locale: UnitLocale = "en"): string {
  const [amount, unit] = formatDuration(Math.max(1_000, ms), locale).split(" ");
  return locale === "fr" ? `il y a ${amount} ${unit}` : `${amount} ${unit} ago`;
}
