/** Bytes a second over the last minutes, in slots of equal length. Times in monotonic milliseconds. */
export class RateHistory {
  readonly #slots: number[] = [];
  #current = 0;
  #over = 0;
  #slotStart: number;

  constructor(readonly slotMs: number, readonly kept: number, now: number) {
    this.#slotStart = now;
  }

  add(bytes: number, now: number): void {
    this.#advance(now);
    this.#current += bytes;
  }

  /** One value for each slot that is over, oldest first; at most `kept`. */
  read(now: number): readonly number[] {
    this.#advance(now);
    return this.#slots;
  }

  /** Slots that are over, also those no longer kept. */
  count(now: number): number {
    this.#advance(now);
    return this.#over;
  }

  #advance(now: number): void {
    const over = Math.floor((now - this.#slotStart) / this.slotMs);
    if (over <= 0) return;
    this.#push(this.#current);
    this.#current = 0;
    for (let quiet = Math.min(over - 1, this.kept); quiet > 0; quiet--) this.#push(0);
    this.#slotStart += over * this.slotMs;
    this.#over += over;
  }

  #push(bytes: number): void {
    this.#slots.push(Math.round(bytes * 1000 / this.slotMs));
    if (this.#slots.length > this.kept) this.#slots.shift();
  }
}
