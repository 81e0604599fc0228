import type { Bitfield } from "./core/bitfield.ts";
import type { EssaimError } from "./core/errors.ts";
import type { Audience } from "./core/audience.ts";
import type {
  Certificate,
  DeviceCode,
  Enrolled,
  JoinRequest,
  Lease,
  LeaseReply,
  LeaseRequest,
  MembersReply,
  RenewRequest,
} from "./core/class_messages.ts";
import type { ClassId, FileId, PeerId, Sha256, ShareId, UserId } from "./core/ids.ts";
import type { Group, LocalActivity, SharePageQuery, WaitReason } from "./core/local_messages.ts";
import type { Manifest } from "./core/manifest.ts";
import type {
  Activity,
  Announce,
  AnnounceReply,
  CountsReply,
  CountsRequest,
  FilePeersReply,
  Hello,
  IndexPage,
  IndexPosition,
  PublicKey,
  SearchReply,
  ShareRef,
} from "./core/messages.ts";
import type { BucketSeconds, TimedBucket } from "./core/history.ts";
import type { FileType } from "./core/file_type.ts";
import type { SeenFile } from "./core/scan.ts";
import type { SearchRequest } from "./core/search_request.ts";
import type { SharePlace } from "./core/search_cursor.ts";
import type { SearchSort, SortOrder } from "./core/search_request.ts";
import type { LiveRecord, ShareRecord, SignedRecord } from "./core/share_record.ts";
import type { Choice } from "./core/sharing_choice.ts";

/** Time and chance, so that tests can choose both. */
export interface Clock {
  /** Milliseconds since 1970, may jump when the user sets the clock. */
  now(): number;
  /** Milliseconds since some start; never jumps. */
  monotonic(): number;
  /** In [0, 1). */
  random(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One event, one line. `code` is stable; `data` never contains a secret. */
export interface Log {
  debug(code: string, message: string, data?: Record<string, unknown>): void;
  info(code: string, message: string, data?: Record<string, unknown>): void;
  warning(code: string, message: string, data?: Record<string, unknown>): void;
  error(code: string, message: string, data?: Record<string, unknown>): void;
}

/** This peer's key pair; the private half never leaves the adapter. */
export interface Identity {
  readonly peerId: PeerId;
  readonly publicKey: PublicKey;
  /** A compact JWS (ES256, `kid` = PeerId) of a record. */
  signRecord<R extends ShareRecord>(record: R): Promise<SignedRecord<R>>;
  signLease(lease: Lease): Promise<string>;
  /** A compact JWS whose header carries the public key (`jwk`), for a first announce. */
  signAnnounce(announce: Announce): Promise<string>;
  /** The same, for the authority of a class. */
  signJoin(request: JoinRequest): Promise<string>;
  signRenew(request: RenewRequest): Promise<string>;
}

/** Checks what others signed; throws `bad-record` when anything is wrong. */
export interface Signatures {
  peerIdOf(key: PublicKey): PeerId;
  /** The record, proved to be its owner's. `keyOf` gives the known key of a peer. */
  verifyRecord(jws: string, keyOf: (peer: PeerId) => PublicKey | undefined): Promise<SignedRecord>;
  /** The lease, proved to be its owner's. */
  verifyLease(jws: string, keyOf: (peer: PeerId) => PublicKey | undefined): Promise<Lease>;
  /** The announce and the key that signed it; the key's PeerId is the announce's. */
  verifyAnnounce(jws: string): Promise<{ announce: Announce; key: PublicKey }>;
}

/* ---- Tracker ---- */

/** A peer as the tracker remembers it over restarts. */
export interface KnownPeer {
  readonly peerId: PeerId;
  readonly key: PublicKey;
  readonly name: string;
  /** As whose computer it last announced itself; undefined for one that is in no class. */
  readonly user?: UserId | undefined;
  /** Highest serial of an announce accepted from it. */
  readonly serial: number;
  readonly index: IndexPosition | undefined;
  readonly lastSeen: number;
}

export interface IndexedShare {
  readonly signed: SignedRecord<LiveRecord>;
  readonly ownerName: string;
  readonly downloads: number;
}

/** Shares that anyone may see; or those that this user of the class may. */
export type Visible = "public" | { readonly user: UserId };

/** An owner's newest lease, with the certificate that proves it. */
export interface StoredLease {
  readonly revision: number;
  readonly lease: string;
  readonly certificate: Certificate;
}

export interface TakenDown {
  readonly fileId: FileId;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface ShareQuery {
  /** Normalised. Found is what has all of them in its normalised name, or has an id that begins with the only one. */
  readonly words: readonly string[];
  /** Normalised words of the owner's name. */
  readonly ownerWords: readonly string[];
  readonly type: FileType | undefined;
  /** Bounds of the visible size, included. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Only what has a copy, as the last `noteCopies` said. */
  readonly available: boolean;
  /** `relevance` is for queries with words. */
  readonly sort: SearchSort;
  readonly order: SortOrder;
  /** Others are left out before `limit` counts. */
  readonly visible: Visible;
  readonly after: SharePlace | undefined;
  readonly limit: number;
}

/** Who has what at one moment. `held`: how many present peers other than the owner have some of a share. */
export interface Copies {
  readonly present: Iterable<PeerId>;
  readonly held: Iterable<{ readonly ref: ShareRef; readonly peers: number }>;
}

/** What the tracker keeps on disk. All that one announce changes is written in one transaction. */
export interface SwarmIndex extends Disposable {
  peer(id: PeerId): KnownPeer | undefined;
  keys(ids: Iterable<PeerId>): Map<PeerId, PublicKey>;
  apply(change: SwarmChange): void;
  share(ref: Pick<ShareRef, "owner" | "shareId">): ShareRecord | undefined;
  liveShare(ref: Pick<ShareRef, "owner" | "shareId">): IndexedShare | undefined;
  /** Live shares of a content, newest first, bounded; those that are not visible are left out before the bound counts. */
  sharesOf(file: FileId, visible: Visible): IndexedShare[];
  leaseOf(owner: PeerId): StoredLease | undefined;
  /** From now on no share of this content is live, also those that come later. */
  takeDown(taken: TakenDown): void;
  allowAgain(file: FileId): void;
  /** Newest first. */
  takenDown(): TakenDown[];
  /** Which of these downloads of a peer were counted, in the last weeks. */
  counted(peer: PeerId, ids: Iterable<string>): Set<string>;
  /** What is present until this is called again; kept in memory only. */
  noteCopies(copies: Copies): void;
  /** Throws `bad-input` when `after` is of a share that this index does not know. */
  search(query: ShareQuery): (IndexedShare & { readonly key: SharePlace["key"] })[];
  totals(visible: "public"): { files: number; bytes: number; downloads: number; transferred: number; since: number };
  /** Raises the most peers that were seen at once around `at` (milliseconds since 1970). */
  notePresent(peers: number, at: number): void;
  /** Buckets of this length that are not empty and begin at `from` (seconds since 1970) or later, oldest first. */
  history(everySeconds: BucketSeconds, from: number): TimedBucket[];
  /** Public shares that were fetched at all. */
  mostFetched(limit: number): IndexedShare[];
  /**
   * Newest first, older than `before` when given. A line that names a file is left out once no public share has that
   * name and content any more.
   */
  activity(limit: number, before?: number): Activity[];
}

export interface SwarmChange {
  /** Its `lastSeen` is when all this happened. */
  readonly peer: KnownPeer;
  /** Forget all shares of this peer first: its index starts again. Their versions are remembered. */
  readonly restart: boolean;
  /** Records of this peer. One that does not supersede what is known is left out. */
  readonly records: readonly SignedRecord[];
  /** Of this peer, not of a later revision than its index has then. */
  readonly lease?: StoredLease | undefined;
  readonly completed: readonly { ref: ShareRef; bytes: number; seconds: number; sources: number }[];
  /** Ids of these, so that none is counted again when it is told again. */
  readonly counted?: readonly string[] | undefined;
  readonly activity: readonly Omit<Activity, "id">[];
}

/* ---- Peer: what it keeps ---- */

/** A file on this disk, complete and hashed. `mtimeMs`, `size` and `inode` tell whether it is still that content. */
export interface Content extends Manifest {
  readonly path: string;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly sha256: Sha256;
  /** SHA-256 of each chunk, 32 bytes each. */
  readonly hashes: Uint8Array;
}

/** One of this peer's own shares. `path`: the file or folder it was made from. */
export interface OwnShare {
  readonly signed: SignedRecord<LiveRecord>;
  readonly path: string;
  readonly indexVersion: number;
}

/** Where an own share was made from. `withdrawn`: the user took it back, so no scan may share it again. */
export interface OwnPath {
  readonly path: string;
  readonly shareId: ShareId;
  readonly state: "file" | "folder" | "withdrawn";
}

/** Runs `change` so that all it writes, in every store of this peer's database, is kept or nothing is. */
export type Atomically = <T>(change: () => T) => T;

/** Own and foreign share records, and which files they let this peer serve. */
export interface RecordStore {
  readonly position: IndexPosition;
  /**
   * Stores an own record and the ids of the files that it grants; gives it the next index version. A tombstone with a
   * path means that the user withdrew that path; one with "" only that the file is gone. Throws `conflict` when the
   * version does not rise.
   */
  putOwn(signed: SignedRecord, path: string, grants: Iterable<FileId>): void;
  /** Stores the record of another owner, under which a download happens and is served. */
  putForeign(signed: SignedRecord, proof: OwnerProof, grants: Iterable<FileId>): void;
  dropForeign(ref: Pick<ShareRef, "owner" | "shareId">): void;
  get(ref: Pick<ShareRef, "owner" | "shareId">): SignedRecord | undefined;
  ownShares(): OwnShare[];
  ownShare(id: ShareId): OwnShare | undefined;
  ownShareAt(path: string): OwnShare | undefined;
  /** Of every withdrawn or live own share: withdrawn ones first, then folders, then files. Much cheaper than `ownShares`. */
  ownPaths(): Iterable<OwnPath>;
  /** Own records with an index version over `version`, oldest first. */
  changesSince(version: number, limit: number): OwnChange[];
  /** Live records that grant this file: its own, of a folder that lists it, or of the owner it was fetched from. */
  granting(file: FileId): HeldRecord[];
  keyOf(peer: PeerId): PublicKey | undefined;
  certificateOf(peer: PeerId): Certificate | undefined;
  /** Other owners of live records here that are not public. */
  lessors(): PeerId[];
  /** Their shares. */
  leasedShares(owner: PeerId): ShareId[];
  /** The newest lease of an owner that was applied. */
  leaseOf(owner: PeerId): AppliedLease | undefined;
  /** These shares of the owner are, at the lease's revision, as they are stored here. */
  applyLease(owner: PeerId, lease: AppliedLease, shares: Iterable<ShareId>): void;
}

/** By what the records of an owner are proved. */
export interface OwnerProof {
  readonly key: PublicKey;
  /** Of an owner in the class. */
  readonly certificate?: Certificate | undefined;
}

/** A record, and until when this peer may serve under it: milliseconds since 1970; Infinity when it is public or its own. */
export type HeldRecord = LiveRecord & { readonly until: number };

export interface AppliedLease {
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface OwnChange {
  readonly signed: SignedRecord;
  readonly indexVersion: number;
  /** Who could read it in earlier versions. */
  readonly past: Audience;
}

/** Everybody in the class of this peer, as last heard, so that names can be shown and chosen without the tracker. */
export interface PeopleStore {
  list(): { user: UserId; name: string }[];
  replace(people: readonly { user: UserId; name: string }[]): void;
}

/** Own live shares as a list too long to be read whole. */
export interface ShareList {
  /** Those whose name contains every word (of `queryWords`), and how many there are in all. */
  page(query: ShareListQuery): { readonly total: number; readonly shares: readonly ListedShare[] };
  /** Of the file, or of all files in the folder. */
  chunks(share: OwnShare): number;
}

export interface ShareListQuery extends Pick<SharePageQuery, "sort" | "order" | "offset" | "limit"> {
  readonly words: readonly string[];
}

/** `chunks`: of the file, or of all files in the folder. */
export type ListedShare = OwnShare & { readonly chunks: number };

export interface ContentStore {
  at(path: string): Content | undefined;
  of(file: FileId): Content[];
  /** Every known content at or below a folder. */
  below(folder: string): Iterable<Pick<Content, "path" | "size" | "mtimeMs" | "inode" | "id">>;
  put(content: Content): void;
  move(from: string, to: string): void;
  forget(path: string): void;
  /** A folder's listing, kept as bytes because no file has it. */
  putListing(file: Manifest & { sha256: Sha256; hashes: Uint8Array }, bytes: Uint8Array): void;
  listing(file: FileId): { manifest: Manifest; hashes: Uint8Array; bytes: Uint8Array } | undefined;
  /** Inode of a folder when it was last read whole: an empty mount point is not the disk that was there. */
  folderInode(path: string): number | undefined;
  putFolderInode(path: string, inode: number): void;
}

/* ---- Peer: what others share ---- */

/** How far the index of another peer is known here. */
export interface NeighbourIndex {
  readonly peerId: PeerId;
  readonly name: string;
  /** Undefined: it begins again; what is still here of it may be out of date. */
  readonly position: IndexPosition | undefined;
  /** As whom it was asked: "" as anyone, else as a member, "CLASS/USER". */
  readonly askedAs: string;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
  readonly shares: number;
  /** Of its records. */
  readonly bytes: number;
}

/** Live shares of others, with what proved them when they came. */
export interface NeighbourShare {
  readonly signed: SignedRecord<LiveRecord>;
  readonly ownerName: string;
  readonly proof: OwnerProof;
  /** As whom its owner was asked. */
  readonly askedAs: string;
  /** When its owner was seen last, milliseconds since 1970. */
  readonly lastSeen: number;
}

/** A part of a neighbour's index, proved. */
export interface NeighbourChange extends Pick<NeighbourIndex, "peerId" | "name" | "position" | "askedAs" | "lastSeen"> {
  readonly proof: OwnerProof;
  /** Of this peer; a tombstone takes away what is not newer. */
  readonly records: readonly SignedRecord[];
}

/** The indexes of other peers as they were last heard. What it keeps can be asked for again: it is a cache. */
export interface NeighbourStore {
  list(): NeighbourIndex[];
  get(peer: PeerId): NeighbourIndex | undefined;
  /** All of it or nothing. */
  put(change: NeighbourChange): void;
  seen(peer: PeerId, name: string, at: number): void;
  /** Its index begins again, asked as anyone; its shares stay until they are dropped. */
  restart(peer: PeerId): void;
  /** Takes some shares away, at most `limit`; how many there were. */
  drop(peer: PeerId, what: "all" | "restricted", limit: number): number;
  /** With all its shares. */
  forget(peer: PeerId): void;
  /** `present`: whose owners are, for copies. Those that are not visible are left out. */
  search(query: ShareQuery, present: Iterable<PeerId>): NeighbourShare[];
  /** Of a content, newest first, bounded. */
  sharesOf(file: FileId, visible: Visible): NeighbourShare[];
  share(ref: Pick<ShareRef, "owner" | "shareId">): NeighbourShare | undefined;
}

/* ---- Peer: for whom it shares ---- */

/** People under one name, on this computer only. */
export interface GroupStore {
  list(): Group[];
  get(id: string): Group | undefined;
  put(group: Group): void;
  /** Also takes it out of what was chosen for shares. */
  remove(id: string): void;
}

/** What was chosen for own shares; of others, and those that are gone, for whom they were. */
export interface ChoiceStore {
  /** Undefined where nothing was stored for a share. */
  of(share: ShareId): Pick<Choice, "users" | "groups"> | undefined;
  put(share: ShareId, chosen: Pick<Choice, "users" | "groups">): void;
  forget(share: ShareId): void;
  /** Shares that name a group. */
  naming(group: string): ShareId[];
  /** Whether any own share is not public, or something that is gone was not. */
  hasRestricted(): boolean;
  /** Own shares below a folder that are not public. */
  restrictedBelow(folder: string): OwnShare[];
  /** Keeps what a file was for that is no longer there, or has another content. The oldest are forgotten in time. */
  remember(past: readonly PastContent[]): void;
  /** What was at one of these paths. */
  pastAt(paths: Iterable<string>): PastContent[];
  /** What had this content. */
  pastOf(file: FileId): PastContent[];
  pastBelow(folder: string): PastContent[];
  /** Of a path and all below it. */
  forgetPast(path: string): void;
}

/** A file or folder that was shared, not with everybody. `path`: "" when only the content counts. */
export interface PastContent {
  readonly path: string;
  readonly fileId: FileId;
  readonly choice: Choice;
  readonly class: ClassId | undefined;
}

/* ---- Peer: the files it shares ---- */

/** What stands at a path. `path` is absolute, without links, with "/" between names on every system. */
export type Place =
  | ({ readonly kind: "file" } & SeenFile)
  | { readonly kind: "folder" | "other"; readonly path: string; readonly inode: number };

export interface FolderBatch {
  readonly files: readonly SeenFile[];
  readonly emptyFolders: readonly string[];
  /** Folders whose content is not known this time. */
  readonly unreadable: readonly string[];
  /** Names that cannot be shared, and folders that are too deep. */
  readonly refused: readonly string[];
}

export interface FolderReader {
  /** Links are followed; undefined when there is nothing. Throws `unreadable`. */
  look(path: string): Promise<Place | undefined>;
  /** What stands at `path` itself, which is absolute; a link is `other`. */
  lookExactly(path: string): Promise<Place | undefined>;
  /** Everything below a folder, in batches; links and ignored names are left out. Throws `unreadable` for the folder itself. */
  walk(folder: string, signal?: AbortSignal): AsyncIterable<FolderBatch>;
  /** Calls `onChange` soon after something below the folders changed. Without watching it is never called, which is logged. */
  watch(folders: readonly string[], onChange: () => void): Disposable;
  /** Whether walks leave out files and folders of this name. */
  isIgnored(name: string): boolean;
}

export type HashOutcome = { readonly path: string } & ({ readonly content: Content } | { readonly error: EssaimError });

/** Hashes files without holding up the process. */
export interface FileHasher extends Disposable {
  /**
   * One outcome a file, in order: `changed` when it changed meanwhile, `unreadable`, `not-found`, `too-large`. Rejects
   * only when `signal` aborts. `onBytes`: bytes hashed since the last call. `chunkSize` is doubled for very large files.
   */
  hash(paths: readonly string[], chunkSize: number, options?: HashOptions): Promise<HashOutcome[]>;
}

export interface HashOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((count: number) => void) | undefined;
}

/* ---- Peer: bytes ---- */

/** Where another peer can be asked. `host` is an address or name, never with a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** Set: over mutual TLS, with this very peer, which answers members of its class there. */
  readonly secure?: PeerId | undefined;
}

/** Asks other peers over plain HTTP. Every answer is bounded in size and time, and parsed; errors are EssaimErrors. */
export interface PeerClient {
  hello(at: Address, signal: AbortSignal): Promise<Hello>;
  /** What changed in its index after `since`; all of it from the beginning without, or when its epoch is another one. */
  index(at: Address, since: IndexPosition | undefined, signal: AbortSignal): Promise<IndexPage>;
  manifest(at: Address, file: FileId, signal: AbortSignal): Promise<Manifest>;
  hashes(at: Address, manifest: Manifest, signal: AbortSignal): Promise<Uint8Array>;
  have(at: Address, manifest: Manifest, signal: AbortSignal): Promise<Bitfield>;
  /**
   * Chunks `first` to `last`, each passed to `onChunk` as soon as it is whole; `onBytes` at every arrival. The bytes
   * given to `onChunk` are only valid until its promise settles. Throws `busy` (with `retryAfterMs`), `not-found`,
   * `bad-content`, `unreachable`.
   */
  chunks(at: Address, manifest: Manifest, first: number, last: number, sink: ChunkSink): Promise<void>;
  /** Of an owner: whether these shares still stand. Only over mutual TLS. */
  lease(at: Address, request: LeaseRequest, signal: AbortSignal): Promise<LeaseReply>;
  /** The newest revocation list that it has, as a JWS. Only over mutual TLS. */
  revocations(at: Address, signal: AbortSignal): Promise<string>;
  /** Contents of small files, in the order asked; undefined for those it does not give. */
  bundle(
    at: Address,
    files: readonly { id: FileId; size: number }[],
    signal: AbortSignal,
  ): Promise<(Uint8Array | undefined)[]>;
}

export interface ChunkSink {
  readonly signal: AbortSignal;
  onBytes(count: number): Promise<void> | void;
  onChunk(index: number, bytes: Uint8Array): Promise<void>;
}

export interface TrackerClient {
  /** A first announce, signed; the reply carries the token for the next ones. */
  announceSigned(jws: string, signal: AbortSignal): Promise<AnnounceReply>;
  /** Throws `unauthorized` when the tracker does not know the token (any more). */
  announce(announce: Announce, token: string, signal: AbortSignal): Promise<AnnounceReply>;
  search(request: Partial<SearchRequest>, signal: AbortSignal): Promise<SearchReply>;
  filePeers(file: FileId, signal: AbortSignal): Promise<FilePeersReply>;
  /** In the order asked, at most MAX_COUNTED; null where there is no such share. */
  counts(refs: CountsRequest["refs"], signal: AbortSignal): Promise<CountsReply["counts"]>;
  /** For members, as are all below: what an owner last told the tracker of these shares. */
  lease(request: LeaseRequest, signal: AbortSignal): Promise<LeaseReply>;
  members(signal: AbortSignal): Promise<MembersReply["members"]>;
  /** A code by which another computer joins as the same user. */
  deviceCode(signal: AbortSignal): Promise<DeviceCode>;
  revocations(signal: AbortSignal): Promise<string>;
}

/** The authority of a class, asked before there is a certificate, or for another one; proved by its own certificate. */
export interface AuthorityClient {
  /** Throws `wrong-code`, `name-taken`, `limited`, `unreachable`. */
  join(jws: string, signal: AbortSignal): Promise<Enrolled>;
  /** Throws `removed`, `unreachable`. */
  renew(jws: string, signal: AbortSignal): Promise<Enrolled>;
}

/* ---- Peer: downloads ---- */

/** A download as it is kept over restarts. Times in milliseconds since 1970. */
export interface DownloadRow {
  readonly id: string;
  readonly ref: ShareRef;
  readonly ownerName: string;
  readonly name: string;
  readonly kind: "file" | "folder";
  readonly size: number;
  /** Folder that it goes to. */
  readonly out: string;
  readonly state: "active" | "paused" | "complete" | "failed";
  readonly reason?: string | undefined;
  readonly why?: WaitReason | undefined;
  /** Final path, once complete. */
  readonly path?: string | undefined;
  readonly createdAt: number;
  readonly finishedAt?: number | undefined;
  /** Bytes that came over the network, by peer, over all runs. */
  readonly given: readonly { readonly peerId: PeerId; readonly name: string; readonly bytes: number }[];
  /** Spent on it, over all runs. */
  readonly seconds: number;
  /** Verified bytes when it last ran. */
  readonly done?: number | undefined;
  /** Whether the tracker knows that it was completed. */
  readonly reported: boolean;
  /** Whether its record was not public when it was begun. */
  readonly restricted?: boolean | undefined;
  /** Then of which class. */
  readonly class?: ClassId | undefined;
}

/** A file on its way to the disk: what is known of it, and which of its chunks are safely on the disk. */
export interface PartRow {
  readonly manifest: Manifest;
  readonly hashes: Uint8Array;
  /** Bits as Bitfield.toBytes gives them. */
  readonly marks: Uint8Array;
  /** Size and mtime at a clean stop; undefined after anything else: then every chunk is hashed again. */
  readonly closed?: { readonly size: number; readonly mtimeMs: number } | undefined;
}

export interface DownloadStore {
  list(): DownloadRow[];
  put(row: DownloadRow): void;
  remove(id: string): void;
  /** `file` is "" for the only file of a download, else its path in the folder. */
  part(id: string, file: string): PartRow | undefined;
  putPart(id: string, file: string, part: PartRow): void;
  /** Changes what a stored part says of the disk. Its hash list, which may be long, is not written again. */
  mark(id: string, file: string, marks: PartRow["marks"], closed: PartRow["closed"]): void;
  removePart(id: string, file: string): void;
  /** Whether more can be written. */
  hasRoom(): boolean;
}

/** What happened lately, over restarts. */
export interface ActivityStore {
  /** Newest first. */
  newest(limit: number): LocalActivity[];
  /** Keeps only the newest ones. Throws `disk-full`. */
  add(lines: readonly LocalActivity[], kept: number): void;
}

/** A `.part` file, open for one download. Reads and writes are whole chunks. */
export interface PartFile extends AsyncDisposable {
  readonly path: string;
  /** Throws `disk-full`, `unwritable`. */
  write(index: number, bytes: Uint8Array): Promise<void>;
  /**
   * Undefined past the end; with `skipHoles` also where, to judge by the first zeros, nothing was ever written.
   */
  read(index: number, options?: { skipHoles: boolean }): Promise<Uint8Array | undefined>;
  /** All that was written is on the disk when it resolves. */
  sync(): Promise<void>;
  stat(): Promise<{ size: number; mtimeMs: number }>;
}

/** Where downloads become files. */
export interface PartFiles {
  /** Opens `path`, made when absent, for writing; two downloads never share one. */
  open(path: string, manifest: Manifest): Promise<PartFile>;
  /** Gives the complete file its name: the first of `names` that is free. Never overwrites. Returns the final path. */
  publish(part: string, folder: string, names: Iterable<string>): Promise<string>;
  remove(path: string): Promise<void>;
  /** Makes the folder and its parents. Throws `unwritable`. */
  makeFolder(path: string): Promise<void>;
  /** A small file, on the disk when it resolves. Its folder exists. */
  writeWhole(path: string, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is no file of exactly `size` bytes. */
  readWhole(path: string, size: number): Promise<Uint8Array | undefined>;
  /** Whether so many bytes more can be written in the folder now. */
  hasRoom(folder: string, bytes: number): Promise<boolean>;
  exists(path: string): Promise<boolean>;
  join(folder: string, ...names: string[]): string;
}

/**
 * Files and folders that change their place on this computer, whole and never over something. Throws `disk-full`,
 * `unwritable`, `not-found`.
 */
export interface FileMoves {
  /**
   * From where `path` can be renamed into `folder`: `path` itself, or on another disk a hidden copy in `folder`, complete
   * and on the disk.
   */
  bringNear(path: string, folder: string): Promise<string>;
  /** Gives it the name `to` on the same disk; false when something has that name. */
  rename(from: string, to: string): Promise<boolean>;
  /** What is not there is removed already. */
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Names in these folders survive power loss. */
  sync(folders: Iterable<string>): Promise<void>;
  /** Names in a folder; none when there is no folder. */
  names(folder: string): Promise<string[]>;
}

/** A batch as it lies on the disk: whole files only. */
export interface StoredBatch {
  readonly batch: string;
  /** Milliseconds since 1970 at which it was begun. */
  readonly at: number;
  readonly entries: readonly BatchEntry[];
}

/** A single file, or a whole folder. `path` is absolute. */
export interface BatchEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
  readonly path: string;
  readonly size: number;
  readonly files: number;
}

/** Files added on the page, on this disk until somebody chooses who sees them. Throws `disk-full`, `unwritable`. */
export interface IncomingFiles {
  /** What earlier runs left. Deletes what was interrupted. */
  load(): Promise<StoredBatch[]>;
  batch(batch: string): Promise<StoredBatch>;
  /**
   * Streams a file into a batch: to the top of it, or with `folder` ("photos/2024", safe names) into that folder. It gets
   * the first of `names` that is free, or shares one with the same content (`isNew` is false). On the disk when it
   * resolves; when it rejects nothing of it is left.
   */
  receive(
    batch: string,
    file: IncomingFile,
  ): Promise<{ readonly name: string; readonly size: number; readonly isNew: boolean }>;
  pathOf(batch: string): string;
  remove(batch: string): Promise<void>;
}

export interface IncomingFile {
  readonly folder: string;
  readonly names: Iterable<string>;
  readonly body: AsyncIterable<Uint8Array>;
  /** As announced, if it was: then a disk too full for it is told at once. */
  readonly size: number | undefined;
  readonly signal: AbortSignal;
}

/** Reads a posted form whose files are too large for memory. Throws `bad-input`, `too-large`, and what `onFile` throws. */
export interface FormReader {
  /** The text fields; each file is read before the next one comes. A field for a file in which none was chosen is left out. */
  read(request: Request, onFile: (file: FormFile) => Promise<void>): Promise<ReadonlyMap<string, string>>;
}

export interface FormFile {
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A file being read as a stream. */
export interface DiskFile {
  readonly size: number;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** The screen of this computer and its disk, for its own user. */
export interface Desktop {
  /** Shows the folder, or where the system can the item in its folder. Throws `no-desktop` with the `path`. */
  reveal(path: string, what: "folder" | "item"): Promise<void>;
  /** Undefined when there is no such file. Throws `unreadable`. */
  read(path: string): Promise<DiskFile | undefined>;
}

/** A shared file, open; it is compared with what was hashed when opened and at `check`. */
export interface OpenContent extends Disposable {
  /** Fills all of `into`; throws `changed`. */
  read(offset: number, into: Uint8Array): Promise<void>;
  /** Throws `changed` when the file is no longer the one that was hashed. */
  check(): Promise<void>;
}

/** Opens complete shared files. */
export interface ContentReader {
  /** Throws `changed`, `not-found`. */
  open(content: Content): Promise<OpenContent>;
}

/** DATA/config.yaml, the one configuration file that this program writes. */
export interface SettingsFile {
  /** "" when there is none. */
  read(): Promise<string>;
  /** Replaces it, whole or not at all. Throws `unwritable`, `disk-full`. */
  write(text: string): Promise<void>;
}
