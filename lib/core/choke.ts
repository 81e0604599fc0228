/** A slot is kept for somebody who was unchoked for so long. */
const KEPT_MS = 300;
/** Who waits for longer without asking again is forgotten, and so are those beyond `most`. */
const WAITING = { most: 256, ms: 30_000 };
/** An upload that is slower than this part of the mean after a while is held up by its receiver: it takes no slot. */
const SLOW = { afterMs: 500, part: 1 / 4 };
/** So is one of which nothing moved for so long: a piece of 256 KiB passes in less on any link that is worth a slot. */
const STILL_MS = 4_000;

export interface SlotLimits {
  /** Askers served at a time. Few, so that each soon has a whole chunk to hand on. */
  readonly slots: number;
  /** Uploads at a time in all, slow ones included. */
  readonly most: number;
  /** Uploads at a time to one asker, to whom nobody else's waiting leaves more than one. */
  readonly perAsker: number;
}

export interface Upload<Key> {
  readonly asker: Key;
  readonly since: number;
  bytes: number;
}

/**
 * Who may be sent something now. Others are choked and wait; whoever has waited longest, and is not being served
 * already, gets the next slot, which is then kept for it for a moment. Times: monotonic ms.
 */
export class Choker<Key> {
  /** And when each was last seen to have moved, how far. */
  readonly #uploads = new Map<Upload<Key>, { bytes: number; at: number }>();
  /** Since when, in the order of their asking. */
  readonly #waiting = new Map<Key, number>();
  /** Until when a slot is kept for whom. */
  readonly #kept = new Map<Key, number>();

  constructor(readonly limits: SlotLimits) {}

  get uploads(): number {
    return this.#uploads.size;
  }

  /** How many wait for a slot, or have one kept for them. */
  get waiting(): number {
    return this.#waiting.size + this.#kept.size;
  }

  /**
   * A new upload, to be ended by `end`; or undefined: the asker is choked and, if it is `streamed`, waits to be told of
   * `unchoke`. Whoever cannot be told has any place that is free, since it may not come again.
   */
  begin(asker: Key, streamed: boolean, now: number): Upload<Key> | undefined {
    this.#forget(now);
    const isFree = streamed ? this.#hasSlot(asker, now) : this.#uploads.size + this.#kept.size < this.limits.most;
    if (!isFree) {
      if (streamed && !this.#waiting.has(asker) && this.#waiting.size < WAITING.most) this.#waiting.set(asker, now);
      return undefined;
    }
    this.#kept.delete(asker);
    this.#waiting.delete(asker);
    const upload = { asker, since: now, bytes: 0 };
    this.#uploads.set(upload, { bytes: 0, at: now });
    return upload;
  }

  end(upload: Upload<Key>): void {
    this.#uploads.delete(upload);
  }

  /** It asks no more: its stream has ended. */
  leave(asker: Key): void {
    this.#waiting.delete(asker);
    this.#kept.delete(asker);
  }

  /** Those for whom a slot is kept from now on. To be called after each `end` and every 100 ms while somebody waits. */
  unchoke(now: number): Key[] {
    this.#forget(now);
    const unchoked: Key[] = [];
    for (let asker = this.#nextWaiting(); asker !== undefined && this.#isFree(now); asker = this.#nextWaiting()) {
      this.#waiting.delete(asker);
      this.#kept.set(asker, now + KEPT_MS);
      unchoked.push(asker);
    }
    return unchoked;
  }

  #forget(now: number): void {
    for (const [asker, until] of this.#kept) if (now >= until) this.#kept.delete(asker);
    for (const [asker, since] of this.#waiting) if (now - since >= WAITING.ms) this.#waiting.delete(asker);
  }

  #nextWaiting(): Key | undefined {
    const served = new Set([...this.#uploads.keys()].map(({ asker }) => asker));
    for (const asker of this.#waiting.keys()) if (!served.has(asker)) return asker;
    return this.#waiting.keys().next().value;
  }

  #hasSlot(asker: Key, now: number): boolean {
    const { most, perAsker } = this.limits;
    if (this.#uploads.size >= most) return false;
    if (this.#kept.has(asker)) return true;
    const own = this.#uploadsTo(asker);
    if (own === 0) return this.#isFree(now);
    const othersWait = this.#kept.size > 0 || [...this.#waiting.keys()].some((other) => other !== asker);
    return !othersWait && own < perAsker && this.#lively(now).length < Math.max(this.limits.slots, perAsker);
  }

  /** Whether one more asker can be served. */
  #isFree(now: number): boolean {
    const { slots, most } = this.limits;
    const served = new Set(this.#lively(now).map(({ asker }) => asker));
    return served.size + this.#kept.size < slots && this.#uploads.size + this.#kept.size < most;
  }

  #uploadsTo(asker: Key): number {
    let own = 0;
    for (const upload of this.#uploads.keys()) if (upload.asker === asker) own++;
    return own;
  }

  /** Uploads that are not held up by their receivers. */
  #lively(now: number): Upload<Key>[] {
    for (const [{ bytes }, seen] of this.#uploads) if (bytes !== seen.bytes) Object.assign(seen, { bytes, at: now });
    const uploads = [...this.#uploads.keys()].filter((upload) => now - this.#uploads.get(upload)!.at < STILL_MS);
    const rate = ({ since, bytes }: Upload<Key>) => bytes / Math.max(1, now - since);
    const mean = uploads.reduce((sum, upload) => sum + rate(upload), 0) / uploads.length;
    return uploads.filter((upload) => now - upload.since < SLOW.afterMs || rate(upload) >= mean * SLOW.part);
  }
}
