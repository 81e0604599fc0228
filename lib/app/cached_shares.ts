import { asEssaimError } from "../core/errors.ts";
import type { FileId, PeerId } from "../core/ids.ts";
import type { Joined } from "../core/membership.ts";
import type { FoundShare } from "../core/messages.ts";
import { type Caller, mayRead } from "../core/permission.ts";
import { MAX_RESULTS, type SearchRequest, searchRequestSchema } from "../core/search_request.ts";
import { isRestricted, type LiveRecord, visibleSize } from "../core/share_record.ts";
import type { Clock, Log } from "../ports.ts";
import type { NeighbourShare, NeighbourStore } from "../store_ports.ts";
import type { Visible } from "../swarm_ports.ts";
import type { Neighbours } from "./neighbours.ts";
import { Owners, type Proved, type ProvingPorts } from "./owners.ts";
import { shareQuery } from "./share_query.ts";

export interface CachePorts extends ProvingPorts {
  readonly store: NeighbourStore;
  readonly neighbours: Neighbours;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this peer. */
  joined(): Joined | undefined;
}

/** What neighbours said that they share, for the user of this very peer: nothing in it is about what is not for that user. */
export class CachedShares {
  constructor(readonly ports: CachePorts) {}

  /** Whether nobody was ever heard of. */
  get isEmpty(): boolean {
    return this.ports.neighbours.latest(1).length === 0 && this.ports.store.list().length === 0;
  }

  /** As whom this peer reads what others share. */
  get reader(): Caller {
    const joined = this.ports.joined();
    if (joined === undefined) return { kind: "anonymous", address: "" };
    return { kind: "member", address: "", class: joined.class.id, peer: joined.me.peerId, user: joined.me.user };
  }

  /** The first ones that fit, at most 200; there are no further pages. */
  search(search: Partial<SearchRequest>): FoundShare[] {
    const { store, neighbours } = this.ports;
    const request: SearchRequest = { ...searchRequestSchema.parse({}), ...search };
    const present = new Set(neighbours.present().map(({ peerId }) => peerId));
    const query = shareQuery(request, this.#visible, Math.min(request.limit, MAX_RESULTS));
    return store.search(query, present).filter((share) => this.#isShown(share))
      .map((share) => this.#found(share, present));
  }

  /** Records of a content, each proved once more, public ones and those of present owners first. */
  async recordsOf(file: FileId): Promise<Proved[]> {
    const { store, neighbours } = this.ports;
    const present = new Set(neighbours.present().map(({ peerId }) => peerId));
    const weight = ({ signed: { record } }: NeighbourShare) =>
      (isRestricted(record) ? 0 : 2) + (present.has(record.owner) ? 1 : 0);
    const shares = store.sharesOf(file, this.#visible).filter((share) => this.#isShown(share));
    const proved: Proved[] = [];
    for (const share of shares.sort((a, b) => weight(b) - weight(a))) {
      const one = await this.#proved(share);
      if (one?.signed.record.fileId === file) proved.push(one);
    }
    return proved;
  }

  /** What its owner last said of a share, proved once more; undefined where that is not known, or not for this user. */
  async record(ref: Pick<LiveRecord, "owner" | "shareId">): Promise<Proved | undefined> {
    const share = this.ports.store.share(ref);
    return share && this.#isShown(share) ? await this.#proved(share) : undefined;
  }

  /** Owners of a content who are present. */
  presentOwners(file: FileId): PeerId[] {
    const { store, neighbours } = this.ports;
    const owners = new Set(
      store.sharesOf(file, this.#visible).filter((share) => this.#isShown(share))
        .map(({ signed }) => signed.record.owner),
    );
    return neighbours.present().map(({ peerId }) => peerId).filter((peer) => owners.has(peer));
  }

  nameOf(peer: PeerId): string | undefined {
    return this.ports.neighbours.get(peer)?.name ?? this.ports.store.get(peer)?.name;
  }

  get #visible(): Visible {
    const { reader } = this;
    return reader.kind === "member" ? { user: reader.user } : "public";
  }

  #isShown({ signed: { record } }: NeighbourShare): boolean {
    const { members, neighbours } = this.ports;
    if (record.owner === neighbours.self) return false;
    return mayRead(this.reader, record).allow && !(isRestricted(record) && members.isRevoked(record.owner));
  }

  #found({ signed: { record }, ownerName, askedAs, lastSeen }: NeighbourShare, present: Set<PeerId>): FoundShare {
    const { members, neighbours } = this.ports;
    const { fileId, shareId, owner, name, kind, visibility, at } = record;
    const known = neighbours.get(owner);
    const isPresent = present.has(owner);
    const isMember = members.id !== undefined && !members.isRevoked(owner) &&
      (askedAs.startsWith(`${members.id}/`) || known?.user !== undefined);
    return {
      ...{ id: fileId, shareId, ownerId: owner, owner: known?.name ?? ownerName },
      ...isMember ? { member: true } : {},
      ...{ name, kind, size: visibleSize(record), visibility, peers: isPresent ? 1 : 0 },
      at: new Date(Date.parse(at) || 0).toISOString(),
      ...isPresent ? {} : { seenAt: new Date(this.#seen(known?.heardAt, lastSeen)).toISOString() },
    };
  }

  #seen(heardAt: number | undefined, stored: number): number {
    const { clock } = this.ports;
    const now = clock.now();
    return Math.min(now, heardAt === undefined ? stored : Math.max(stored, now - clock.monotonic() + heardAt));
  }

  async #proved({ signed: { record, jws }, proof: { key, certificate } }: NeighbourShare): Promise<Proved | undefined> {
    const { owner } = record;
    const certificates = certificate === undefined ? {} : { [owner]: certificate };
    try {
      return await (await Owners.of({ keys: { [owner]: key }, certificates }, this.ports)).prove(jws);
    } catch (error) {
      const { message } = asEssaimError(error);
      this.ports.log.debug("record-refused", `A record of ${owner} proves nothing any more: ${message}`);
      return undefined;
    }
  }
}
