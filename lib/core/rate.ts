const BUCKET_MS = 500;
/** Weight of the newest bucket: a change of speed shows within two seconds. */
const NEWEST = 0.4;
/** Without a byte for this long the rate is zero. */
const SILENT_MS = 3_000;

/** Smoothed rate of a transfer. Times in milliseconds on a clock that never jumps. */
export class RateMeter {
  #rate = 0;
  #bucket = 0;
  #bucketStart: number;
  #last: number;
  total = 0;

  constructor(now: number) {
    this.#bucketStart = now;
    this.#last = now;
  }

  add(bytes: number, now: number): void {
    if (now - this.#last > SILENT_MS) this.#restart(now);
    this.#last = now;
    this.total += bytes;
    this.#bucket += bytes;
    const elapsed = now - this.#bucketStart;
    if (elapsed < BUCKET_MS) return;
    const newest = (this.#bucket * 1000) / elapsed;
    this.#rate = this.#rate === 0 ? newest : this.#rate * (1 - NEWEST) + newest * NEWEST;
    this.#bucket = 0;
    this.#bucketStart = now;
  }

  /** Bytes a second. */
  rate(now: number): number {
    if (now - this.#last > SILENT_MS) return 0;
    if (this.#rate > 0) return this.#rate;
    return (this.#bucket * 1000) / Math.max(now - this.#bucketStart, 50);
  }

  #restart(now: number): void {
    this.#rate = 0;
    this.#bucket = 0;
    this.#bucketStart = now;
  }
}
