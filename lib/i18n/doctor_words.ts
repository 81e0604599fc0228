import type { DoctorLine } from "../core/doctor.ts";
import { doctorTexts } from "./doctor.ts";
import { formats } from "./formats.ts";
import type { Language } from "./language.ts";

export interface SaidLine {
  readonly title: string;
  readonly says: string;
  readonly todo: string | undefined;
}

/** A line of the network doctor as a person reads it. */
export function sayLine(lang: Language, { id, finding, values }: DoctorLine): SaidLine {
  const t = doctorTexts(lang);
  const { bytes, duration, fullDate } = formats(lang);
  const { names = [], name = "", port, bytes: size, aheadMs = 0, until } = values;
  const words = {
    names: names.join(t.between),
    name,
    port: port === undefined ? "" : String(port),
    size: size === undefined ? "" : bytes(size),
    off: duration(Math.abs(aheadMs)),
    isAhead: aheadMs > 0,
    until: until === undefined ? "" : fullDate(until),
  };
  const { says, todo } = t.findings[finding];
  return { title: t.lines[id], says: says(words), todo: todo?.(words) };
}
