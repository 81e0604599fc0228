import { pieceBytesAt, TokenBucket } from "./token_bucket.ts";

/** Rates in bytes a second, Infinity for no limit. */
export interface FlowLimits {
  /** Of all peers together. */
  readonly all: number;
  readonly perPeer: number;
}

/** More peers than any class has; a full bucket is like a new one, so forgetting it costs nothing. */
const MOST_PEERS = 1_024;

/** Limits what flows one way, together and for each peer. */
export class Throttle {
  readonly #all: TokenBucket;
  readonly #each = new Map<string, TokenBucket>();
  #perPeer: number;

  /** `now`: monotonic milliseconds. */
  constructor({ all, perPeer }: FlowLimits, now: number) {
    this.#all = new TokenBucket(all, now);
    this.#perPeer = perPeer;
  }

  /** As much is best taken at a time. */
  get pieceBytes(): number {
    return Math.min(this.#all.pieceBytes, pieceBytesAt(this.#perPeer));
  }

  /** Other limits from now on; what was taken before is forgiven. */
  limitTo({ all, perPeer }: FlowLimits, now: number): void {
    this.#all.limitTo(all, now);
    this.#perPeer = perPeer;
    this.#each.clear();
  }

  /** Milliseconds that `peer` waits before it goes on; 0 bytes: that it still has to wait, for all that was taken so far. */
  take(peer: string, bytes: number, now: number): number {
    const shared = this.#all.take(bytes, now);
    if (this.#perPeer === Infinity) return shared;
    return Math.max(shared, this.#bucketOf(peer, now).take(bytes, now));
  }

  #bucketOf(peer: string, now: number): TokenBucket {
    const known = this.#each.get(peer);
    if (known) return known;
    if (this.#each.size >= MOST_PEERS) this.#forget(now);
    const bucket = new TokenBucket(this.#perPeer, now);
    this.#each.set(peer, bucket);
    return bucket;
  }

  /** Those that owe nothing; when all owe, the one known for longest. */
  #forget(now: number): void {
    for (const [peer, bucket] of this.#each) if (bucket.isFull(now)) this.#each.delete(peer);
    const [oldest] = this.#each.keys();
    if (this.#each.size >= MOST_PEERS && oldest !== undefined) this.#each.delete(oldest);
  }
}
