import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import { samePosition } from "../core/index_position.ts";
import type { IndexPosition } from "../core/messages.ts";
import type { PeerClient } from "../ports.ts";
import type { NeighbourIndex } from "../store_ports.ts";
import { CachedShares, type CachePorts } from "./cached_shares.ts";
import { type KnownNeighbour, secureAddress } from "./neighbours.ts";
import { dropShares, pullIndex } from "./pull_index.ts";

const PULLED_AT_ONCE = 4;
/** Neighbours whose index is kept, and how much of all of them. */
const MAX_PEERS = 1_000;
const MAX_BYTES = 1024 * 1024 * 1024;
/** New neighbours are noticed so often, also those that nobody's beacon tells of. */
const LOOK_EVERY_MS = 1_000;
/** Whoever is present is asked so often whether something changed: rarely while its beacons come, which say so at once. */
const ASK_AGAIN_MS = { heard: 5 * 60_000, silent: 30_000 } as const;
const SILENT_AFTER_MS = 60_000;
/** A beacon that was answered is not answered again so soon: it may be an old one, sent once more. */
const REPLAYED_WITHIN_MS = 60_000;
const DOUBTED_AGAIN_MS = 2_000;
/** Between two questions to one neighbour. */
const LEAST_GAP_MS = 200;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 5 * 60_000;
/** Tries after which it is only asked again when it is heard of. */
const MAX_TRIES = 10;
/** Who was a member and does not answer as one so often is asked as anyone for a while, unless it proves to be one again. */
const TRIES_AS_MEMBER = 3;
const AS_ANYONE_MS = 10 * 60_000;
const TIDY_EVERY_MS = 10_000;
/** How exactly it is kept when somebody was last seen. */
const SEEN_EVERY_MS = 60_000;

export interface NeighbourIndexPorts extends CachePorts {
  readonly peers: Pick<PeerClient, "index">;
  /** How long what somebody shares is found after they were last seen, as configured. */
  readonly keepMs: number;
}

interface Followed {
  /** As last heard and not answered yet; "any": it is asked whatever it has. */
  wanted: IndexPosition | "any" | undefined;
  /** As heard when it was last asked with success. */
  answered: IndexPosition | "any" | undefined;
  /** Monotonic milliseconds, as are all below. */
  heardAt: number;
  pulledAt: number | undefined;
  notBefore: number;
  failures: number;
  failuresAsMember: number;
  asAnyoneUntil: number;
  isRunning: boolean;
}

/** Keeps the indexes of neighbours as they are, and what is in them findable, in the background. */
export class NeighbourIndexes extends CachedShares {
  readonly #followed = new Map<PeerId, Followed>();
  readonly #pulls = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #wake = Promise.withResolvers<void>();
  #loop: Promise<void> = Promise.resolve();
  #tidiedAt = -Infinity;
  #wasReader: string | undefined;

  constructor(override readonly ports: NeighbourIndexPorts) {
    super(ports);
  }

  start(): void {
    this.#loop = this.#keep();
  }

  async close(): Promise<void> {
    this.#stop.abort(new EssaimError("cancelled", "This peer stops."));
    this.#wake.resolve();
    await this.#loop;
    await Promise.all(this.#pulls);
  }

  /** A beacon, or an answer, says how far the index of a known neighbour is. It is only a hint. */
  heard(peer: PeerId, position: IndexPosition): void {
    const { store, neighbours, clock } = this.ports;
    const neighbour = neighbours.get(peer);
    if (neighbour === undefined || this.#stop.signal.aborted) return;
    const stored = store.get(peer);
    const followed = this.#follow(peer);
    followed.heardAt = clock.monotonic();
    if (position.version === 0 && stored === undefined) {
      Object.assign(followed, { wanted: undefined, answered: position, pulledAt: followed.heardAt }); // it never shared anything
      return;
    }
    const isKnown = samePosition(stored?.position, position) && stored?.askedAs === this.#route(neighbour).askedAs;
    const justAsked = followed.pulledAt !== undefined && clock.monotonic() - followed.pulledAt < REPLAYED_WITHIN_MS;
    const isOld = stored?.position?.epoch === position.epoch && position.version < stored.position.version ||
      followed.answered !== undefined && followed.answered !== "any" && samePosition(followed.answered, position);
    if (isKnown || justAsked && isOld) return;
    followed.wanted = position;
    this.#wakeUp();
  }

  /** The tracker does not know what this peer is said to share: it is asked whether it still does, soon and not too often. */
  doubt(peer: PeerId): void {
    const { neighbours, clock } = this.ports;
    if (neighbours.get(peer) === undefined || this.#stop.signal.aborted) return;
    const followed = this.#follow(peer);
    if (followed.pulledAt !== undefined && clock.monotonic() - followed.pulledAt < DOUBTED_AGAIN_MS) return;
    followed.wanted = "any";
    this.#wakeUp();
  }

  async #keep(): Promise<void> {
    const { clock, log } = this.ports;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      try {
        await this.#tidy();
        this.#lookAround();
        this.#startDue();
      } catch (error) {
        if (!signal.aborted) log.error("internal", `Indexes of neighbours: ${asEssaimError(error).message}`);
      }
      const asleep = new AbortController();
      const slept = clock.sleep(this.#restMs(), AbortSignal.any([signal, asleep.signal])).catch(() => {});
      await Promise.race([slept, this.#wake.promise]);
      asleep.abort();
    }
  }

  #wakeUp(): void {
    this.#wake.resolve();
  }

  /** Until something is due. */
  #restMs(): number {
    const now = this.ports.clock.monotonic();
    const next = Math.min(...this.#due().map(({ followed }) => followed.notBefore), now + LOOK_EVERY_MS);
    const isFull = this.#pulls.size >= PULLED_AT_ONCE;
    return isFull ? LOOK_EVERY_MS : Math.max(10, next - now);
  }

  #due(): { peer: PeerId; followed: Followed }[] {
    return [...this.#followed].filter(([, { wanted, isRunning }]) => wanted !== undefined && !isRunning)
      .map(([peer, followed]) => ({ peer, followed }));
  }

  #startDue(): void {
    const { neighbours, clock } = this.ports;
    const now = clock.monotonic();
    const due = this.#due().filter(({ followed }) => followed.notBefore <= now)
      .sort((a, b) => a.followed.notBefore - b.followed.notBefore);
    for (const { peer, followed } of due) {
      if (this.#pulls.size >= PULLED_AT_ONCE) return;
      const neighbour = neighbours.get(peer);
      if (neighbour === undefined) {
        followed.wanted = undefined;
        continue;
      }
      const pull: Promise<void> = this.#pull(neighbour, followed).finally(() => {
        this.#pulls.delete(pull);
        this.#wakeUp();
      });
      this.#pulls.add(pull);
    }
  }

  /** Never rejects. */
  async #pull(neighbour: KnownNeighbour, followed: Followed): Promise<void> {
    const { clock, log } = this.ports;
    const { peerId, name } = neighbour;
    const heard = followed.wanted;
    const { at, askedAs } = this.#route(neighbour);
    const stop = this.#stop.signal;
    followed.isRunning = true;
    try {
      const { reader } = this;
      await pullIndex(this.ports, { peerId, name, at, askedAs, reader, now: () => clock.now() }, stop);
      Object.assign(followed, { failures: 0, answered: heard, pulledAt: clock.monotonic() });
      if (at.secure !== undefined) followed.failuresAsMember = 0;
      if (followed.wanted === heard) followed.wanted = undefined;
      followed.notBefore = clock.monotonic() + LEAST_GAP_MS;
    } catch (error) {
      if (stop.aborted) return;
      const { code, message } = asEssaimError(error);
      const wait = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** followed.failures) * (0.5 + clock.random() / 2);
      followed.notBefore = clock.monotonic() + (code === "limited" ? MAX_BACKOFF_MS : wait);
      if (++followed.failures >= MAX_TRIES && followed.wanted === heard) followed.wanted = undefined;
      if (at.secure !== undefined && ++followed.failuresAsMember >= TRIES_AS_MEMBER) {
        followed.failuresAsMember = 0;
        followed.asAnyoneUntil = clock.monotonic() + AS_ANYONE_MS;
      }
      log.debug("index-not-pulled", `What ${name} shares could not be asked: ${message}`, { peer: peerId, code });
    } finally {
      followed.isRunning = false;
    }
  }

  /** As a member where it answers members of this class; else as anyone. */
  #route(
    neighbour: KnownNeighbour,
  ): { at: { host: string; port: number; secure?: PeerId | undefined }; askedAs: string } {
    const { store, clock } = this.ports;
    const asMember = this.#askedAs;
    const secure = secureAddress(neighbour);
    const { asAnyoneUntil = -Infinity } = this.#followed.get(neighbour.peerId) ?? {};
    const wasMember = store.get(neighbour.peerId)?.askedAs === asMember && clock.monotonic() >= asAnyoneUntil;
    if (asMember !== "" && secure !== undefined && (neighbour.user !== undefined || wasMember)) {
      return { at: secure, askedAs: asMember };
    }
    return { at: { host: neighbour.host, port: neighbour.port }, askedAs: "" };
  }

  get #askedAs(): string {
    const { reader } = this;
    return reader.kind === "member" ? `${reader.class}/${reader.user}` : "";
  }

  #follow(peer: PeerId): Followed {
    const known = this.#followed.get(peer);
    if (known) return known;
    const followed: Followed = {
      ...{ wanted: undefined, answered: undefined, heardAt: -Infinity, pulledAt: undefined },
      ...{ isRunning: false, notBefore: -Infinity, failures: 0, failuresAsMember: 0, asAnyoneUntil: -Infinity },
    };
    this.#followed.set(peer, followed);
    for (const [oldest, { isRunning }] of this.#followed) {
      if (this.#followed.size <= MAX_PEERS) break;
      if (!isRunning && oldest !== peer) this.#followed.delete(oldest);
    }
    return followed;
  }

  /** Those that are present and were not asked yet, not lately, or in another role than now. */
  #lookAround(): void {
    const { neighbours, clock } = this.ports;
    const now = clock.monotonic();
    for (const neighbour of neighbours.present()) {
      const followed = this.#follow(neighbour.peerId);
      if (followed.wanted !== undefined || followed.isRunning) continue;
      const isLate = followed.pulledAt === undefined
        ? followed.failures < MAX_TRIES || now >= followed.notBefore
        : now - followed.pulledAt >= ASK_AGAIN_MS[now - followed.heardAt < SILENT_AFTER_MS ? "heard" : "silent"];
      if (isLate) followed.wanted = "any";
    }
  }

  async #tidy(): Promise<void> {
    const { store, members, clock, keepMs, neighbours } = this.ports;
    const now = clock.monotonic();
    const askedAs = this.#askedAs;
    const isOther = this.#wasReader !== undefined && this.#wasReader !== askedAs;
    if (!isOther && this.#wasReader !== undefined && now - this.#tidiedAt < TIDY_EVERY_MS) return;
    [this.#wasReader, this.#tidiedAt] = [askedAs, now];
    if (isOther) { for (const followed of this.#followed.values()) followed.pulledAt = undefined; }
    const present = new Set<PeerId>();
    for (const { peerId, name, heardAt } of neighbours.present()) {
      present.add(peerId);
      this.#noteSeen(peerId, name, clock.now() - now + heardAt);
    }
    const kept = store.list();
    for (const { peerId, askedAs: was, lastSeen } of kept) {
      if (was !== "" && (was !== askedAs || members.isRevoked(peerId))) {
        store.restart(peerId);
        await dropShares(store, peerId, "restricted");
      }
      if (!present.has(peerId) && lastSeen < clock.now() - keepMs) await this.#forget(peerId);
    }
    await this.#makeRoom(kept, present);
  }

  #noteSeen(peer: PeerId, name: string, at: number): void {
    const { store } = this.ports;
    const known = store.get(peer);
    if (known && (Math.abs(at - known.lastSeen) >= SEEN_EVERY_MS || known.name !== name)) store.seen(peer, name, at);
  }

  /** The absent first, then those that nobody proves to be of the class, then those seen longest ago. */
  async #makeRoom(kept: readonly NeighbourIndex[], present: ReadonlySet<PeerId>): Promise<void> {
    let peers = kept.length;
    let bytes = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    if (peers <= MAX_PEERS && bytes <= MAX_BYTES) return;
    const worth = ({ peerId, askedAs }: NeighbourIndex) => (present.has(peerId) ? 2 : 0) + (askedAs === "" ? 0 : 1);
    for (const one of kept.toSorted((a, b) => worth(a) - worth(b) || a.lastSeen - b.lastSeen)) {
      if (peers <= MAX_PEERS && bytes <= MAX_BYTES) return;
      await this.#forget(one.peerId);
      this.#follow(one.peerId).notBefore = this.ports.clock.monotonic() + MAX_BACKOFF_MS;
      peers--;
      bytes -= one.bytes;
    }
  }

  async #forget(peer: PeerId): Promise<void> {
    const { store } = this.ports;
    if (this.#followed.get(peer)?.isRunning) return;
    store.restart(peer);
    await dropShares(store, peer, "all");
    if (!this.#followed.get(peer)?.isRunning) store.forget(peer);
  }
}
