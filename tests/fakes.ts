import { Buffer } from "node:buffer";
import type { TrackedClass } from "../lib/app/track_swarm.ts";
import type { Certificate, Lease } from "../lib/core/class_messages.ts";
import { EssaimError } from "../lib/core/errors.ts";
import type { ClassId, FileId, PeerId, Sha256, ShareId, UserId } from "../lib/core/ids.ts";
import { certificateSpan, isValidAt, type Joined, type Member } from "../lib/core/membership.ts";
import type { Activity, Announce, PublicKey } from "../lib/core/messages.ts";
import type { MemberCaller } from "../lib/core/permission.ts";
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
import type { Clock, Log, Signatures } from "../lib/ports.ts";
import type {
  Copies,
  IndexedShare,
  KnownPeer,
  ShareQuery,
  StoredLease,
  SwarmChange,
  SwarmIndex,
  TakenDown,
  Visible,
} from "../lib/swarm_ports.ts";

/** A fixed id of `length` hex digits that ends in `number`. */
export function hexId<T extends string>(number: number, length: 32 | 64): T {
  return number.toString(16).padStart(length, "0") as T;
}
export const fileId = (number: number): FileId => hexId(number, 64);
export const shareId = (number: number): ShareId => hexId(number, 32);
export const peerId = (number: number): PeerId => hexId(number, 32);
export const userId = (number: number): UserId => hexId(number, 32);
export const CLASS_ID = hexId<ClassId>(0xc1a55, 64);

/** A key of the right shape that repeats the id of its peer, as `trustingSignatures` reads it. */
export function keyOf(peer: PeerId): PublicKey {
  const coordinate = peer.padEnd(43, "A");
  return { kty: "EC", crv: "P-256", x: coordinate, y: coordinate };
}

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

/** What a certificate of `FakeClass` says. */
export type FakeCertificate = Member & { readonly class: ClassId };

function readCertificate(certificate: Certificate): FakeCertificate | undefined {
  try {
    return JSON.parse(Buffer.from(certificate, "base64").toString());
  } catch {
    return undefined;
  }
}

/** A class whose certificates are what they say, in base64: whoever can write one has it. */
export class FakeClass implements TrackedClass {
  readonly names = new Map<UserId, string>();
  readonly revoked = new Set<PeerId>();
  readonly #members = new Map<PeerId, Member>();

  constructor(readonly clock: Pick<Clock, "now">, public id: ClassId | undefined = CLASS_ID) {}

  /** A computer of a user comes in; its certificate. */
  enrol(peer: PeerId, user: UserId, changes: Partial<FakeCertificate> = {}): Certificate {
    const name = this.names.get(user) ?? `user ${parseInt(user, 16)}`;
    const span = certificateSpan(this.clock.now());
    const member = { peerId: peer, user, name, key: keyOf(peer), ...span, class: this.id ?? CLASS_ID, ...changes };
    if (member.class === this.id) this.#members.set(peer, member);
    return Buffer.from(JSON.stringify(member)).toString("base64") as Certificate;
  }

  member(certificate: Certificate): Promise<Member> {
    const said = readCertificate(certificate);
    if (said && said.class === this.id && isValidAt(said, this.clock.now()) && !this.revoked.has(said.peerId)) {
      return Promise.resolve(said);
    }
    return Promise.reject(new EssaimError("bad-record", "This certificate is not valid (any more)."));
  }

  isRevoked = (peer: PeerId) => this.revoked.has(peer);
  nameOf = (user: UserId) => this.names.get(user);
  isMember = (peer: PeerId) => this.#members.has(peer) && !this.revoked.has(peer);
  news = () => ({ name: "Terminale S2", revocations: this.revoked.size, members: "1", renew: false });

  /** As the tracker and other peers know a computer that shows its certificate. */
  caller(peer: PeerId, user = this.#members.get(peer)!.user): MemberCaller {
    const address = `10.0.0.${parseInt(peer.slice(-2), 16)}`;
    return { kind: "member", address, class: this.id ?? CLASS_ID, peer, user };
  }

  /** As a computer of the class knows itself. */
  joined(peer: PeerId, user: UserId): Joined {
    const certificate = this.enrol(peer, user);
    const me: Member = JSON.parse(Buffer.from(certificate, "base64").toString());
    return { class: { id: this.id ?? CLASS_ID, name: "Terminale S2" }, me, certificate };
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

/** A clock that moves only when told; then those wake whose time has come. */
export class PatientClock extends FakeClock {
  readonly #sleepers = new Set<{ readonly at: number; wake(): void }>();

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) return Promise.reject(signal.reason);
    const sleeper = {
      at: this.elapsed + ms,
      wake: () => {
        this.#sleepers.delete(sleeper);
        resolve();
      },
    };
    this.#sleepers.add(sleeper);
    signal?.addEventListener("abort", () => {
      this.#sleepers.delete(sleeper);
      reject(signal.reason);
    });
    return promise;
  }

  /** When the next one wakes, in monotonic milliseconds. */
  get next(): number {
    return Math.min(Infinity, ...[...this.#sleepers].map(({ at }) => at));
  }

  override advance(ms: number): void {
    super.advance(ms);
    for (const sleeper of [...this.#sleepers]) if (sleeper.at <= this.elapsed) sleeper.wake();
  }
}

/** Keeps what was logged. */
export class FakeLog implements Log {
  readonly codes: string[] = [];
  /** All that was said. */
  text = "";
  readonly #add = (code: string, ...said: unknown[]) => {
    this.codes.push(code);
    this.text += `${code} ${JSON.stringify(said)}\n`;
  };
  debug = this.#add;
  info = this.#add;
  warning = this.#add;
  error = this.#add;
}

interface KnownShare {
  readonly signed: SignedRecord;
  /** What the share was when it was last a live one. */
  readonly last: LiveRecord | undefined;
  forgotten: boolean;
  downloads: number;
}

/** A `SwarmIndex` that forgets everything when it is disposed of. */
export class MemorySwarmIndex implements SwarmIndex {
  #peers = new Map<PeerId, KnownPeer>();
  #shares = new Map<string, KnownShare>();
  #counted = new Set<string>();
  #leases = new Map<PeerId, StoredLease>();
  #takenDown = new Map<FileId, TakenDown>();
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

  counted(peer: PeerId, ids: Iterable<string>): Set<string> {
    return new Set([...ids].filter((id) => this.#counted.has(`${peer}/${id}`)));
  }

  apply({ peer, restart, records, lease, completed, counted = [], activity }: SwarmChange): void {
    this.#peers.set(peer.peerId, peer);
    for (const id of counted) this.#counted.add(`${peer.peerId}/${id}`);
    if (restart) this.#leases.delete(peer.peerId);
    if (lease && lease.revision >= (this.#leases.get(peer.peerId)?.revision ?? 0)) this.#leases.set(peer.peerId, lease);
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
      const last = signed.record.deleted ? known?.last : signed.record;
      this.#shares.set(key, { signed, last, forgotten: false, downloads: known?.downloads ?? 0 });
      const isDown = !signed.record.deleted && this.#takenDown.has(signed.record.fileId);
      if (isPublic(signed.record) && !isPublic(known?.signed.record) && !isDown) this.#history.push({ at, shared: 1 });
    }
    for (const { ref, bytes } of completed) {
      const share = this.#shares.get(shareKey(ref));
      const record = share?.signed.record;
      if (!share || !this.#isLive(share) || !record || record.deleted) continue;
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

  sharesOf(file: FileId, visible: Visible): IndexedShare[] {
    return this.#live().filter(({ signed: { record } }) => record.fileId === file && isVisible(record, visible));
  }

  leaseOf(owner: PeerId): StoredLease | undefined {
    return this.#leases.get(owner);
  }

  takeDown(taken: TakenDown): void {
    this.#takenDown.set(taken.fileId, taken);
  }

  allowAgain(file: FileId): void {
    this.#takenDown.delete(file);
  }

  takenDown(): TakenDown[] {
    return [...this.#takenDown.values()].sort((a, b) => b.at - a.at);
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
      this.#rank(record, words) > 0 && isVisible(record, visible) &&
      ownerWords.every((word) => normalise(ownerName).includes(word)) &&
      (type === undefined || fileType(record.name, record.kind) === type) &&
      visibleSize(record) >= min && visibleSize(record) <= max && (!available || this.#copies(record) > 0);
    const came = new Map([...this.#shares.keys()].map((key, number) => [key, number]));
    const compare = (a: SharePlace, b: SharePlace) =>
      compareKeys(a.key, b.key) || came.get(shareKey(a))! - came.get(shareKey(b))!;
    const way = order === "asc" ? 1 : -1;
    const last = after && this.#shares.get(shareKey(after))?.last;
    if (after && !(last && isVisible(last, visible))) throw new EssaimError("bad-input", "Unknown cursor.");
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

  #isLive({ signed: { record }, forgotten }: KnownShare): boolean {
    return !forgotten && !record.deleted && !this.#takenDown.has(record.fileId);
  }

  #live(): IndexedShare[] {
    return [...this.#shares.values()].reverse().flatMap((share) => {
      const { signed: { record, jws }, downloads } = share;
      if (!this.#isLive(share) || record.deleted) return [];
      return [{ signed: { record, jws }, ownerName: this.#peers.get(record.owner)?.name ?? "", downloads }];
    });
  }

  #public(): IndexedShare[] {
    return this.#live().filter(({ signed }) => signed.record.visibility === "public");
  }
}

function isVisible({ visibility, user, allow }: LiveRecord, visible: Visible): boolean {
  if (visibility === "public" || visible === "public") return visibility === "public";
  return visibility === "class" || visible.user === user || allow.includes(visible.user);
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
  verifyLease(jws, keyOf) {
    const lease: Lease = JSON.parse(jws);
    if (!keyOf(lease.owner)) return Promise.reject(new EssaimError("bad-record", "Nobody known signed this lease."));
    return Promise.resolve(lease);
  },
  verifyAnnounce(jws) {
    const announce = JSON.parse(jws) as Announce;
    return Promise.resolve({ announce, key: keyOf(announce.peerId) });
  },
};
