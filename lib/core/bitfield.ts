import { EssaimError } from "./errors.ts";

/** One bit a chunk, chunk 0 in the highest bit of the first byte (as BEP 3); spare bits at the end are zero. */
export class Bitfield {
  #bytes: Uint8Array;
  #count = 0;

  constructor(readonly length: number) {
    this.#bytes = new Uint8Array(Math.ceil(length / 8));
  }

  static full(length: number): Bitfield {
    const field = new Bitfield(length);
    field.#bytes.fill(0xff);
    const spare = field.#bytes.length * 8 - length;
    if (spare > 0) field.#bytes[field.#bytes.length - 1]! &= 0xff << spare;
    field.#count = length;
    return field;
  }

  get count(): number {
    return this.#count;
  }

  get complete(): boolean {
    return this.#count === this.length;
  }

  has(index: number): boolean {
    return index >= 0 && index < this.length && (this.#bytes[index >> 3]! & (0x80 >> (index & 7))) !== 0;
  }

  /** Sets the bit; true when it was not set before. */
  add(index: number): boolean {
    if (!Number.isInteger(index) || index < 0 || index >= this.length || this.has(index)) return false;
    this.#bytes[index >> 3]! |= 0x80 >> (index & 7);
    this.#count++;
    return true;
  }

  delete(index: number): boolean {
    if (!this.has(index)) return false;
    this.#bytes[index >> 3]! &= ~(0x80 >> (index & 7));
    this.#count--;
    return true;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.length; index++) if (this.has(index)) yield index;
  }

  *missing(): Generator<number> {
    for (let index = 0; index < this.length; index++) if (!this.has(index)) yield index;
  }

  clone(): Bitfield {
    return parseBitfield(this.#bytes, this.length);
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }
}

/** The bitfield in `bytes` (copied); throws `bad-content` when the length is wrong or a spare bit is set. */
export function parseBitfield(bytes: Uint8Array, length: number): Bitfield {
  if (bytes.length !== Math.ceil(length / 8)) {
    throw new EssaimError("bad-content", `A bitfield of ${length} chunks cannot have ${bytes.length} bytes.`);
  }
  const field = new Bitfield(length);
  for (let index = 0; index < bytes.length * 8; index++) {
    if ((bytes[index >> 3]! & (0x80 >> (index & 7))) === 0) continue;
    if (index >= length) throw new EssaimError("bad-content", "A spare bit of the bitfield is set.");
    field.add(index);
  }
  return field;
}
