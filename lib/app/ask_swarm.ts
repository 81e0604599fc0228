import { type Origin, reachableAt } from "../core/address.ts";
import { EssaimError } from "../core/errors.ts";
import type { FileId } from "../core/ids.ts";
import type { Activity, FilePeersReply, FoundShare, SearchReply, ShareRef, Source, Stats } from "../core/messages.ts";
import { type Caller, mayRead } from "../core/permission.ts";
import { queryWords, rank } from "../core/search.ts";
import { type LiveRecord, shareKey, visibleSize } from "../core/share_record.ts";
import { sample, type Swarm } from "../core/swarm.ts";
import type { Clock, IndexedShare, SwarmIndex } from "../ports.ts";

/** Matches that are ranked; of a query with more, the newest ones. */
const MAX_RANKED = 1_000;
const MAX_RESULTS = 200;
const MAX_RECORDS = 100;
const MAX_SOURCES = 100;
const MAX_ACTIVITY = 200;
const MOST_FETCHED = 10;
/** A dashboard open on thirty screens costs one count, and counting takes at most a twentieth of the time. */
const STATS_KEPT_MS = 2_000;
const STATS_SHARE_OF_TIME = 20;

export interface AskSwarmOptions {
  readonly index: SwarmIndex;
  readonly swarm: Swarm;
  readonly clock: Clock;
}

/** The tracker's reading half. Nothing in its answers is about a share that the caller may not read. */
export class AskSwarm {
  #stats: { readonly until: number; readonly value: Stats } | undefined;

  constructor(readonly options: AskSwarmOptions) {}

  /**
   * Shares that fit the query, best first, then newest. `cursor` (of the page before) continues after its last result:
   * no share comes twice unless it was changed in between. Throws `bad-input` for a cursor that is none.
   */
  search(query: string, cursor: string | undefined, limit: number, caller: Caller): SearchReply {
    const words = queryWords(query);
    const after = cursor === undefined ? undefined : parsePlace(cursor);
    const visible = caller.kind === "anonymous" ? "public" : "any";
    const places = this.options.index.search(words, MAX_RANKED, visible)
      .filter(({ signed }) => mayRead(caller, signed.record).allow)
      .map((share) => ({ share, ...placeOf(share.signed.record, words) }))
      .filter((place) => after === undefined || comparePlaces(after, place) < 0)
      .sort(comparePlaces);
    const page = places.slice(0, Math.max(1, Math.min(limit, MAX_RESULTS)));
    const last = page.at(-1);
    return {
      results: page.map(({ share }) => this.#found(share)),
      ...(last && page.length < places.length ? { cursor: writePlace(last) } : {}),
    };
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
    const { clock } = this.options;
    const began = clock.monotonic();
    if (this.#stats !== undefined && began < this.#stats.until) return this.#stats.value;
    const value = this.#count();
    const ended = clock.monotonic();
    this.#stats = { until: ended + Math.max(STATS_KEPT_MS, STATS_SHARE_OF_TIME * (ended - began)), value };
    return value;
  }

  /** What happened lately that anyone may know, newest first; older than `before` (an id) when given. */
  activity(limit: number, before: number | undefined): Activity[] {
    return this.options.index.activity(Math.max(1, Math.min(limit, MAX_ACTIVITY)), before);
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

  #found({ signed: { record }, ownerName }: IndexedShare): FoundShare {
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
      at: new Date(timeOf(record)).toISOString(),
    };
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
      since: new Date(since).toISOString(),
      mostFetched,
    };
  }
}

/** Where a result stands: better rank first, then newer, then by owner and share. */
interface Place {
  readonly rank: number;
  readonly at: number;
  readonly key: string;
}

function placeOf(record: LiveRecord, words: readonly string[]): Place {
  return { rank: rank(record.name, words), at: timeOf(record), key: shareKey(record) };
}

function comparePlaces(a: Place, b: Place): number {
  return b.rank - a.rank || b.at - a.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

function writePlace({ rank, at, key }: Place): string {
  return `${rank}~${at}~${key.replace("/", "~")}`;
}

function parsePlace(cursor: string): Place {
  const match = /^([0-4])~(-?\d{1,16})~([0-9a-f]{32})~([0-9a-f]{32})$/.exec(cursor);
  if (!match) throw new EssaimError("bad-input", "This is not a cursor of a search. Search again without it.");
  return { rank: Number(match[1]), at: Number(match[2]), key: `${match[3]}/${match[4]}` };
}

/** Milliseconds since 1970. */
function timeOf(record: LiveRecord): number {
  return Date.parse(record.at) || 0;
}
