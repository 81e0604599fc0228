/** At most this much may be sent at once after a pause. */
const BURST_SECONDS = 0.5;
const PIECE_SECONDS = 0.25;
const PIECE_BYTES = { least: 4 * 1024, most: 256 * 1024 };

/** Limits a rate. Bytes are taken first and paid by waiting, so that a piece larger than the burst still passes. */
export class TokenBucket {
  #rate: number;
  #tokens: number;
  #at: number;

  /** `rate`: bytes a second, Infinity for no limit. `now`: monotonic milliseconds. */
  constructor(rate: number, now: number) {
    this.#rate = rate;
    this.#tokens = rate * BURST_SECONDS;
    this.#at = now;
  }

  get rate(): number {
    return this.#rate;
  }

  /** As much is best taken at a time: little enough that at a low rate something still arrives every few moments. */
  get pieceBytes(): number {
    return Math.max(PIECE_BYTES.least, Math.min(PIECE_BYTES.most, Math.floor(this.#rate * PIECE_SECONDS)));
  }

  /** Another rate from now on; what was taken before is forgiven. */
  limitTo(rate: number, now: number): void {
    this.#rate = rate;
    this.#tokens = rate * BURST_SECONDS;
    this.#at = now;
  }

  /** Milliseconds to wait before going on. */
  take(bytes: number, now: number): number {
    if (this.#rate === Infinity) return 0;
    const earned = this.#rate * Math.max(0, now - this.#at) / 1000;
    this.#tokens = Math.min(this.#rate * BURST_SECONDS, this.#tokens + earned) - bytes;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#rate * 1000;
  }
}
