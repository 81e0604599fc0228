import { Buffer } from "node:buffer";
import { EssaimError } from "../lib/core/errors.ts";
import type { FileId, PeerId, Sha256, ShareId } from "../lib/core/ids.ts";
import type { Activity, Announce, PublicKey } from "../lib/core/messages.ts";
import { fileType } from "../lib/core/file_type.ts";
import { bucketOf, type BucketSeconds, type HistoryBucket, type TimedBucket } from "../lib/core/history.ts";
import { idPrefix, nameKey, normalise, RANK, rank } from "../lib/core/search.ts";
import type { SharePlace } from "../lib/core/search_cursor.ts";
import {
  type LiveRecord,
  shareKey,
  type ShareRecord,
  type SignedRecord,
  supersedes,
  visibleSize,
} from "../lib/core/share_record.ts";
import type {
  Clock,
  Copies,
  IndexedShare,
  KnownPeer,
  Log,
  ShareQuery,
  Signatures,
  SwarmChange,
  SwarmIndex,
} from "../lib/ports.ts";

/** A fixed id of `length` hex digits that ends in `number`. */
export function hexId<T extends string>(number: number, length: 32 | 64): T {
  return number.toString(16).padStart(length, "0") as T;
}
export const fileId = (number: number): FileId => hexId(number, 64);
export const shareId = (number: number): ShareId => hexId(number, 32);
export const peerId = (number: number): PeerId => hexId(number, 32);

/** A public file of a peer; anything may be set otherwise. */
export function recordBy(owner: PeerId, changes: Partial<LiveRecord> = {}): LiveRecord {
  return {
    shareId: shareId(1),
    owner,
    version: 1,
    at: "2026-01-02T03:04:05.678Z",
    deleted: false,
    kind: "file",
    name: "notes.pdf",
    fileId: fileId(1),
    size: 1000,
    sha256: hexId<Sha256>(1, 64),
    visibility: "public",
    allow: [],
    ...changes,
  };
}

/** An empty announce of a peer; anything may be set otherwise. */
export function announceBy(peer: PeerId, changes: Partial<Announce> = {}): Announce {
  return {
    peerId: peer,
    instance: hexId(1, 32),
    serial: 1,
    event: "started",
    name: "alice",
    port: 5001,
    index: { epoch: hexId(1, 32), from: 0, to: 0 },
    records: [],
    holdings: [],
    dropped: [],
    completed: [],
    ...changes,
  };
}

/** The code of the EssaimError that `work` rejects with, or undefined when it succeeds; other errors pass. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof EssaimError) return error.code;
    throw error;
  }
}

/** A clock that moves only when told; `sleep` moves it. `random` repeats 0.5. */
export class FakeClock implements Clock {
  constructor(public wall = Date.parse("2026-01-02T03:04:05.678Z"), public elapsed = 0) {}
  now = () => this.wall;
  monotonic = () => this.elapsed;
  random = () => 0.5;
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.advance(ms);
    return Promise.resolve();
  }
  advance(ms: number): void {
    this.wall += ms;
    this.elapsed += ms;
  }
}

/** Keeps the codes of what was logged. */
export class FakeLog implements Log {
  readonly codes: string[] = [];
  debug = (code: string) => void this.codes.push(code);
  info = (code: string) => void this.codes.push(code);
  warning = (code: string) => void this.codes.push(code);
  error = (code: string) => void this.codes.push(code);
}

/** A `SwarmIndex` that forgets everything when it is disposed of. */
export class MemorySwarmIndex implements SwarmIndex {
  #peers = new Map<PeerId, KnownPeer>();
  #shares = new Map<string, { signed: SignedRecord; forgotten: boolean; downloads: number }>();
  #activity: Activity[] = [];
  #totals = { downloads: 0, transferred: 0, since: 0 };
  #copies: (record: LiveRecord) => number = () => 0;
  #history: (Partial<HistoryBucket> & { at: number })[] = [];

  constructor(readonly activityKept = 100) {}

  peer(id: PeerId): KnownPeer | undefined {
    return this.#peers.get(id);
  }

  keys(ids: Iterable<PeerId>): Map<PeerId, PublicKey> {
    return new Map([...ids].flatMap((id) => this.#peers.has(id) ? [[id, this.#peers.get(id)!.key]] : []));
  }

  apply({ peer, restart, records, completed, activity }: SwarmChange): void {
    this.#peers.set(peer.peerId, peer);
    for (const share of this.#shares.values()) {
      if (restart && share.signed.record.owner === peer.peerId && !share.signed.record.deleted) share.forgotten = true;
    }
    const at = peer.lastSeen;
    const isPublic = (record?: ShareRecord) => record && !record.deleted && record.visibility === "public";
    for (const signed of records) {
      const key = shareKey(signed.record);
      const known = this.#shares.get(key);
      const isBack = known?.forgotten && known.signed.record.version === signed.record.version;
      if (!isBack && !supersedes(signed.record, known?.signed.record)) continue;
      this.#shares.set(key, { signed, forgotten: false, downloads: known?.downloads ?? 0 });
      if (isPublic(signed.record) && !isPublic(known?.signed.record)) this.#history.push({ at, shared: 1 });
    }
    for (const { ref, bytes } of completed) {
      const share = this.#shares.get(shareKey(ref));
      const record = share?.signed.record;
      if (!share || share.forgotten || !record || record.deleted) continue;
      const whole = record.fileId === ref.fileId ? 1 : 0;
      share.downloads += whole;
      if (record.visibility !== "public") continue;
      this.#totals.downloads += whole;
      this.#totals.transferred += bytes;
      this.#history.push({ at, downloads: whole, bytes });
    }
    for (const line of activity) this.#activity.push({ ...line, id: (this.#activity.at(-1)?.id ?? 0) + 1 });
    this.#activity.splice(0, this.#activity.length - this.activityKept);
  }

  share(ref: { owner: PeerId; shareId: ShareId }): ShareRecord | undefined {
    const share = this.#shares.get(shareKey(ref));
    return share && !share.forgotten ? share.signed.record : undefined;
  }

  sharesOf(file: FileId, visible: "public" | "any"): IndexedShare[] {
    return this.#live().filter(({ signed: { record } }) =>
      record.fileId === file && (visible === "any" || record.visibility === "public")
    );
  }

  liveShare(ref: { owner: PeerId; shareId: ShareId }): IndexedShare | undefined {
    return this.#live().find(({ signed }) => shareKey(signed.record) === shareKey(ref));
  }

  noteCopies({ present, held }: Copies): void {
    const owners = new Set(present);
    const holders = new Map([...held].map(({ ref, peers }) => [`${ref.fileId}/${shareKey(ref)}`, peers]));
    this.#copies = (record) =>
      (owners.has(record.owner) ? 1 : 0) + (holders.get(`${record.fileId}/${shareKey(record)}`) ?? 0);
  }

  search(query: ShareQuery) {
    const { words, ownerWords, type, min = 0, max = Infinity, available, visible, sort, order, after, limit } = query;
    const keyOf = ({ signed: { record } }: IndexedShare): string | number => {
      if (sort === "relevance") return this.#rank(record, words);
      return {
        name: nameKey(record.name),
        size: visibleSize(record),
        date: Date.parse(record.at),
        copies: this.#copies(record),
      }[sort];
    };
    const fits = ({ signed: { record }, ownerName }: IndexedShare) =>
      this.#rank(record, words) > 0 && (visible === "any" || record.visibility === "public") &&
      ownerWords.every((word) => normalise(ownerName).includes(word)) &&
      (type === undefined || fileType(record.name, record.kind) === type) &&
      visibleSize(record) >= min && visibleSize(record) <= max && (!available || this.#copies(record) > 0);
    const came = new Map([...this.#shares.keys()].map((key, number) => [key, number]));
    const compare = (a: SharePlace, b: SharePlace) =>
      compareKeys(a.key, b.key) || came.get(shareKey(a))! - came.get(shareKey(b))!;
    const way = order === "asc" ? 1 : -1;
    if (after && !came.has(shareKey(after))) throw new EssaimError("bad-input", "Unknown cursor.");
    return this.#live().filter(fits)
      .map((share) => ({ ...share, key: keyOf(share), place: { ...share.signed.record, key: keyOf(share) } }))
      .filter(({ place }) => after === undefined || way * compare(place, after) > 0)
      .sort((a, b) => way * compare(a.place, b.place))
      .slice(0, limit)
      .map(({ place: _, ...share }) => share);
  }

  #rank({ name, fileId, shareId }: LiveRecord, words: readonly string[]): number {
    const prefix = idPrefix(words);
    if (prefix !== undefined && (fileId.startsWith(prefix) || shareId.startsWith(prefix))) return RANK.id;
    return rank(name, words);
  }

  totals() {
    const files = new Map(this.#public().map(({ signed: { record } }) => [record.fileId, visibleSize(record)]));
    return { files: files.size, bytes: [...files.values()].reduce((sum, size) => sum + size, 0), ...this.#totals };
  }

  notePresent(peers: number, at: number): void {
    this.#history.push({ at, peers });
  }

  history(everySeconds: BucketSeconds, from: number): TimedBucket[] {
    const buckets = new Map<number, TimedBucket>();
    for (const { at, peers = 0, downloads = 0, bytes = 0, shared = 0 } of this.#history) {
      const start = bucketOf(Math.floor(at / 1000), everySeconds);
      const so = buckets.get(start) ?? { from: start, peers: 0, downloads: 0, bytes: 0, shared: 0 };
      buckets.set(start, {
        from: start,
        peers: Math.max(so.peers, peers),
        downloads: so.downloads + downloads,
        bytes: so.bytes + bytes,
        shared: so.shared + shared,
      });
    }
    return [...buckets.values()].filter((bucket) => bucket.from >= from).sort((a, b) => a.from - b.from);
  }

  mostFetched(limit: number): IndexedShare[] {
    return this.#public().filter((s) => s.downloads > 0).sort((a, b) => b.downloads - a.downloads).slice(0, limit);
  }

  activity(limit: number, before = Infinity): Activity[] {
    const isPublic = ({ fileId, name }: Activity) =>
      this.#public().some(({ signed: { record } }) => record.fileId === fileId && record.name === name);
    return this.#activity.filter((line) => line.id < before && (line.fileId === undefined || isPublic(line)))
      .reverse().slice(0, limit);
  }

  [Symbol.dispose](): void {}

  #live(): IndexedShare[] {
    return [...this.#shares.values()].reverse().flatMap(({ signed, forgotten, downloads }) => {
      const { record, jws } = signed;
      if (forgotten || record.deleted) return [];
      return [{ signed: { record, jws }, ownerName: this.#peers.get(record.owner)?.name ?? "", downloads }];
    });
  }

  #public(): IndexedShare[] {
    return this.#live().filter(({ signed }) => signed.record.visibility === "public");
  }
}

/** Texts by their UTF-8 bytes, as SQLite compares them. */
function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === "number") return a - Number(b);
  return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
}

/**
 * Signs nothing and believes everything: a JWS is the content itself. The key of a peer repeats its id, so that it is
 * still a key of the right shape.
 */
export const trustingSignatures: Signatures = {
  peerIdOf: (key) => key.x.slice(0, 32) as PeerId,
  verifyRecord(jws, keyOf) {
    const record: ShareRecord = JSON.parse(jws);
    if (!keyOf(record.owner)) return Promise.reject(new EssaimError("bad-record", "Nobody known signed this record."));
    return Promise.resolve({ record, jws });
  },
  verifyAnnounce(jws) {
    const announce = JSON.parse(jws) as Announce;
    const coordinate = announce.peerId.padEnd(43, "A");
    return Promise.resolve({ announce, key: { kty: "EC", crv: "P-256", x: coordinate, y: coordinate } });
  },
};
