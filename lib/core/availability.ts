/**
 * The chunks still wanted, ordered by how many peers hold them, so that the rarest is found without looking at all
 * (a file may have a million). Every change costs at most one step per distinct count.
 */
export class Availability {
  /** Holders of each chunk, wanted or not. */
  readonly #counts: Uint16Array;
  /** Wanted chunks, rarest first: those with `count` holders stand at `#starts[count]` up to `#starts[count + 1]`. */
  readonly #order: Uint32Array;
  /** Where each chunk stands in `#order`. */
  readonly #place: Uint32Array;
  readonly #wanted: Uint8Array;
  readonly #starts: number[];
  #returned = 0;

  /** `maxHolders`: the most peers ever counted at a time. */
  constructor(readonly length: number, readonly maxHolders: number, wanted: Iterable<number>) {
    this.#counts = new Uint16Array(length);
    this.#order = new Uint32Array(length);
    this.#place = new Uint32Array(length);
    this.#wanted = new Uint8Array(length);
    let size = 0;
    for (const chunk of wanted) {
      this.#order[size] = chunk;
      this.#place[chunk] = size++;
      this.#wanted[chunk] = 1;
    }
    this.#starts = [0, ...new Array<number>(maxHolders + 1).fill(size)];
  }

  get size(): number {
    return this.#starts.at(-1)!;
  }

  /** How often a chunk became wanted again: while it stays the same, nothing new can be picked. */
  get returned(): number {
    return this.#returned;
  }

  isWanted(chunk: number): boolean {
    return this.#wanted[chunk] === 1;
  }

  holders(chunk: number): number {
    return this.#counts[chunk] ?? 0;
  }

  /** One more peer holds the chunk. */
  gained(chunk: number): void {
    const count = this.#counts[chunk]!;
    if (count >= this.maxHolders) return;
    this.#counts[chunk] = count + 1;
    if (this.#wanted[chunk]) this.#moveUp(chunk, count);
  }

  /** One peer less holds the chunk. */
  lost(chunk: number): void {
    const count = this.#counts[chunk]!;
    if (count === 0) return;
    this.#counts[chunk] = count - 1;
    if (this.#wanted[chunk]) this.#moveDown(chunk, count);
  }

  /** The chunk is requested or verified: no longer to be picked. */
  take(chunk: number): void {
    if (!this.#wanted[chunk]) return;
    this.#wanted[chunk] = 0;
    for (let count = this.#counts[chunk]!; count <= this.maxHolders; count++) this.#moveUp(chunk, count);
  }

  /** The chunk is wanted again: its request failed. */
  putBack(chunk: number): void {
    if (this.#wanted[chunk]) return;
    this.#returned++;
    this.#wanted[chunk] = 1;
    const end = this.#starts[this.maxHolders + 1]!;
    this.#put(chunk, end);
    this.#starts[this.maxHolders + 1] = end + 1;
    for (let count = this.maxHolders; count > this.#counts[chunk]!; count--) this.#moveDown(chunk, count);
  }

  /**
   * A wanted chunk with the fewest holders among those that `has` accepts ("rarest first", BEP 3), or undefined. `roll`
   * in [0, 1) chooses among equals, so that a whole class does not start with chunk 0.
   */
  rarest(has: (chunk: number) => boolean, roll: number): number | undefined {
    for (let count = 0; count <= this.maxHolders; count++) {
      const start = this.#starts[count]!;
      const size = this.#starts[count + 1]! - start;
      const first = Math.floor(roll * size);
      for (let i = 0; i < size; i++) {
        const chunk = this.#order[start + (first + i) % size]!;
        if (has(chunk)) return chunk;
      }
    }
    return undefined;
  }

  /** From the group of `count` to the next one: to the end of its group, whose border then steps over it. */
  #moveUp(chunk: number, count: number): void {
    const border = this.#starts[count + 1]! - 1;
    this.#swap(chunk, border);
    this.#starts[count + 1] = border;
  }

  #moveDown(chunk: number, count: number): void {
    const border = this.#starts[count]!;
    this.#swap(chunk, border);
    this.#starts[count] = border + 1;
  }

  #swap(chunk: number, place: number): void {
    const other = this.#order[place]!;
    this.#put(other, this.#place[chunk]!);
    this.#put(chunk, place);
  }

  #put(chunk: number, place: number): void {
    this.#order[place] = chunk;
    this.#place[chunk] = place;
  }
}
