import type { Language } from "./language.ts";

/** Numbers, sizes and times as a person writes them. A no-break space stands before each unit. */
export interface Formats {
  /** "2.1 MB", "2,1 Mo": about three digits, in powers of 1000. */
  bytes(bytes: number): string;
  /** "2.1 MB/s"; bytes a second. */
  rate(bytesPerSecond: number): string;
  /** "12,345", "12 345". */
  count(amount: number): string;
  /** A share of one, whole percents, rounded down so that "100%" means all: "43%", "43 %". */
  percent(share: number): string;
  /** A duration in milliseconds, its two largest units: "1 min 30 s". */
  duration(ms: number): string;
  /** Time left: "about 2 min", "environ 2 min", "less than a minute"; one unit only, since it is a guess. */
  about(ms: number): string;
  /** "just now", "5 minutes ago" under a day, then "12 Nov, 14:05", with the year when it is another. */
  date(at: string | number, now?: number): string;
  /** Everything, for a tooltip: "12 November 2026 at 14:05:09". */
  fullDate(at: string | number): string;
  /** "bob, chloé and dan". */
  list(items: readonly string[]): string;
}

export const NBSP = "\u00a0";
/** Narrow; French puts it before ; ! and ?. */
export const NNBSP = "\u202f";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WORDS = {
  en: {
    bytes: ["B", "kB", "MB", "GB", "TB"],
    units: ["d", "h", "min", "s"],
    now: "just now",
    about: (text: string) => `about ${text}`,
    underAMinute: "less than a minute",
  },
  fr: {
    bytes: ["o", "ko", "Mo", "Go", "To"],
    units: ["j", "h", "min", "s"],
    now: "à l’instant",
    about: (text: string) => `environ ${text}`,
    underAMinute: "moins d’une minute",
  },
} as const;
/** British, for the day before the month and 24 hours. */
const LOCALES = { en: "en-GB", fr: "fr-FR" } as const;
const UNITS_MS = [DAY, HOUR, MINUTE, SECOND] as const;

function rounded(value: number): number {
  return value < 99.95 ? Math.round(value * 10) / 10 : Math.round(value);
}

function make(lang: Language): Formats {
  const locale = LOCALES[lang];
  const words = WORDS[lang];
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percents = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
  const time = new Intl.DateTimeFormat(locale, clock);
  const full = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium" });

  const bytes = (amount: number) => {
    let value = Math.max(0, Math.round(amount) || 0);
    let power = 0;
    while (rounded(value) >= 1000 && power < words.bytes.length - 1) {
      value /= 1000;
      power++;
    }
    return `${number.format(rounded(value))}${NBSP}${words.bytes[power]}`;
  };
  const in_ = (ms: number, unit: number, format: (value: number) => number) =>
    `${whole.format(format(ms / UNITS_MS[unit]!))}${NBSP}${words.units[unit]}`;
  const largest = (ms: number) => Math.max(0, UNITS_MS.findIndex((size) => ms >= size));

  return {
    bytes,
    rate: (bytesPerSecond) => `${bytes(bytesPerSecond)}/s`,
    count: (amount) => whole.format(amount),
    // 29 of 100 is a little less than 0.29 as a binary fraction.
    percent: (share) => percents.format(Math.floor(Math.min(1, Math.max(0, share)) * 100 + 1e-9) / 100),
    duration(ms) {
      const seconds = Math.max(0, Math.round(ms / SECOND)) * SECOND;
      if (seconds < SECOND) return `0${NBSP}${words.units[3]}`;
      const first = largest(seconds);
      const rest = seconds % UNITS_MS[first]!;
      const head = in_(seconds, first, Math.floor);
      const next = first + 1;
      return next < UNITS_MS.length && rest >= UNITS_MS[next]! ? `${head} ${in_(rest, next, Math.floor)}` : head;
    },
    about(ms) {
      if (ms < MINUTE) return words.underAMinute;
      // Rounded first, so that it never says "60 min".
      const minutes = Math.round(ms / MINUTE) * MINUTE;
      return words.about(in_(minutes, largest(minutes), Math.round));
    },
    date(at, now = Date.now()) {
      const then = new Date(at);
      const age = now - then.getTime();
      if (Number.isNaN(age)) return "";
      if (Math.abs(age) < MINUTE) return words.now;
      if (age > 0 && age < HOUR) return ago.format(-Math.floor(age / MINUTE), "minute");
      if (age > 0 && age < DAY) return ago.format(-Math.floor(age / HOUR), "hour");
      const sameYear = then.getFullYear() === new Date(now).getFullYear();
      return `${(sameYear ? day : dayOfYear).format(then)}, ${time.format(then)}`.replaceAll(" ", NBSP)
        .replace(`,${NBSP}`, lang === "fr" ? " " : ", ");
    },
    fullDate(at) {
      const then = new Date(at);
      return Number.isNaN(then.getTime()) ? "" : full.format(then);
    },
    list: (items) => list.format(items),
  };
}

const made: Partial<Record<Language, Formats>> = {};

/** The formats of a language; made once, since `Intl` objects are slow to make. */
export function formats(lang: Language): Formats {
  return made[lang] ??= make(lang);
}

/**
 * "1 file", "1,234 files": the amount with its noun. French counts none as one ("0 fichier"); English does not.
 */
export function counted(lang: Language): (amount: number, one: string, other: string) => string {
  return (amount, one, other) => {
    const isOne = lang === "fr" ? Math.abs(amount) < 2 : amount === 1;
    return `${formats(lang).count(amount)}${NBSP}${isOne ? one : other}`;
  };
}
