import { Bitfield } from "./bitfield.ts";
import { chunkCount, type Manifest } from "./manifest.ts";

/** So much is offered to each asker ahead of what it asks, so that it never waits for an offer. */
const AHEAD_BYTES = 2 * 1024 * 1024;

/** Which chunks an asker may ask for, instead of what it was offered before; undefined: whatever it wants. */
export type OfferedChunks = readonly number[] | undefined;

interface Asker {
  /** What was offered and is not asked for yet; undefined: everything. */
  offer: Set<number> | undefined;
  /** What goes or went to nobody else. */
  readonly given: Set<number>;
}

/**
 * Who has a file that nobody else has yet sends each chunk once before it sends any twice ("super-seeding", BEP 16): it
 * offers each asker other chunks, which then go from asker to asker. A chunk that went only to somebody who left is
 * offered again. When each was sent once, or when there is only one asker, all may ask for everything. One object per
 * file, as long as anybody asks for it. Askers are told apart by identity.
 */
export class Offers<Key> {
  readonly #askers = new Map<Key, Asker>();
  /** Chunks that somebody was sent or is being sent; the others are open. */
  readonly #taken: Bitfield;
  /** How many offers each open chunk is in, if any; those offered longest ago first. */
  readonly #offered = new Map<number, number>();
  /** From here on, no chunk was ever offered. */
  #next = 0;
  /** Open chunks before it that are in no offer any more. */
  readonly #returned = new Set<number>();
  /** Uploads of chunks that nobody was sent. */
  readonly #begun = new Map<number, number>();
  readonly #ahead: number;

  constructor(manifest: Manifest) {
    this.#taken = new Bitfield(chunkCount(manifest));
    this.#ahead = Math.max(2, Math.ceil(AHEAD_BYTES / manifest.chunkSize));
  }

  /** Each chunk was sent at least once. */
  get complete(): boolean {
    return this.#taken.complete && this.#begun.size === 0;
  }

  /** How many ask. */
  get size(): number {
    return this.#askers.size;
  }

  join(key: Key): void {
    if (!this.#askers.has(key)) this.#askers.set(key, { offer: undefined, given: new Set() });
  }

  leave(key: Key): void {
    const asker = this.#askers.get(key);
    if (!asker) return;
    this.#askers.delete(key);
    for (const chunk of asker.offer ?? []) this.#withdraw(chunk);
    if (this.complete) return;
    for (const chunk of asker.given) if (!this.#begun.has(chunk)) this.#reopen(chunk);
  }

  /** The upload of a chunk to this asker begins, whether offered or not. */
  begun(key: Key, chunk: number): void {
    if (this.#taken.add(chunk) || this.#begun.has(chunk)) {
      this.#begun.set(chunk, (this.#begun.get(chunk) ?? 0) + 1);
      this.#askers.get(key)?.given.add(chunk);
    }
    this.#offered.delete(chunk);
    this.#returned.delete(chunk);
    this.#askers.get(key)?.offer?.delete(chunk);
  }

  /** To be called once for each `begun`. `whole`: all of the chunk was sent. */
  ended(key: Key, chunk: number, whole: boolean): void {
    const uploads = this.#begun.get(chunk);
    if (uploads === undefined) return;
    if (whole || uploads === 1) this.#begun.delete(chunk);
    else this.#begun.set(chunk, uploads - 1);
    if (whole && this.#askers.has(key)) return;
    this.#askers.get(key)?.given.delete(chunk);
    if (!this.#begun.has(chunk)) this.#reopen(chunk);
  }

  /** The offers that have changed since the last time. To be called after any of the others. */
  due(): Map<Key, OfferedChunks> {
    const changed = new Map<Key, OfferedChunks>();
    const spread = this.#askers.size > 1 && !this.complete;
    for (const [key, asker] of this.#askers) {
      if (spread ? this.#topUp(asker) : this.#release(asker)) changed.set(key, asker.offer && [...asker.offer]);
    }
    return changed;
  }

  #release(asker: Asker): boolean {
    const isNew = asker.offer !== undefined;
    for (const chunk of asker.offer ?? []) this.#withdraw(chunk);
    asker.offer = undefined;
    return isNew;
  }

  /** True when the offer is another one. What has meanwhile gone to somebody else is taken off. */
  #topUp(asker: Asker): boolean {
    let isNew = asker.offer === undefined;
    const offer = asker.offer ??= new Set();
    for (const chunk of offer) if (this.#taken.has(chunk)) isNew = offer.delete(chunk) || isNew;
    if (offer.size > this.#ahead / 2) return isNew;
    while (offer.size < this.#ahead) {
      const chunk = this.#free() ?? (offer.size === 0 ? this.#leastOffered() : undefined);
      if (chunk === undefined) break;
      offer.add(chunk);
      const times = this.#offered.get(chunk) ?? 0;
      this.#offered.delete(chunk); // to the end of the order
      this.#offered.set(chunk, times + 1);
      isNew = true;
    }
    return isNew;
  }

  /** An open chunk that is in no offer, taken out of those. */
  #free(): number | undefined {
    while (this.#taken.has(this.#next)) this.#next++;
    if (this.#next < this.#taken.length) return this.#next++;
    for (const chunk of this.#returned) {
      this.#returned.delete(chunk);
      return chunk;
    }
  }

  /** For somebody who has no offer at all. */
  #leastOffered(): number | undefined {
    let best: number | undefined;
    let least = Infinity;
    for (const [chunk, times] of this.#offered) {
      if (times >= least) continue;
      best = chunk;
      least = times;
    }
    return best;
  }

  #withdraw(chunk: number): void {
    const times = this.#offered.get(chunk);
    if (times === undefined) return;
    if (times > 1) this.#offered.set(chunk, times - 1);
    else {
      this.#offered.delete(chunk);
      this.#returned.add(chunk);
    }
  }

  #reopen(chunk: number): void {
    this.#taken.delete(chunk);
    if (chunk < this.#next) this.#returned.add(chunk);
  }
}
