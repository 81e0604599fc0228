import { type Origin, reachableAt } from "../core/address.ts";
import { EssaimError } from "../core/errors.ts";
import { filled, type HistoryRange, totalOf, windowOf } from "../core/history.ts";
import type { FileId } from "../core/ids.ts";
import type {
  Activity,
  CountsReply,
  CountsRequest,
  FilePeersReply,
  FoundShare,
  HistoryReply,
  SearchReply,
  ShareRef,
  Source,
  Stats,
} from "../core/messages.ts";
import { type Caller, mayRead } from "../core/permission.ts";
import { queryWords } from "../core/search.ts";
import { parseCursor, type SharePlace, writeCursor } from "../core/search_cursor.ts";
import { type SearchRequest, usualOrder } from "../core/search_request.ts";
import { type LiveRecord, shareKey, visibleSize } from "../core/share_record.ts";
import { sample, type Swarm } from "../core/swarm.ts";
import type { Clock, IndexedShare, ShareQuery, SwarmIndex } from "../ports.ts";
import { Kept } from "./kept.ts";

/** Matches that the caller may not read are passed over by so many questions; the cursor leads on. */
const MAX_ROUNDS = 20;
const MAX_RECORDS = 100;
const MAX_SOURCES = 100;
const MAX_ACTIVITY = 200;
const MOST_FETCHED = 10;

export interface AskSwarmOptions {
  readonly index: SwarmIndex;
  readonly swarm: Swarm;
  readonly clock: Clock;
}

/** The tracker's reading half. Nothing in its answers is about a share that the caller may not read. */
export class AskSwarm {
  readonly #stats: Kept<Stats>;
  readonly #copies: Kept<void>;

  constructor(readonly options: AskSwarmOptions) {
    this.#stats = new Kept(options.clock);
    this.#copies = new Kept(options.clock);
  }

  /**
   * Shares that fit the search. `cursor` (of the page before, of the same search) continues after its last result: no share
   * comes twice and none is left out unless it changed in between. Throws `bad-input` for a cursor that is none.
   */
  search(search: SearchRequest, caller: Caller): SearchReply {
    const query = this.#query(search, caller);
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
        if (mayRead(caller, record).allow) results.push(this.#found(share));
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
    const { index, swarm } = this.options;
    const counts = refs.map((ref) => {
      const share = index.liveShare(ref);
      if (!share || !mayRead(caller, share.signed.record).allow) return null;
      return { peers: swarm.countOf(share.signed.record), downloads: share.downloads };
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
    const { swarm, clock, index } = this.options;
    const shares = sample(
      this.#granting(file, via).filter(({ signed }) => mayRead(caller, signed.record).allow),
      MAX_RECORDS,
      clock.random,
    );
    if (shares.length === 0) throw new EssaimError("not-found", "There is no such file.");
    const records = shares.map(({ signed }) => signed.record);
    const grants = records.map(({ owner, shareId, fileId }) => (
      fileId === file ? { fileId, owner, shareId } : { fileId: file, owner, shareId, listing: fileId }
    ));
    const holders = swarm.holdersOf(grants);
    const peers: Source[] = [];
    for (const { peer: { peerId, name, address, port }, have, of } of sample(holders, holders.length, clock.random)) {
      const host = reachableAt({ address }, asker);
      if (host !== undefined) peers.push({ peerId, name, host, port, have, of });
      if (peers.length === MAX_SOURCES) break;
    }
    return {
      records: shares.map(({ signed }) => signed.jws),
      keys: Object.fromEntries(index.keys(records.map(({ owner }) => owner))) as FilePeersReply["keys"],
      peers,
    };
  }

  /** What anyone may know of the whole swarm; some seconds old. */
  stats(): Stats {
    return this.#stats.get(() => this.#count());
  }

  /** What anyone may know of the last hour, day or week. */
  history(range: HistoryRange): HistoryReply {
    const window = windowOf(range, Math.floor(this.options.clock.now() / 1000));
    const { everySeconds, from } = window;
    const buckets = filled(window, this.options.index.history(everySeconds, from));
    return { range, everySeconds, from: new Date(from * 1000).toISOString(), buckets };
  }

  /** What happened lately that anyone may know, newest first; older than `before` (an id) when given. */
  activity(limit: number, before: number | undefined): Activity[] {
    return this.options.index.activity(Math.max(1, Math.min(limit, MAX_ACTIVITY)), before);
  }

  #query({ q, owner, type, min, max, available, sort, order, limit }: SearchRequest, caller: Caller): ShareQuery {
    const words = queryWords(q);
    const byRelevance = sort === "relevance" && words.length > 0;
    return {
      words,
      ownerWords: queryWords(owner ?? ""),
      type,
      min,
      max,
      available,
      sort: sort === "relevance" && !byRelevance ? "date" : sort,
      order: sort === "relevance" ? "desc" : order ?? usualOrder(sort),
      visible: caller.kind === "anonymous" ? "public" : "any",
      after: undefined,
      limit: limit + 1,
    };
  }

  /** Copies are some seconds old in filters and sorts, so that pages that follow each other mostly agree. */
  #noteCopies(): void {
    const { index, swarm } = this.options;
    this.#copies.get(() =>
      index.noteCopies({ present: swarm.present().map(({ peerId }) => peerId), held: swarm.held() })
    );
  }

  #granting(file: FileId, via: Pick<ShareRef, "owner" | "shareId"> | undefined): IndexedShare[] {
    const { index, swarm } = this.options;
    if (!via) {
      const shares = index.sharesOf(file);
      const held = shares.filter(({ signed }) => swarm.countOf(signed.record) > 0);
      return held.length > 0 ? held : shares;
    }
    const record = index.share(via);
    if (!record || record.deleted || (record.fileId !== file && record.kind !== "folder")) return [];
    return index.sharesOf(record.fileId).filter(({ signed }) => shareKey(signed.record) === shareKey(via));
  }

  #found({ signed: { record }, ownerName, downloads }: IndexedShare): FoundShare {
    const { fileId, shareId, owner, name, kind, visibility } = record;
    return {
      id: fileId,
      shareId,
      ownerId: owner,
      owner: ownerName,
      name,
      kind,
      size: visibleSize(record),
      visibility,
      peers: this.options.swarm.countOf(record),
      downloads,
      at: new Date(timeOf(record)).toISOString(),
    };
  }

  #today(): Stats["today"] {
    const midnight = new Date(this.options.clock.now()).setHours(0, 0, 0, 0);
    const { downloads, bytes } = totalOf(this.options.index.history(900, midnight / 1000));
    return { downloads, transferred: bytes };
  }

  #count(): Stats {
    const { index, swarm } = this.options;
    const { files, bytes, downloads, transferred, since } = index.totals("public");
    const mostFetched = index.mostFetched(MOST_FETCHED).map(({ signed: { record }, downloads }) => ({
      id: record.fileId,
      name: record.name,
      size: visibleSize(record),
      downloads,
      peers: swarm.countOf(record),
    }));
    return {
      peers: swarm.size,
      files,
      bytes,
      downloads,
      transferred,
      today: this.#today(),
      since: new Date(since).toISOString(),
      mostFetched,
    };
  }
}

/** Milliseconds since 1970. */
function timeOf(record: LiveRecord): number {
  return Date.parse(record.at) || 0;
}
