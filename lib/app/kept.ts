import type { Clock } from "../ports.ts";

/** A dashboard open on thirty screens costs one count, and counting takes at most a twentieth of the time. */
const KEPT_MS = 2_000;
const SHARE_OF_TIME = 20;

/** The result of some work that is repeated only when the last one is two seconds old; costly work less often. */
export class Kept<T> {
  #last: { readonly until: number; readonly value: T } | undefined;

  constructor(readonly clock: Clock) {}

  get(make: () => T): T {
    const began = this.clock.monotonic();
    if (this.#last !== undefined && began < this.#last.until) return this.#last.value;
    const value = make();
    const ended = this.clock.monotonic();
    this.#last = { until: ended + Math.max(KEPT_MS, SHARE_OF_TIME * (ended - began)), value };
    return value;
  }
}
