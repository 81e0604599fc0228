import { EssaimError } from "../lib/core/errors.ts";
import {
  DAYS,
  holds,
  LEAST_RATE,
  type LocalTime,
  parseQuietTime,
  type QuietTime,
  writeTime,
} from "../lib/core/quiet_times.ts";
import { parseRate, writeRate } from "../lib/core/units.ts";
import type { Language } from "../lib/i18n/language.ts";

/** One quiet time as it stands in its fields, right or not. */
export interface QuietRow {
  /** 0 is Monday. */
  readonly days: readonly number[];
  /** "08:00", or "" */
  readonly from: string;
  readonly to: string;
  /** "" leaves the usual limit. */
  readonly up: string;
  readonly down: string;
}

export const MOST_QUIET_ROWS = 50;
/** Of a row just added: school days. */
export const NEW_QUIET_ROW: QuietRow = { days: [0, 1, 2, 3, 4], from: "08:00", to: "12:00", up: "", down: "" };

/** The words for "no limit" in either language. */
const UNLIMITED = { en: "unlimited", fr: "illimité" };

/** What stands in the fields of the Settings page, as one text, so that it is kept and compared like any other field. */
export const writeRows = (rows: readonly QuietRow[]): string => JSON.stringify(rows);

export function readRows(text: string): QuietRow[] {
  return JSON.parse(text);
}

/** The rows of saved quiet times, given as the configuration writes them. */
export function rowsOf(lines: readonly string[], lang: Language): QuietRow[] {
  return lines.map((line) => {
    const { days, from, to, up, down } = parseQuietTime(line);
    return { days, from: writeTime(from), to: writeTime(to), up: shownLimit(up, lang), down: shownLimit(down, lang) };
  });
}

function shownLimit(rate: number | undefined, lang: Language): string {
  if (rate === undefined) return "";
  if (rate === Infinity) return UNLIMITED[lang];
  return lang === "fr" ? writeRate(rate).replace("B/s", "o/s") : writeRate(rate);
}

/** As the configuration writes it, whether it is good or not. */
export function lineOf({ days, from, to, up, down }: QuietRow): string {
  const limit = (name: string, typed: string) => typed.trim() === "" ? "" : ` ${name} ${typedLimit(typed)}`;
  return `${days.map((day) => DAYS[day]).join(",")} ${from}-${to}${limit("upload", up)}${limit("download", down)}`;
}

/** Bytes are written with a capital B in the file. */
function typedLimit(typed: string): string {
  const text = typed.trim();
  return Object.values(UNLIMITED).includes(text.toLowerCase()) ? "unlimited" : text.replace(/o(?=\s*\/\s*s$)/, "B");
}

export type QuietProblem = "days" | "hours" | "limit" | "up" | "down";

/** What has to be corrected first in a row; undefined: nothing. */
export function problemOf(row: QuietRow): QuietProblem | undefined {
  if (row.days.length === 0) return "days";
  if (row.from === "" || row.to === "") return "hours";
  if (row.up.trim() === "" && row.down.trim() === "") return "limit";
  for (const way of ["up", "down"] as const) {
    if (row[way].trim() !== "" && !isGoodLimit(row[way])) return way;
  }
  return quietTimeOf(row) ? undefined : "hours";
}

function isGoodLimit(typed: string): boolean {
  return attempt(() => parseRate(typedLimit(typed)) >= LEAST_RATE) ?? false;
}

/** Whether this row holds at that moment. */
export function holdsNow(row: QuietRow, now: LocalTime): boolean {
  const time = quietTimeOf(row);
  return time !== undefined && holds(time, now);
}

const quietTimeOf = (row: QuietRow): QuietTime | undefined => attempt(() => parseQuietTime(lineOf(row)));

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof EssaimError) return undefined;
    throw error;
  }
}

/** The rows that a form without JavaScript sends for this setting. */
export function rowsInForm(form: URLSearchParams, key: string): QuietRow[] {
  const count = Math.min(MOST_QUIET_ROWS, Number(form.get(key)) || 0);
  const field = (index: number, name: string) => form.get(`${key}.${index}.${name}`) ?? "";
  return Array.from({ length: count }, (_, index) => ({
    days: form.getAll(`${key}.${index}.days`).map(Number).filter((day) => DAYS[day] !== undefined),
    from: field(index, "from"),
    to: field(index, "to"),
    up: field(index, "up"),
    down: field(index, "down"),
  }));
}

/** What the buttons of such a form ask for: "add", "remove-2". */
export function changedRows(rows: readonly QuietRow[], order: string): QuietRow[] {
  if (order === "add") return [...rows, NEW_QUIET_ROW].slice(0, MOST_QUIET_ROWS);
  return rows.filter((_, index) => order !== `remove-${index}`);
}
