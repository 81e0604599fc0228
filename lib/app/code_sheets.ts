import { DAY_MS } from "../core/membership.ts";
import type { Clock } from "../ports.ts";

/** One-time codes to hand out. Their hashes are all that is kept of them elsewhere. */
export interface CodeSheet {
  readonly kind: "reset" | "invited";
  readonly lines: readonly { readonly name: string; readonly code: string }[];
}

export interface ShownSheet extends CodeSheet {
  /** How long the codes are good; milliseconds since 1970. */
  readonly goodUntil: number;
}

/** Of codes made for a list or for a reset. */
const GOOD_MS = 30 * DAY_MS;

const SHOWN_MS = 3_600_000;
const MOST_SHEETS = 8;
const ID_BYTES = 16;

/** Sheets of codes that were just made, for as long as it takes to print them. In memory only. */
export class CodeSheets {
  readonly #sheets = new Map<string, { readonly sheet: ShownSheet; readonly until: number }>();

  constructor(readonly clock: Pick<Clock, "now">) {}

  /** Gives the id under which it can be seen for an hour; the oldest gives way when there are many. */
  add(sheet: CodeSheet): string {
    if (this.#sheets.size >= MOST_SHEETS) this.#sheets.delete(this.#sheets.keys().next().value!);
    const id = crypto.getRandomValues(new Uint8Array(ID_BYTES)).toHex();
    const now = this.clock.now();
    this.#sheets.set(id, { sheet: { ...sheet, goodUntil: now + GOOD_MS }, until: now + SHOWN_MS });
    return id;
  }

  get(id: string): ShownSheet | undefined {
    const now = this.clock.now();
    for (const [key, { until }] of this.#sheets) if (until <= now) this.#sheets.delete(key);
    return this.#sheets.get(id)?.sheet;
  }
}
