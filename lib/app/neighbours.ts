import type { PeerId } from "../core/ids.ts";
import type { LocalPeer } from "../core/local_messages.ts";
import type { Neighbour } from "../core/messages.ts";
import type { Address, Clock } from "../ports.ts";

const MAX_NEIGHBOURS = 1_000;
/** Three announce intervals of the default tracker. */
const FORGOTTEN_AFTER_MS = 90_000;

/** Times are monotonic milliseconds. */
export interface KnownNeighbour extends Neighbour {
  readonly heardAt: number;
  /** Present until then, unless it is heard again. */
  readonly until: number;
}

interface Entry extends KnownNeighbour {
  /** How long it counts as present after it was heard. */
  readonly keptMs: number;
  /** Where others last said that it is. */
  readonly told?: string | undefined;
  /** Until when it is known to be here because it answered, whatever others repeat. */
  readonly foundUntil: number;
}

/** Other peers and where they are: as the tracker and others told, or as they were found. Whoever tells of one refreshes it. */
export class Neighbours {
  readonly #known = new Map<PeerId, Entry>();
  readonly #listeners = new Set<(peer: PeerId) => void>();

  constructor(readonly self: PeerId, readonly clock: Clock) {}

  /** Somebody says where these are. What is only repeated moves nobody who was found elsewhere since. */
  heard(neighbours: Iterable<Neighbour>): void {
    const now = this.clock.monotonic();
    for (const { peerId, name, host, port, user, memberPort } of neighbours) {
      if (peerId === this.self) continue;
      const known = this.#known.get(peerId);
      const told = `${host} ${port}`;
      const isFound = known !== undefined && known.foundUntil > now &&
        (known.told === told || known.user !== undefined);
      const until = Math.max(now + FORGOTTEN_AFTER_MS, isFound ? known.until : 0);
      const lasts = {
        heardAt: now,
        until,
        keptMs: FORGOTTEN_AFTER_MS,
        told,
        foundUntil: isFound ? known.foundUntil : 0,
      };
      if (isFound) {
        this.#put({ ...known, ...lasts, name, user: known.user ?? user, memberPort: known.memberPort ?? memberPort });
      } else this.#put({ peerId, name, host, port, user, memberPort, ...lasts });
    }
    this.#forgetOldest();
  }

  /** It answered here, and is present for so long unless it is heard again. */
  found({ peerId, name, host, port, user, memberPort }: Neighbour, keptMs: number): void {
    if (peerId === this.self) return;
    const now = this.clock.monotonic();
    const known = this.#known.get(peerId);
    const until = Math.max(now + keptMs, known?.told === undefined ? 0 : known.until);
    const lasts = { heardAt: now, until, keptMs, told: known?.told, foundUntil: now + keptMs };
    this.#put({ peerId, name, host, port, user, memberPort, ...lasts });
    this.#forgetOldest();
  }

  /** It was heard again where it was found. */
  heardAgain(peer: PeerId, keptMs: number): void {
    const known = this.#known.get(peer);
    const now = this.clock.monotonic();
    const until = now + keptMs;
    if (known) this.#put({ ...known, heardAt: now, until: Math.max(known.until, until), foundUntil: until });
  }

  /** Tells of each peer that is somewhere else from now on. */
  onMoved(listener: (peer: PeerId) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #put(entry: Entry): void {
    const { peerId, host, port, memberPort } = entry;
    const was = this.#known.get(peerId);
    this.#known.delete(peerId);
    this.#known.set(peerId, entry);
    if (was === undefined || was.host === host && was.port === port && was.memberPort === memberPort) return;
    for (const listener of [...this.#listeners]) listener(peerId);
  }

  #forgetOldest(): void {
    for (const peerId of this.#known.keys()) {
      if (this.#known.size <= MAX_NEIGHBOURS) break;
      this.#known.delete(peerId);
    }
  }

  /** It answered just now, where it was said to be. */
  met(peer: PeerId): void {
    const known = this.#known.get(peer);
    const now = this.clock.monotonic();
    if (known) this.#put({ ...known, heardAt: now, until: Math.max(known.until, now + known.keptMs) });
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
    const now = this.clock.monotonic();
    return [...this.#known.values()].filter(({ until }) => until >= now).reverse();
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

/** The same text for the same place. */
export function addressText({ host, port, secure }: Address): string {
  return `${secure === undefined ? "" : "tls "}${host} ${port}`;
}
