import type { Clock } from "../ports.ts";

/** A dashboard open on thirty screens costs one count, and counting takes at most a twentieth of the time. */
const KEPT_MS = 500;
const SHARE_OF_TIME = 20;

/** The result of some work that is repeated only when the last one is half a second old; costly work less often. */
export class Kept<T> {
  #last: { readonly until: number; readonly value: T } | undefined;

  constructor(readonly clock: Clock) {}

  get(make: () => T): T {
    return this.#last !== undefined && this.restMs() > 0 ? this.#last.value : this.renew(make);
  }

  /** Repeats it in any case. */
  renew(make: () => T): T {
    const began = this.clock.monotonic();
    const value = make();
    const ended = this.clock.monotonic();
    this.#last = { until: ended + Math.max(KEPT_MS, SHARE_OF_TIME * (ended - began)), value };
    return value;
  }

  /** How long the last result is kept from now on. */
  restMs(): number {
    return Math.max(0, (this.#last?.until ?? 0) - this.clock.monotonic());
  }
}
