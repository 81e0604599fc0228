import { type Origin, reachableAt } from "../core/address.ts";
import { EssaimError } from "../core/errors.ts";
import type { FileId, PeerId, Sha256 } from "../core/ids.ts";
import type {
  CountsReply,
  CountsRequest,
  FilePeersReply,
  FoundShare,
  SearchReply,
  ShareRef,
  Source,
} from "../core/messages.ts";
import { type Caller, mayRead } from "../core/permission.ts";
import { parseCursor, type SharePlace, writeCursor } from "../core/search_cursor.ts";
import type { SearchRequest } from "../core/search_request.ts";
import type { LeaseReply, LeaseRequest } from "../core/class_messages.ts";
import { isRestricted, type LiveRecord, visibleSize } from "../core/share_record.ts";
import { type Holder, type Presence, sample, type Swarm } from "../core/swarm.ts";
import type { Clock } from "../ports.ts";
import type { IndexedShare, SwarmIndex, Visible } from "../swarm_ports.ts";
import { Kept } from "./kept.ts";
import { shareQuery } from "./share_query.ts";
import { neighbourAt, type TrackedClass } from "./track_swarm.ts";

/** Matches that the caller may not read are passed over by so many questions; the cursor leads on. */
const MAX_ROUNDS = 20;
const MAX_RECORDS = 100;
const MAX_SOURCES = 100;

export interface AskSwarmOptions {
  readonly index: SwarmIndex;
  readonly swarm: Swarm;
  readonly members: TrackedClass;
  readonly clock: Clock;
}

export interface FileView {
  readonly id: FileId;
  readonly kind: "file" | "folder";
  /** In all, for a folder. */
  readonly size: number;
  readonly files: number;
  readonly sha256: Sha256;
  readonly shares: readonly FoundShare[];
  /** In no order, so that the first one is another each time. */
  readonly sources: readonly Source[];
}

/** The tracker's reading half. Nothing in its answers is about a share that the caller may not read. */
export class AskSwarm {
  readonly #copies: Kept<void>;

  constructor(readonly options: AskSwarmOptions) {
    this.#copies = new Kept(options.clock);
  }

  /**
   * Shares that fit the search. `cursor` (of the page before, of the same search) continues after its last result: no share
   * comes twice and none is left out unless it changed in between. Throws `bad-input` for a cursor that is none.
   */
  search(search: SearchRequest, caller: Caller): SearchReply {
    const query = shareQuery(search, visibleTo(caller), search.limit + 1);
    const results: FoundShare[] = [];
    let after: SharePlace | undefined = search.cursor === undefined
      ? undefined
      : parseCursor(search.cursor, query.sort, query.order);
    if (query.available || query.sort === "copies") this.#noteCopies();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const some = this.options.index.search({ ...query, after });
      for (const [index, share] of some.entries()) {
        const { record } = share.signed;
        after = { key: share.key, owner: record.owner, shareId: record.shareId };
        if (this.#mayRead(caller, record)) results.push(this.#found(share));
        if (results.length < search.limit) continue;
        const isLast = some.length < query.limit && index === some.length - 1;
        return { results, ...(isLast ? {} : { cursor: writeCursor(after, query.sort, query.order) }) };
      }
      if (some.length < query.limit) return { results };
    }
    return { results, ...(after ? { cursor: writeCursor(after, query.sort, query.order) } : {}) };
  }

  /** For each share how many present peers have some of it and how often it was fetched; see `countsReplySchema`. */
  counts({ refs }: CountsRequest, caller: Caller): CountsReply {
    const { index } = this.options;
    const counts = refs.map((ref) => {
      const share = index.liveShare(ref);
      const record = share?.signed.record ?? index.share(ref);
      if (!record || record.deleted || !this.#mayRead(caller, record)) return null;
      if (!share) return { peers: 0, downloads: 0, down: true as const };
      return { peers: this.#copiesOf(record), downloads: share.downloads };
    });
    return { counts };
  }

  /**
   * The records that let the caller read a file, the keys that prove them, and at most 100 present holders under those
   * records that `asker` can reach. For a file inside a shared folder `via` names the folder's share. Throws `not-found`,
   * the same for what does not exist and what the caller may not read.
   */
  filePeers(
    file: FileId,
    via: Pick<ShareRef, "owner" | "shareId"> | undefined,
    caller: Caller,
    asker: Origin,
  ): FilePeersReply {
    const { clock, index } = this.options;
    const shares = sample(
      this.#granting(file, via, caller).filter(({ signed }) => this.#mayRead(caller, signed.record)),
      MAX_RECORDS,
      clock.random,
    );
    if (shares.length === 0) throw noSuchFile();
    const records = shares.map(({ signed }) => signed.record);
    const owners = [...new Set(records.filter(isRestricted).map(({ owner }) => owner))];
    const proofs = owners.flatMap((owner) => {
      const certificate = index.leaseOf(owner)?.certificate;
      return certificate === undefined ? [] : [[owner, certificate] as const];
    });
    return {
      records: shares.map(({ signed }) => signed.jws),
      keys: Object.fromEntries(index.keys(records.map(({ owner }) => owner))) as FilePeersReply["keys"],
      ...(proofs.length === 0 ? {} : { certificates: Object.fromEntries(proofs) }),
      peers: this.#sources(file, records, caller, asker),
    };
  }

  /**
   * What a page shows of a file: the shares that let the caller read it, newest first, and present holders that `asker` can
   * reach. Throws `not-found` as `filePeers` does.
   */
  file(file: FileId, caller: Caller, asker: Origin): FileView {
    const shares = this.options.index.sharesOf(file, visibleTo(caller)).filter(({ signed }) =>
      this.#mayRead(caller, signed.record)
    );
    const [first] = shares;
    if (!first) throw noSuchFile();
    const { kind, sha256, total } = first.signed.record;
    const shown = shares.slice(0, MAX_RECORDS);
    return {
      ...{ id: file, kind, sha256, size: visibleSize(first.signed.record), files: total?.files ?? 1 },
      shares: shown.map((share) => this.#found(share)),
      sources: this.#sources(file, shown.map(({ signed }) => signed.record), caller, asker),
    };
  }

  /**
   * For whoever holds shares of an owner that cannot be asked: the owner's newest lease and, of these shares, the records that
   * the caller may read, as they are at that revision or later. Throws `not-found` when the owner gave none.
   */
  lease({ owner, shares }: LeaseRequest, caller: Caller): LeaseReply {
    const { index, members } = this.options;
    const stored = caller.kind === "anonymous" || members.isRevoked(owner) ? undefined : index.leaseOf(owner);
    if (stored === undefined) throw noSuchFile();
    const shown = shares.flatMap((shareId) => index.liveShare({ owner, shareId })?.signed ?? [])
      .filter(({ record }) => this.#mayRead(caller, record));
    return { lease: stored.lease, certificate: stored.certificate, records: shown.map(({ jws }) => jws) };
  }

  /** Copies are some seconds old in filters and sorts, so that pages that follow each other mostly agree. */
  #noteCopies(): void {
    const { index, swarm } = this.options;
    this.#copies.get(() =>
      index.noteCopies({ present: swarm.present().map(({ peerId }) => peerId), held: swarm.held() })
    );
  }

  /** By chance when there are too many. */
  #sources(file: FileId, records: readonly LiveRecord[], caller: Caller, asker: Origin): Source[] {
    const { swarm, clock } = this.options;
    const found = new Map<PeerId, Holder>();
    for (const record of records) {
      const { owner, shareId, fileId } = record;
      const grant = fileId === file ? { fileId, owner, shareId } : { fileId: file, owner, shareId, listing: fileId };
      for (const holder of swarm.holdersOf([grant])) {
        const known = found.get(holder.peer.peerId);
        if (this.#mayHold(holder.peer, record) && (known === undefined || holdsMore(holder, known))) {
          found.set(holder.peer.peerId, holder);
        }
      }
    }
    const sources: Source[] = [];
    for (const { peer, have, of } of sample([...found.values()], found.size, clock.random)) {
      const host = reachableAt(peer, asker);
      if (host !== undefined) sources.push({ ...neighbourAt(peer, host, caller.kind === "member"), have, of });
      if (sources.length === MAX_SOURCES) break;
    }
    return sources;
  }

  /** Present computers that have some of it, and may. */
  #copiesOf(record: LiveRecord): number {
    const { swarm } = this.options;
    if (!isRestricted(record)) return swarm.countOf(record);
    return swarm.holdersOf([record]).filter(({ peer, have }) => have > 0 && this.#mayHold(peer, record)).length;
  }

  /** Whoever says to hold what it may not read is lying, or may no longer. */
  #mayHold({ peerId, user, memberPort, address }: Presence, record: LiveRecord): boolean {
    const { members: { id } } = this.options;
    if (!isRestricted(record)) return true;
    if (user === undefined || memberPort === undefined || id === undefined) return false;
    return this.#mayRead({ kind: "member", address, class: id, peer: peerId, user }, record);
  }

  /** What a computer owns that was removed from the class nobody is shown; its user's other computers go on. */
  #mayRead(caller: Caller, record: LiveRecord): boolean {
    return mayRead(caller, record).allow && !(isRestricted(record) && this.options.members.isRevoked(record.owner));
  }

  #granting(
    file: FileId,
    via: Pick<ShareRef, "owner" | "shareId"> | undefined,
    caller: Caller,
  ): IndexedShare[] {
    const { index } = this.options;
    if (!via) {
      const shares = index.sharesOf(file, visibleTo(caller));
      const held = shares.filter(({ signed }) => this.#copiesOf(signed.record) > 0);
      return held.length > 0 ? held : shares;
    }
    const record = index.share(via);
    if (!record || record.deleted || (record.fileId !== file && record.kind !== "folder")) return [];
    const share = index.liveShare(via);
    return share?.signed.record.fileId === record.fileId ? [share] : [];
  }

  #found({ signed: { record }, ownerName, downloads }: IndexedShare): FoundShare {
    const { fileId, shareId, owner, name, kind, visibility } = record;
    return {
      id: fileId,
      shareId,
      ownerId: owner,
      owner: ownerName,
      member: this.options.members.isMember(owner),
      name,
      kind,
      size: visibleSize(record),
      visibility,
      peers: this.#copiesOf(record),
      downloads,
      at: new Date(timeOf(record)).toISOString(),
    };
  }
}

function noSuchFile(): EssaimError {
  return new EssaimError("not-found", "There is no such file.");
}

/** Milliseconds since 1970. */
function timeOf(record: LiveRecord): number {
  return Date.parse(record.at) || 0;
}

/** What the index leaves out for a caller; each record is asked again. */
function visibleTo(caller: Caller): Visible {
  return caller.kind === "member" ? { user: caller.user } : "public";
}

function holdsMore(a: Holder, b: Holder): boolean {
  return b.of === 0 || (a.of > 0 && a.have / a.of > b.have / b.of);
}
