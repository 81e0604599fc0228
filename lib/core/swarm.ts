import type { FileId, PeerId, UserId } from "./ids.ts";
import type { Holding, ShareRef } from "./messages.ts";

/** Bounds of what is kept in memory; a holding takes about 300 bytes. */
export interface SwarmLimits {
  readonly peers: number;
  /** So that one machine with many keys cannot keep the others out. */
  readonly peersPerAddress: number;
  readonly holdingsPerPeer: number;
  readonly holdings: number;
}
export const SWARM_LIMITS: SwarmLimits = {
  peers: 10_000,
  peersPerAddress: 2_000,
  holdingsPerPeer: 200_000,
  holdings: 1_000_000,
};

/** A peer that announced itself lately. */
export interface Presence {
  readonly peerId: PeerId;
  readonly instance: string;
  readonly name: string;
  /** Source of its last announce. */
  readonly address: string;
  readonly port: number;
  /** Of a member of the class: whose computer it is, and where it answers members. */
  readonly user?: UserId | undefined;
  readonly memberPort?: number | undefined;
  /** Monotonic milliseconds. */
  readonly lastSeen: number;
}

/** Who holds something. `have` of `of` chunks; 1 of 1 is all of it, 0 of 0 is unknown: ask the peer. */
export interface Holder {
  readonly peer: Presence;
  readonly have: number;
  readonly of: number;
}

/** A file as a record grants it: `listing` is the share's own FileId when `fileId` is only a member of that folder. */
export interface Grant extends ShareRef {
  readonly listing?: FileId;
}

/** What one announce says about presence and holdings. */
export interface Sighting {
  readonly peer: Omit<Presence, "lastSeen">;
  /** Forget what it held before: it started anew. */
  readonly restart: boolean;
  readonly holdings: readonly Holding[];
  readonly dropped: readonly ShareRef[];
}

interface Member {
  presence: Presence;
  readonly held: Set<string>;
}

/**
 * Who is present and what each peer says it holds. It knows nothing of records or permissions: callers ask only about
 * shares that the asker may read. Time is monotonic milliseconds and is passed in.
 */
export class Swarm {
  /** Least recently seen first. */
  readonly #members = new Map<PeerId, Member>();
  readonly #holders = new Map<string, Map<PeerId, Holding>>();
  readonly #perAddress = new Map<string, number>();
  #holdings = 0;

  constructor(readonly limits: SwarmLimits = SWARM_LIMITS) {}

  get size(): number {
    return this.#members.size;
  }

  presence(peer: PeerId): Presence | undefined {
    return this.#members.get(peer)?.presence;
  }

  present(): Presence[] {
    return [...this.#members.values()].map(({ presence }) => presence);
  }

  /** Whether a peer from this address fits in. One that is present already always does. */
  hasRoom(peer: PeerId, address: string): boolean {
    if (this.#members.has(peer)) return true;
    return this.#members.size < this.limits.peers &&
      (this.#perAddress.get(address) ?? 0) < this.limits.peersPerAddress;
  }

  /** The peer is here. Holdings past a limit are not kept: such a peer still downloads, it is only not found as a source. */
  announce({ peer, restart, holdings, dropped }: Sighting, now: number): "joined" | "known" | "full" {
    if (!this.hasRoom(peer.peerId, peer.address)) return "full";
    const known = this.#members.get(peer.peerId);
    if (known && (restart || known.presence.instance !== peer.instance)) this.#dropAll(peer.peerId, known);
    const member: Member = { presence: { ...peer, lastSeen: now }, held: known?.held ?? new Set() };
    if (known) this.#count(known.presence.address, -1);
    this.#count(peer.address, 1);
    this.#members.delete(peer.peerId);
    this.#members.set(peer.peerId, member);
    for (const ref of dropped) this.#drop(peer.peerId, member, refKey(ref));
    for (const holding of holdings) this.#hold(peer.peerId, member, holding);
    return known ? "known" : "joined";
  }

  /** The peer says goodbye; its presence until now, if any. */
  left(peer: PeerId): Presence | undefined {
    const member = this.#members.get(peer);
    if (!member) return undefined;
    this.#dropAll(peer, member);
    this.#count(member.presence.address, -1);
    this.#members.delete(peer);
    return member.presence;
  }

  /** Removes and returns the peers not seen for `silentMs` or longer. */
  expire(now: number, silentMs: number): Presence[] {
    const gone: Presence[] = [];
    for (const { presence } of this.#members.values()) {
      if (now - presence.lastSeen < silentMs) break;
      gone.push(presence);
    }
    for (const { peerId } of gone) this.left(peerId);
    return gone;
  }

  /**
   * Present holders under these grants, each peer once with the most it says to have: the owner, who holds its own share
   * wholly, and whoever says to hold that file, or the folder's listing, under that very share.
   */
  holdersOf(grants: readonly Grant[]): Holder[] {
    const found = new Map<PeerId, Holder>();
    const add = (peerId: PeerId, have: number, of: number) => {
      const peer = this.#members.get(peerId)?.presence;
      if (peer && share(have, of) >= share(found.get(peerId)?.have, found.get(peerId)?.of)) {
        found.set(peerId, { peer, have, of });
      }
    };
    for (const grant of grants) {
      if (grant.listing !== undefined) {
        for (const peer of this.#holders.get(refKey({ ...grant, fileId: grant.listing }))?.keys() ?? []) {
          add(peer, 0, 0);
        }
      }
      for (const [peer, { have, of }] of this.#holders.get(refKey(grant)) ?? []) if (have > 0) add(peer, have, of);
      add(grant.owner, 1, 1);
    }
    return [...found.values()];
  }

  /** How many present peers hold some of a share. */
  countOf(ref: ShareRef): number {
    let count = this.#members.has(ref.owner) ? 1 : 0;
    for (const [peer, { have }] of this.#holders.get(refKey(ref)) ?? []) if (have > 0 && peer !== ref.owner) count++;
    return count;
  }

  /** Everything that somebody other than its owner holds some of, and how many do. */
  *held(): Generator<{ ref: ShareRef; peers: number }> {
    for (const holders of this.#holders.values()) {
      let peers = 0;
      let ref: ShareRef | undefined;
      for (const [peer, holding] of holders) {
        if (holding.have > 0 && peer !== holding.owner) peers++;
        ref = holding;
      }
      if (ref && peers > 0) yield { ref, peers };
    }
  }

  #hold(peer: PeerId, member: Member, holding: Holding): void {
    const key = refKey(holding);
    if (!member.held.has(key)) {
      if (member.held.size >= this.limits.holdingsPerPeer || this.#holdings >= this.limits.holdings) return;
      member.held.add(key);
      this.#holdings++;
    }
    const holders = this.#holders.get(key) ?? new Map<PeerId, Holding>();
    this.#holders.set(key, holders.set(peer, holding));
  }

  #drop(peer: PeerId, member: Member, key: string): void {
    if (!member.held.delete(key)) return;
    this.#holdings--;
    const holders = this.#holders.get(key);
    holders?.delete(peer);
    if (holders?.size === 0) this.#holders.delete(key);
  }

  #dropAll(peer: PeerId, member: Member): void {
    for (const key of member.held) this.#drop(peer, member, key);
  }

  #count(address: string, change: number): void {
    const count = (this.#perAddress.get(address) ?? 0) + change;
    if (count > 0) this.#perAddress.set(address, count);
    else this.#perAddress.delete(address);
  }
}

/** At most `limit` of the items, each set of that size equally likely. `roll` gives numbers in [0, 1). */
export function sample<T>(items: readonly T[], limit: number, roll: () => number): T[] {
  const chosen = [...items];
  for (let index = 0; index < Math.min(limit, chosen.length); index++) {
    const other = index + Math.floor(roll() * (chosen.length - index));
    [chosen[index], chosen[other]] = [chosen[other]!, chosen[index]!];
  }
  return chosen.slice(0, limit);
}

function refKey({ fileId, owner, shareId }: ShareRef): string {
  return `${fileId}/${owner}/${shareId}`;
}

/** Part held; unknown counts less than nothing found yet would, so that any figure replaces it. */
function share(have: number | undefined, of: number | undefined): number {
  if (have === undefined || of === undefined) return -1;
  return of === 0 ? 0 : have / of;
}
