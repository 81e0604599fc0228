import type { PeerId } from "../core/ids.ts";
import type { LocalPeer } from "../core/local_messages.ts";
import type { Neighbour } from "../core/messages.ts";
import type { Address, Clock } from "../ports.ts";

const MAX_NEIGHBOURS = 1_000;
/** Three announce intervals of the default tracker. */
const FORGOTTEN_AFTER_MS = 90_000;

export interface KnownNeighbour extends Neighbour {
  /** Monotonic milliseconds. */
  readonly heardAt: number;
}

/** Other peers and where they were last said to be. Whoever tells of one refreshes it. */
export class Neighbours {
  readonly #known = new Map<PeerId, KnownNeighbour>();

  constructor(readonly self: PeerId, readonly clock: Clock) {}

  heard(neighbours: Iterable<Neighbour>): void {
    for (const { peerId, name, host, port, user, memberPort } of neighbours) {
      if (peerId === this.self) continue;
      this.#known.delete(peerId);
      this.#known.set(peerId, { peerId, name, host, port, user, memberPort, heardAt: this.clock.monotonic() });
    }
    for (const peerId of this.#known.keys()) {
      if (this.#known.size <= MAX_NEIGHBOURS) break;
      this.#known.delete(peerId);
    }
  }

  /** It answered just now, where it was said to be. */
  met(peer: PeerId): void {
    const known = this.#known.get(peer);
    if (known) this.heard([known]);
  }

  /** Those heard of last, however long ago. */
  latest(count: number): KnownNeighbour[] {
    return [...this.#known.values()].reverse().slice(0, count);
  }

  get(peer: PeerId): KnownNeighbour | undefined {
    return this.#known.get(peer);
  }

  /** Those heard of recently, the latest first. */
  present(): KnownNeighbour[] {
    const since = this.clock.monotonic() - FORGOTTEN_AFTER_MS;
    return [...this.#known.values()].filter(({ heardAt }) => heardAt >= since).reverse();
  }

  /** The present ones, as the user sees them. */
  list(): LocalPeer[] {
    const start = this.clock.now() - this.clock.monotonic();
    return this.present().map(({ peerId, name, host, port, user, heardAt }) => {
      return { peerId, name, host, port, ...user && { user }, lastSeen: new Date(start + heardAt).toISOString() };
    });
  }
}

/** Where it answers members of its class; undefined for one that is in none. */
export function secureAddress(neighbour: KnownNeighbour | undefined): Address | undefined {
  if (neighbour?.memberPort === undefined) return undefined;
  return { host: neighbour.host, port: neighbour.memberPort, secure: neighbour.peerId };
}
