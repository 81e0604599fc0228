import { type Origin, reachableAt } from "../core/address.ts";
import { EssaimError } from "../core/errors.ts";
import { continueFrom, fits, samePosition } from "../core/index_position.ts";
import type { PeerId, UserId } from "../core/ids.ts";
import {
  type Announce,
  type AnnounceReply,
  type LiveEvent,
  MAX_NEIGHBOURS,
  type Neighbour,
  type PublicKey,
} from "../core/messages.ts";
import { isRestricted, type SignedRecord } from "../core/share_record.ts";
import type { Caller, MemberCaller } from "../core/permission.ts";
import { type Presence, sample, type Swarm } from "../core/swarm.ts";
import type { ClassMembers } from "../class_ports.ts";
import type { Clock, Signatures } from "../ports.ts";
import type { KnownPeer, StoredLease, SwarmIndex } from "../swarm_ports.ts";
import { AnnounceNews, isPublic } from "./announce_news.ts";

/** Signatures checked at once for one announce: enough to keep every core busy, few enough to let others in between. */
const VERIFIED_AT_ONCE = 8;
const TOKEN_BYTES = 16;

/** What the tracker knows of its class. */
export interface TrackedClass extends ClassMembers {
  nameOf(user: UserId): string | undefined;
  /** Whether this computer belongs to somebody of the class. */
  isMember(peer: PeerId): boolean;
  /** What a member may have to ask for again. `peer`: its computer. */
  news(peer: PeerId): NonNullable<AnnounceReply["class"]>;
}

export interface TrackSwarmOptions {
  readonly members: TrackedClass;
  readonly index: SwarmIndex;
  readonly swarm: Swarm;
  readonly signatures: Signatures;
  readonly clock: Clock;
  /** A peer silent for this long is no longer listed. */
  readonly peerExpiresMs: number;
  readonly announceIntervalMs: number;
  /** Told to peers that choose none themselves, in bytes. */
  readonly chunkSize?: number;
}

/** One run of a peer that proved its key: its next announces carry the token. */
interface Session {
  readonly peerId: PeerId;
  readonly instance: string;
  readonly token: string;
  /** Undefined: it announced itself over plain HTTP. */
  readonly user: UserId | undefined;
  serial: number;
}

/** An announce whose signer is proved, and who brought it. */
interface Proved {
  readonly announce: Announce;
  readonly key: PublicKey;
  readonly from: Origin;
  readonly member: MemberCaller | undefined;
}

/** The tracker's writing half: who is there, what they share and hold. What it acknowledges is on the disk. */
export class TrackSwarm {
  readonly #sessions = new Map<PeerId, Session>();
  /** The announce that each of those who are announcing has to wait for. */
  readonly #turns = new Map<string, Promise<void>>();
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #noted = { minute: 0, peers: 0 };
  /** Since the start, for /metrics, which anyone may read: of records only those that are public. */
  readonly counters = { announces: 0, refused: 0, records: 0 };

  readonly #news: AnnounceNews;

  constructor(readonly options: TrackSwarmOptions) {
    this.#news = new AnnounceNews(options.index, options.clock);
  }

  /**
   * A first announce: a compact JWS that carries the peer's key. The reply has the token for the next ones. Throws
   * `bad-record`, `too-large`, `limited` when no more peers fit, `conflict` (with the `knownSerial` in its details) when
   * the serial is not higher than all before, `unauthorized` when a member announces another computer than its own.
   */
  announceSigned(jws: string, from: Origin, caller: Caller): Promise<AnnounceReply> {
    return this.#inTurn(from, caller, async () => {
      const { announce, key } = await this.options.signatures.verifyAnnounce(jws);
      return await this.#accept({ announce, key, from, member: memberOf(caller, announce) }, undefined);
    });
  }

  /** A following announce. Throws `unauthorized` when the token is not this instance's; else as `announceSigned`. */
  announce(announce: Announce, token: string, from: Origin, caller: Caller): Promise<AnnounceReply> {
    return this.#inTurn(from, caller, () => {
      const member = memberOf(caller, announce);
      const session = this.#sessionOf(announce, token);
      const known = this.options.index.peer(announce.peerId);
      if (!session || session.user !== member?.user || !known) throw unknownToken();
      return this.#accept({ announce, key: known.key, from, member }, session);
    });
  }

  /** Takes the silent peers out and notes how many are present; call it every second or so. */
  expire(): void {
    this.#expireSilent();
    this.#notePresent();
  }

  #expireSilent(): void {
    const gone = this.options.swarm.expire(this.options.clock.monotonic(), this.options.peerExpiresMs);
    for (const { peerId } of gone) this.#sessions.delete(peerId);
    const [first] = gone;
    const known = first && this.options.index.peer(first.peerId);
    if (!known) return;
    const activity = gone.map(({ name }) => this.#news.left(name));
    this.options.index.apply({ peer: known, restart: false, records: [], completed: [], activity });
    this.#tell(activity);
  }

  /** The most peers of each minute; written only when it rises. */
  #notePresent(): void {
    const { swarm, clock, index } = this.options;
    const now = clock.now();
    const minute = Math.floor(now / 60_000);
    const most = this.#noted.minute === minute ? this.#noted.peers : 0;
    if (swarm.size <= most) return;
    index.notePresent(swarm.size, now);
    this.#noted = { minute, peers: swarm.size };
  }

  /** Calls `listener` at each public event until the returned function is called. A listener must not throw. */
  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * One announce of a member, or of an address, at a time: the longest ones take a quarter of a second, and others are to be
   * answered in between. As many wait as have a connection.
   */
  #inTurn({ address }: Origin, caller: Caller, work: () => Promise<AnnounceReply>): Promise<AnnounceReply> {
    const whose = caller.kind === "member" ? caller.peer : address;
    const turn = (this.#turns.get(whose) ?? Promise.resolve()).then(() => this.#counted(work));
    const ended = turn.then(() => {}, () => {});
    this.#turns.set(whose, ended);
    void ended.then(() => this.#turns.get(whose) === ended && this.#turns.delete(whose));
    return turn;
  }

  async #counted(work: () => Promise<AnnounceReply>): Promise<AnnounceReply> {
    try {
      const reply = await work();
      this.counters.announces++;
      return reply;
    } catch (error) {
      this.counters.refused++;
      throw error;
    }
  }

  async #accept(proved: Proved, session: Session | undefined): Promise<AnnounceReply> {
    const { announce, from } = proved;
    this.#refuseReplay(announce);
    if (announce.index.to < announce.index.from) {
      throw new EssaimError("bad-input", "The index of the announce ends before it begins.");
    }
    if (announce.event !== "stopped" && !this.options.swarm.hasRoom(announce.peerId, from.address)) throw full();
    const records = await this.#verified(proved);
    const lease = await this.#verifiedLease(proved);
    // Nothing below waits: what was checked stays true until it is stored.
    if (session && this.#sessions.get(announce.peerId) !== session) throw unknownToken();
    this.#refuseReplay(announce);
    return this.#store(proved, session, records, lease);
  }

  #store(
    { announce, key, from, member }: Proved,
    session: Session | undefined,
    records: readonly SignedRecord[],
    told: StoredLease | undefined,
  ): AnnounceReply {
    const { index, swarm, clock, members } = this.options;
    const { peerId, serial, instance, port, event } = announce;
    const name = this.#nameOf(announce, member);
    const known = index.peer(peerId);
    // Whoever joined, left or is another user tells everything anew: what it may not tell any more is not listed then.
    const isOther = known !== undefined && known.user !== member?.user;
    const fitting = fits(announce, isOther ? undefined : known?.index);
    const applied = fitting ? records : [];
    const position = fitting
      ? { epoch: announce.index.epoch, version: announce.index.to }
      : isOther
      ? undefined
      : known?.index;
    const before = swarm.presence(peerId);
    if (!before && event !== "stopped" && !swarm.hasRoom(peerId, from.address)) throw full();

    const { completed, counted, later, told: finished } = this.#news.completions(name, announce, member);
    const activity = [
      ...this.#news.presence(event, name, before !== undefined),
      ...this.#news.shares(name, applied),
      ...finished,
    ];
    const lease = told && told.revision <= (position?.version ?? 0) ? told : undefined;
    const isDurable = session === undefined || isOther || event === "stopped" || activity.length > 0 ||
      completed.length > 0 ||
      applied.length > 0 || isNewer(lease, index.leaseOf(peerId)) || name !== known?.name ||
      !samePosition(position, known?.index);
    if (isDurable) {
      const lastSeen = Math.trunc(clock.now());
      const peer: KnownPeer = { peerId, key, name, user: member?.user, serial, index: position, lastSeen };
      const restart = isOther || fitting && announce.index.from === 0 && (known?.index?.version ?? 0) > 0;
      index.apply({ peer, restart, records: applied, lease, completed, counted, activity });
    }
    this.counters.records += applied.filter(({ record }) => isPublic(record)).length;
    const reached = member && { user: member.user, memberPort: announce.memberPort };
    const presence = { peerId, instance, name, address: from.address, port, ...reached };
    const token = this.#present(announce, presence, session);
    this.#tell(activity);
    return {
      ...(token === undefined ? {} : { token }),
      intervalMs: this.options.announceIntervalMs,
      ...(this.options.chunkSize === undefined ? {} : { chunkSize: this.options.chunkSize }),
      index: continueFrom(announce, position),
      peers: event === "stopped" ? [] : this.#neighbours(peerId, from, member !== undefined),
      ...(later.length === 0 ? {} : { later }),
      ...(member === undefined ? {} : { class: members.news(peerId) }),
    };
  }

  /** Members are called as the class calls them. */
  #nameOf({ name }: Announce, member: MemberCaller | undefined): string {
    return member === undefined ? name : this.options.members.nameOf(member.user) ?? name;
  }

  #neighbours(self: PeerId, asker: Origin, isMember: boolean): Neighbour[] {
    const others = this.options.swarm.present().filter(({ peerId }) => peerId !== self);
    return sample(others, MAX_NEIGHBOURS, this.options.clock.random).flatMap((presence) => {
      const host = reachableAt({ address: presence.address }, asker);
      return host === undefined ? [] : [neighbourAt(presence, host, isMember)];
    });
  }

  /** Presence and holdings in memory; the new token, when the announce was signed. */
  #present(announce: Announce, peer: Omit<Presence, "lastSeen">, session: Session | undefined): string | undefined {
    const { peerId, instance, serial, event, holdings, dropped } = announce;
    if (event === "stopped") {
      this.options.swarm.left(peerId);
      this.#sessions.delete(peerId);
      return undefined;
    }
    this.options.swarm.announce(
      { peer, restart: event === "started", holdings, dropped },
      this.options.clock.monotonic(),
    );
    if (session) {
      session.serial = serial;
      return undefined;
    }
    const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
    this.#sessions.set(peerId, { peerId, instance, token, serial, user: peer.user });
    return token;
  }

  #sessionOf({ peerId, instance }: Announce, token: string): Session | undefined {
    const session = this.#sessions.get(peerId);
    return session?.token === token && session.instance === instance ? session : undefined;
  }

  #refuseReplay({ peerId, serial }: Announce): void {
    const stored = this.options.index.peer(peerId)?.serial ?? -1;
    const known = Math.max(stored, this.#sessions.get(peerId)?.serial ?? -1);
    if (serial > known) return;
    throw new EssaimError(
      "conflict",
      `This announce (serial ${serial}) is not newer than the last one (serial ${known}).`,
      { details: { knownSerial: known } },
    );
  }

  /** All of them the announcing peer's own; what is not public only of a member, in its own name. */
  async #verified({ announce: { peerId, records }, key, member }: Proved): Promise<SignedRecord[]> {
    const keyOf = (peer: PeerId) => peer === peerId ? key : undefined;
    const verified: SignedRecord[] = [];
    for (let start = 0; start < records.length; start += VERIFIED_AT_ONCE) {
      const some = records.slice(start, start + VERIFIED_AT_ONCE);
      verified.push(...await Promise.all(some.map((jws) => this.options.signatures.verifyRecord(jws, keyOf))));
    }
    const isForeign = ({ record }: SignedRecord) =>
      !record.deleted && isRestricted(record) &&
      (member === undefined || record.user !== member.user || record.class !== member.class);
    if (verified.some(isForeign)) {
      throw new EssaimError("bad-record", "What is not public can only be announced by a member of this class.");
    }
    return verified;
  }

  async #verifiedLease({ announce: { peerId, lease: said }, key, member }: Proved): Promise<StoredLease | undefined> {
    const { signatures, members } = this.options;
    if (said === undefined || member === undefined) return undefined;
    const owner = await members.member(said.certificate);
    const { class: id, revision } = await signatures.verifyLease(
      said.lease,
      (peer) => peer === peerId ? key : undefined,
    );
    if (owner.peerId === peerId && owner.user === member.user && id === members.id) return { ...said, revision };
    throw new EssaimError("bad-record", "This lease is not of the computer that announces it, or not of this class.");
  }

  #tell(events: readonly LiveEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }
}

/** As a neighbour is told of. Who its user is, and where it answers members, only members are told. */
export function neighbourAt(
  { peerId, name, port, user, memberPort }: Presence,
  host: string,
  isMember: boolean,
): Neighbour {
  const isKnown = isMember && user !== undefined && memberPort !== undefined;
  return { peerId, name, host, port, ...(isKnown ? { user, memberPort } : {}) };
}

function memberOf(caller: Caller, { peerId }: Announce): MemberCaller | undefined {
  if (caller.kind !== "member") return undefined;
  if (caller.peer === peerId) return caller;
  throw new EssaimError("unauthorized", "A computer of the class announces itself, never another one.");
}

function isNewer(lease: StoredLease | undefined, known: StoredLease | undefined): boolean {
  return lease !== undefined && lease.lease !== known?.lease;
}

function unknownToken(): EssaimError {
  return new EssaimError("unauthorized", "The tracker does not know this token (any more). Announce again, signed.");
}

function full(): EssaimError {
  return new EssaimError("limited", "The tracker lists as many computers as it can. Try again later.");
}
