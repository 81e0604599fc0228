/** At most this much may be sent at once after a pause. */
const BURST_SECONDS = 0.5;
const PIECE_SECONDS = 0.25;
const PIECE_BYTES = { least: 4 * 1024, most: 256 * 1024 };

/** As much is best taken at a time: little enough that at a low rate something still arrives every few moments. */
export function pieceBytesAt(rate: number): number {
  return Math.max(PIECE_BYTES.least, Math.min(PIECE_BYTES.most, Math.floor(rate * PIECE_SECONDS)));
}

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

  /** As much is best taken at a time. */
  get pieceBytes(): number {
    return pieceBytesAt(this.#rate);
  }

  /** Another rate from now on; what was taken before is forgiven. */
  limitTo(rate: number, now: number): void {
    this.#rate = rate;
    this.#tokens = rate * BURST_SECONDS;
    this.#at = now;
  }

  /** Whether it is as if nothing was ever taken. */
  isFull(now: number): boolean {
    return this.#earned(now) >= this.#rate * BURST_SECONDS;
  }

  #earned(now: number): number {
    return this.#tokens + this.#rate * Math.max(0, now - this.#at) / 1000;
  }

  /** Milliseconds to wait before going on. */
  take(bytes: number, now: number): number {
    if (this.#rate === Infinity) return 0;
    this.#tokens = Math.min(this.#rate * BURST_SECONDS, this.#earned(now)) - bytes;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#rate * 1000;
  }
}
