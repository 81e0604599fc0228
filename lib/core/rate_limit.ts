/** So many at once, and so many a second after that. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** Those who asked longest ago are forgotten first. */
const MAX_CALLERS = 10_000;
/** So that who waited as long as it was told is not sent away again. */
const ROUNDING = 1e-6;

/** A token bucket for each caller. Time is monotonic milliseconds and is passed in. */
export class RateLimits {
  readonly #callers = new Map<string, { readonly left: number; readonly at: number }>();

  constructor(readonly limit: RateLimit) {}

  /** Counts what its question cost besides, so that the next ones have to wait. */
  charge(caller: string, cost: number): void {
    const known = this.#callers.get(caller);
    if (known) this.#callers.set(caller, { ...known, left: known.left - cost });
  }

  /** 0 when the caller may ask now, which is counted; else after how many milliseconds. */
  take(caller: string, now: number): number {
    const { burst, perSecond } = this.limit;
    const known = this.#callers.get(caller) ?? { left: burst, at: now };
    const left = Math.min(burst, known.left + (now - known.at) / 1000 * perSecond);
    const isEnough = left >= 1 - ROUNDING;
    this.#callers.delete(caller);
    this.#callers.set(caller, { left: isEnough ? left - 1 : left, at: now });
    if (this.#callers.size > MAX_CALLERS) this.#callers.delete(this.#callers.keys().next().value!);
    return isEnough ? 0 : Math.ceil((1 - left) / perSecond * 1000);
  }
}
