import { AskSwarm } from "../../lib/app/ask_swarm.ts";
import { SwarmFigures } from "../../lib/app/swarm_figures.ts";
import { TrackSwarm } from "../../lib/app/track_swarm.ts";
import type { Origin } from "../../lib/core/address.ts";
import type { PeerId, UserId } from "../../lib/core/ids.ts";
import type { Announce, Completion, LiveEvent } from "../../lib/core/messages.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { searchRequestSchema } from "../../lib/core/search_request.ts";
import { isRestricted, type LiveRecord, type ShareRecord } from "../../lib/core/share_record.ts";
import { Swarm, SWARM_LIMITS } from "../../lib/core/swarm.ts";
import type { SwarmIndex } from "../../lib/swarm_ports.ts";
import {
  announceBy,
  CLASS_ID,
  FakeClass,
  FakeClock,
  fileId,
  hexId,
  MemorySwarmIndex,
  peerId,
  recordBy,
  shareId,
  trustingSignatures,
  userId,
} from "../fakes.ts";

export const alice = peerId(0xa);
export const bob = peerId(0xb);
export const anonymous: Caller = { kind: "anonymous", address: "10.0.0.99" };
export const asker: Origin = { address: "10.0.0.99", host: "10.0.0.1:5000" };
export const from = (peer: PeerId): Origin => ({ address: `10.0.0.${parseInt(peer, 16)}`, host: "10.0.0.1:5000" });
export const epoch = hexId<string>(1, 32);

/** Whose computer alice is. */
export const aliceUser = userId(0xa);
/** Somebody of the class who asks. */
export const memberAs = (user: UserId): Caller => (
  { kind: "member", address: "10.0.0.9", class: CLASS_ID, peer: bob, user }
);

export function file(number: number, changes: Partial<LiveRecord> = {}): LiveRecord {
  const plain = { shareId: shareId(number), fileId: fileId(number), name: `file ${number}.txt`, ...changes };
  const record = recordBy(alice, plain);
  return isRestricted(record) ? { user: aliceUser, class: CLASS_ID, ...record } : record;
}
export const tombstone = ({ shareId, owner, version, at }: LiveRecord): ShareRecord => (
  { shareId, owner, version: version + 1, at, deleted: true }
);
export const jws = (records: readonly ShareRecord[]) => records.map((record) => JSON.stringify(record));

export const searchFor = (parameters: Record<string, string | undefined>) => searchRequestSchema.parse(parameters);
export const downloadId = (number: number) => number.toString(16).padStart(16, "0");
/** The download `id` of alice's first file. */
export const completionOf = (id: number, changes: Partial<Completion> = {}): Completion => (
  { id: downloadId(id), ...file(1), bytes: 10, seconds: 1, sources: 1, ...changes }
);

/** A tracker without a network, and announces of peers that exist in name only. */
export class Tracker {
  readonly clock = new FakeClock();
  readonly members = new FakeClass(this.clock);
  readonly swarm: Swarm;
  readonly track: TrackSwarm;
  readonly ask: AskSwarm;
  readonly figures: SwarmFigures;
  readonly events: LiveEvent[] = [];
  #serial = 0;

  constructor(readonly index: SwarmIndex = new MemorySwarmIndex(), limits = SWARM_LIMITS) {
    const { clock, members } = this;
    this.swarm = new Swarm(limits);
    this.track = new TrackSwarm({
      index,
      swarm: this.swarm,
      signatures: trustingSignatures,
      members,
      clock,
      peerExpiresMs: 90_000,
      announceIntervalMs: 30_000,
    });
    this.ask = new AskSwarm({ index, swarm: this.swarm, members, clock });
    this.figures = new SwarmFigures({ index, swarm: this.swarm, clock });
    this.track.subscribe((event) => this.events.push(event));
  }

  signed(peer: PeerId, changes: Partial<Announce> = {}, caller = this.caller(peer)) {
    const announce = this.#announce(peer, changes);
    return this.track.announceSigned(JSON.stringify(announce), from(peer), caller);
  }

  next(peer: PeerId, token: string, changes: Partial<Announce> = {}, caller = this.caller(peer)) {
    const announce = this.#announce(peer, { event: "alive", ...changes });
    return this.track.announce(announce, token, from(peer), caller);
  }

  #announce(peer: PeerId, changes: Partial<Announce>): Announce {
    const name = peer === alice ? "alice" : "bob";
    const memberPort = this.members.isMember(peer) ? 5101 : undefined;
    return announceBy(peer, { serial: ++this.#serial, name, memberPort, ...changes });
  }

  /** As a member when it is one. */
  caller(peer: PeerId): Caller {
    return this.members.isMember(peer) ? this.members.caller(peer) : { kind: "anonymous", ...from(peer) };
  }

  /** Announces these records as the whole index of their owner, which is in the class when one of them is not public. */
  share(...records: ShareRecord[]) {
    const hidden = records.find((record) => !record.deleted && isRestricted(record));
    if (hidden) this.members.enrol(hidden.owner, hidden.user!);
    return this.signed(records[0]!.owner, { records: jws(records), index: { epoch, from: 0, to: records.length } });
  }

  names(query: string, caller = anonymous): string[] {
    return this.ask.search(searchFor({ q: query }), caller).results.map(({ name }) => name);
  }

  peersOf(file: number, via?: { owner: PeerId; shareId: LiveRecord["shareId"] }, caller = anonymous) {
    return this.ask.filePeers(fileId(file), via, caller, asker).peers.map(({ peerId, host }) => [peerId, host]);
  }
}
