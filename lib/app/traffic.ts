import type { Throughput } from "../core/local_messages.ts";
import { RateHistory } from "../core/rate_history.ts";
import type { Clock } from "../ports.ts";

const EVERY_MS = 2_000;
/** Five minutes. */
const KEPT = 150;

/** What all downloads bring and all others fetch from here. */
export class Traffic {
  readonly #down: RateHistory;
  readonly #up: RateHistory;

  constructor(readonly clock: Clock) {
    const now = clock.monotonic();
    this.#down = new RateHistory(EVERY_MS, KEPT, now);
    this.#up = new RateHistory(EVERY_MS, KEPT, now);
  }

  received(bytes: number): void {
    this.#down.add(bytes, this.clock.monotonic());
  }

  sent(bytes: number): void {
    this.#up.add(bytes, this.clock.monotonic());
  }

  /** Always the whole time: nothing came or went before the start. */
  read(): Throughput {
    const now = this.clock.monotonic();
    return { everyMs: EVERY_MS, down: filled(this.#down.read(now)), up: filled(this.#up.read(now)) };
  }

  /** The newest values; `slot` is another number for each. */
  latest(): { readonly slot: number; readonly down: number; readonly up: number } {
    const now = this.clock.monotonic();
    const [down, up] = [this.#down.read(now).at(-1) ?? 0, this.#up.read(now).at(-1) ?? 0];
    return { slot: this.#down.count(now), down, up };
  }
}

function filled(values: readonly number[]): number[] {
  return [...new Array<number>(KEPT - values.length).fill(0), ...values];
}
