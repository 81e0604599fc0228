/**
 * A slot is kept for whoever was unchoked for twice the time in which the quickest of the last `of` came, within bounds: no
 * longer, since many need none any more.
 */
const KEPT_MS = { least: 80, most: 1_000, of: 8 };
/**
 * At first few are served at a time, so that each soon has a whole chunk to hand on; for every `uploads` one more, until
 * nothing was asked for `idleMs`.
 */
const SLOW_START = { slots: 3, uploads: 4, idleMs: 10_000 };
/** Who waits for longer without asking again is forgotten, and so are those beyond `most`. */
const WAITING = { most: 256, ms: 30_000 };
/** An upload that is slower than this part of the mean after a while is held up by its receiver: it takes no slot. */
const SLOW = { afterMs: 500, part: 1 / 4 };
/** So is one of which nothing moved for so long: a piece of 256 KiB passes in less on any link that is worth a slot. */
const STILL_MS = 4_000;

export interface SlotLimits {
  /** Askers served at a time, once there was a start. */
  readonly slots: number;
  /** Uploads at a time in all, slow ones included. */
  readonly most: number;
  /** Uploads at a time to one address, where nobody else's waiting leaves more than one to each asker. */
  readonly perAddress: number;
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
  /** When each was unchoked that has not come since. */
  readonly #unchokedAt = new Map<Key, number>();
  /** Milliseconds in which the last ones came. */
  #delays: readonly number[] = [];
  /** Uploads since the start. */
  #ended = 0;
  #begunAt = -Infinity;

  /** `ownerOf`: who asks under several keys takes turns as one. `addressOf`: where it is, perhaps with others. */
  constructor(
    readonly limits: SlotLimits,
    readonly ownerOf: (asker: Key) => unknown = (asker) => asker,
    readonly addressOf: (asker: Key) => unknown = ownerOf,
  ) {}

  get uploads(): number {
    return this.#uploads.size;
  }

  /** How many wait for a slot, or have one kept for them. */
  get waiting(): number {
    return this.#waiting.size + this.#kept.size;
  }

  /**
   * A new upload, to be ended by `end`; or undefined. A `streamed` asker that was refused waits to be told of `unchoke`,
   * and so does one that was served while others wait, for its next upload. Whoever cannot be told has any place that is
   * free, since it may not come again.
   */
  begin(asker: Key, streamed: boolean, now: number): Upload<Key> | undefined {
    this.#forget(now);
    this.#hasCome(asker, now);
    const isFree = this.#hasPlaceAtItsAddress(asker) &&
      (streamed ? this.#hasSlot(asker, now) : this.#uploads.size + this.#kept.size < this.limits.most);
    if (!isFree) {
      if (streamed && !this.#waiting.has(asker) && this.#waiting.size < WAITING.most) this.#waiting.set(asker, now);
      return undefined;
    }
    const wasUnchoked = this.#kept.delete(asker);
    const isStillChoked = this.#waiting.delete(asker) && !wasUnchoked; // this one was asked for before it was told
    if (now - this.#begunAt >= SLOW_START.idleMs) this.#ended = 0;
    this.#begunAt = now;
    const upload = { asker, since: now, bytes: 0 };
    this.#uploads.set(upload, { bytes: 0, at: now });
    if (streamed && (isStillChoked || this.#othersWait(asker))) this.#waiting.set(asker, now);
    return upload;
  }

  /** It is to be told of a slot and to ask for nothing before. */
  isWaiting(asker: Key): boolean {
    return this.#waiting.has(asker);
  }

  end(upload: Upload<Key>): void {
    this.#ended++;
    this.#uploads.delete(upload);
  }

  /** It asks no more: its stream has ended. */
  leave(asker: Key): void {
    this.#waiting.delete(asker);
    this.#kept.delete(asker);
    this.#unchokedAt.delete(asker);
  }

  /** Those for whom a slot is kept from now on. To be called after each `end` and every 100 ms while somebody waits. */
  unchoke(now: number): Key[] {
    this.#forget(now);
    const unchoked: Key[] = [];
    for (let asker = this.#nextWaiting(); asker !== undefined && this.#isFree(now); asker = this.#nextWaiting()) {
      this.#waiting.delete(asker);
      this.#kept.set(asker, now + this.#keptMs);
      this.#unchokedAt.set(asker, now);
      unchoked.push(asker);
    }
    return unchoked;
  }

  get #keptMs(): number {
    const quickest = Math.min(KEPT_MS.most, ...this.#delays);
    return this.#delays.length === 0 ? KEPT_MS.least : Math.max(KEPT_MS.least, Math.min(KEPT_MS.most, 2 * quickest));
  }

  #hasCome(asker: Key, now: number): void {
    const unchokedAt = this.#unchokedAt.get(asker);
    if (unchokedAt === undefined) return;
    this.#unchokedAt.delete(asker);
    this.#delays = [...this.#delays, now - unchokedAt].slice(-KEPT_MS.of);
  }

  #forget(now: number): void {
    for (const [asker, until] of this.#kept) if (now >= until) this.#kept.delete(asker);
    for (const [asker, since] of this.#waiting) if (now - since >= WAITING.ms) this.#waiting.delete(asker);
    for (const [asker, at] of this.#unchokedAt) if (now - at >= WAITING.ms) this.#unchokedAt.delete(asker);
  }

  #nextWaiting(): Key | undefined {
    const served = new Set([...this.#uploads.keys()].map(({ asker }) => this.ownerOf(asker)));
    for (const asker of this.#kept.keys()) served.add(this.ownerOf(asker));
    let next: Key | undefined;
    for (const asker of this.#waiting.keys()) {
      if (!this.#hasPlaceAtItsAddress(asker)) continue;
      if (!served.has(this.ownerOf(asker))) return asker;
      next ??= asker;
    }
    return next;
  }

  /** Beside what is sent there, or kept for others there. */
  #hasPlaceAtItsAddress(asker: Key): boolean {
    const address = this.addressOf(asker);
    let taken = 0;
    for (const { asker: other } of this.#uploads.keys()) if (this.addressOf(other) === address) taken++;
    for (const other of this.#kept.keys()) if (other !== asker && this.addressOf(other) === address) taken++;
    return taken < this.limits.perAddress;
  }

  #hasSlot(asker: Key, now: number): boolean {
    const { slots, most, perAddress } = this.limits;
    if (this.#uploads.size >= most) return false;
    if (this.#kept.has(asker)) return true;
    if (![...this.#uploads.keys()].some((upload) => upload.asker === asker)) return this.#isFree(now);
    return !this.#othersWait(asker) && this.#lively(now).length < Math.max(slots, perAddress);
  }

  /** For what `asker` would take from them: not those whose address has its share. */
  #othersWait(asker: Key): boolean {
    const isHeldUp = (other: Key) => other !== asker && this.#hasPlaceAtItsAddress(other);
    return this.#kept.size > 0 || [...this.#waiting.keys()].some(isHeldUp);
  }

  /** Whether one more asker can be served. */
  #isFree(now: number): boolean {
    const { most } = this.limits;
    const slots = Math.min(this.limits.slots, SLOW_START.slots + Math.floor(this.#ended / SLOW_START.uploads));
    const served = new Set(this.#lively(now).map(({ asker }) => asker));
    return served.size + this.#kept.size < slots && this.#uploads.size + this.#kept.size < most;
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
