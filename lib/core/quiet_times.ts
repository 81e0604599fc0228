import { EssaimError } from "./errors.ts";
import { parseRate, writeRate } from "./units.ts";

/** Monday first. */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const DAY_MINUTES = 24 * 60;
/** As for the usual limits. */
export const LEAST_RATE = 1_000;

/** Bytes a second both ways; Infinity for no limit. */
export interface Rates {
  readonly up: number;
  readonly down: number;
}

/** Hours of some days with other limits than the usual ones. */
export interface QuietTime {
  /** Days on which it begins: 0 is Monday. Rising, at least one. */
  readonly days: readonly number[];
  /** Minutes since midnight. `to` not after `from` is on the next day. */
  readonly from: number;
  readonly to: number;
  /** Instead of the usual limit; without it that one holds. At least one of them is there. */
  readonly up?: number;
  readonly down?: number;
}

/** A moment by the clock on the wall. */
export interface LocalTime {
  /** 0 is Monday. */
  readonly day: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

/** What a clock on the wall of this computer shows at that moment. */
export function localTime(moment: Date): LocalTime {
  return { day: (moment.getDay() + 6) % 7, minute: moment.getHours() * 60 + moment.getMinutes() };
}

/** Whether it holds at that moment. */
export function holds({ days, from, to }: QuietTime, { day, minute }: LocalTime): boolean {
  const isOverNight = to <= from;
  const began = (on: number) => days.includes((on + 7) % 7);
  if (isOverNight && minute < to && began(day - 1)) return true;
  return began(day) && minute >= from && (isOverNight || minute < to);
}

/** What may flow at that moment. Where several quiet times hold, the lowest of their limits does. */
export function ratesAt(usual: Rates, times: readonly QuietTime[], at: LocalTime): Rates {
  const holding = times.filter((time) => holds(time, at));
  const lowest = (way: keyof Rates) => {
    const limits = holding.flatMap(({ [way]: limit }) => limit === undefined ? [] : [limit]);
    return limits.length > 0 ? Math.min(...limits) : usual[way];
  };
  return { up: lowest("up"), down: lowest("down") };
}

export const QUIET_EXAMPLE = "mon-fri 08:00-12:00 upload 500 kB/s download 1 MB/s";
const ENTRY =
  /^(?<days>[a-z,-]+) (?<from>\d\d?:\d\d) ?- ?(?<to>\d\d?:\d\d)(?: upload (?<up>.+?))?(?: download (?<down>.+))?$/i;
const EVERY_DAY = "daily";

/** Reads "mon-fri 08:00-12:00 upload 500 kB/s download 1 MB/s", "daily 22:00-06:00 upload unlimited". Throws `bad-input`. */
export function parseQuietTime(text: string): QuietTime {
  const refuse = (why: string): never => {
    const shown = JSON.stringify(text.slice(0, 80));
    throw new EssaimError("bad-input", `Cannot read ${shown}: ${why}. Write it like "${QUIET_EXAMPLE}".`);
  };
  const match = ENTRY.exec(text.trim().replace(/\s+/g, " "));
  const { days = "", from = "", to = "", up, down } = match?.groups ?? refuse("days, hours and limits are expected");
  const rate = (written: string): number => {
    const parsed = parseRate(written);
    return parsed >= LEAST_RATE ? parsed : refuse(`the least limit is ${writeRate(LEAST_RATE)}`);
  };
  if (up === undefined && down === undefined) refuse("it has no limit");
  return {
    days: parseDays(days.toLowerCase()) ?? refuse(`${days} are no days`),
    from: parseTime(from, DAY_MINUTES - 1) ?? refuse(`${from} is no time`),
    to: (parseTime(to, DAY_MINUTES) ?? refuse(`${to} is no time`)) % DAY_MINUTES,
    ...up === undefined ? {} : { up: rate(up) },
    ...down === undefined ? {} : { down: rate(down) },
  };
}

/** The shortest exact text: `parseQuietTime(writeQuietTime(time))` equals `time`. */
export function writeQuietTime({ days, from, to, up, down }: QuietTime): string {
  const limit = (name: string, rate: number | undefined) => rate === undefined ? [] : [name, writeRate(rate)];
  const hours = `${writeTime(from)}-${writeTime(to)}`;
  return [writeDays(days), hours, ...limit("upload", up), ...limit("download", down)].join(" ");
}

/** "08:30" */
export function writeTime(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

function parseTime(text: string, latest: number): number | undefined {
  const [hours = NaN, minutes = NaN] = text.split(":").map(Number);
  const time = hours * 60 + minutes;
  return minutes < 60 && time <= latest ? time : undefined;
}

/** "daily", "mon", "mon-fri", "sat,sun", "fri-mon" over the week's end; undefined when it is none of them. */
function parseDays(text: string): number[] | undefined {
  if (text === EVERY_DAY) return [...DAYS.keys()];
  const days = new Set<number>();
  for (const part of text.split(",")) {
    const [first = -1, last = first, ...more] = part.split("-").map((name) => DAYS.findIndex((day) => day === name));
    if (first < 0 || last < 0 || more.length > 0) return undefined;
    for (let day = first; days.add(day), day !== last;) day = (day + 1) % DAYS.length;
  }
  return [...days].sort();
}

function writeDays(days: readonly number[]): string {
  if (days.length === DAYS.length) return EVERY_DAY;
  const runs: [number, number][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run[1] === day - 1) run[1] = day;
    else runs.push([day, day]);
  }
  const name = (first: number, last: number) =>
    first === last ? DAYS[first] : [DAYS[first], DAYS[last]].join(last === first + 1 ? "," : "-");
  return runs.map(([first, last]) => name(first, last)).join(",");
}
