/** Wrong tries of one address within a minute before it has to wait. */
const MAX_TRIES = 5;
const WITHIN_MS = 60_000;
/** The one whose last wrong try is the longest ago gives way. */
const MAX_ADDRESSES = 10_000;

/** Wrong codes of each address, so that codes cannot be guessed. Times in milliseconds on a clock that never jumps. */
export class WrongTries {
  /** Of each address the times of its newest wrong tries; the address that failed last is last. */
  readonly #tries = new Map<string, readonly number[]>();

  /** Milliseconds until this address may try again; 0: now. */
  waitOf(address: string, now: number): number {
    const tries = this.#recent(address, now);
    return tries.length < MAX_TRIES ? 0 : tries[0]! + WITHIN_MS - now;
  }

  add(address: string, now: number): void {
    const tries = [...this.#recent(address, now), now].slice(-MAX_TRIES);
    this.#tries.delete(address);
    if (this.#tries.size >= MAX_ADDRESSES) this.#tries.delete(this.#tries.keys().next().value!);
    this.#tries.set(address, tries);
  }

  #recent(address: string, now: number): readonly number[] {
    return (this.#tries.get(address) ?? []).filter((at) => now - at < WITHIN_MS);
  }
}
