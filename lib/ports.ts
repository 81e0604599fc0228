import type { Bitfield } from "./core/bitfield.ts";
import type { FileId, PeerId, Sha256 } from "./core/ids.ts";
import type { Manifest } from "./core/manifest.ts";
import type {
  Activity,
  Announce,
  AnnounceReply,
  FilePeersReply,
  Hello,
  IndexPosition,
  PublicKey,
  SearchReply,
  ShareRef,
} from "./core/messages.ts";
import type { LiveRecord, ShareRecord, SignedRecord } from "./core/share_record.ts";

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
  /** A compact JWS whose header carries the public key (`jwk`), for a first announce. */
  signAnnounce(announce: Announce): Promise<string>;
}

/** Checks what others signed; throws `bad-record` when anything is wrong. */
export interface Signatures {
  peerIdOf(key: PublicKey): PeerId;
  /** The record, proved to be its owner's. `keyOf` gives the known key of a peer. */
  verifyRecord(jws: string, keyOf: (peer: PeerId) => PublicKey | undefined): Promise<SignedRecord>;
  /** The announce and the key that signed it; the key's PeerId is the announce's. */
  verifyAnnounce(jws: string): Promise<{ announce: Announce; key: PublicKey }>;
}

/* ---- Tracker ---- */

/** A peer as the tracker remembers it over restarts. */
export interface KnownPeer {
  readonly peerId: PeerId;
  readonly key: PublicKey;
  readonly name: string;
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

/** What the tracker keeps on disk. All that one announce changes is written in one transaction. */
export interface SwarmIndex extends Disposable {
  peer(id: PeerId): KnownPeer | undefined;
  keys(ids: Iterable<PeerId>): Map<PeerId, PublicKey>;
  apply(change: SwarmChange): void;
  share(ref: Pick<ShareRef, "owner" | "shareId">): ShareRecord | undefined;
  sharesOf(file: FileId): IndexedShare[];
  /** At most `limit` live shares whose normalised name contains every word, newest first. No words: the newest ones. */
  search(words: readonly string[], limit: number): IndexedShare[];
  totals(visible: "public"): { files: number; bytes: number; downloads: number; transferred: number; since: number };
  mostFetched(limit: number): IndexedShare[];
  /** Newest first, older than `before` when given. */
  activity(limit: number, before?: number): Activity[];
}

export interface SwarmChange {
  readonly peer: KnownPeer;
  /** Forget all shares of this peer first: its index starts again. */
  readonly restart: boolean;
  readonly records: readonly SignedRecord[];
  readonly completed: readonly { ref: ShareRef; bytes: number; seconds: number; sources: number }[];
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

/** Own and foreign share records, and which files they let this peer serve. */
export interface RecordStore {
  readonly position: IndexPosition;
  /** Stores an own record and the ids of the files that it grants; gives it the next index version. */
  putOwn(signed: SignedRecord, path: string, grants: Iterable<FileId>): void;
  /** Stores the record of another owner, under which a download happens and is served. */
  putForeign(signed: SignedRecord, key: PublicKey, grants: Iterable<FileId>): void;
  dropForeign(ref: Pick<ShareRef, "owner" | "shareId">): void;
  get(ref: Pick<ShareRef, "owner" | "shareId">): SignedRecord | undefined;
  ownShares(): OwnShare[];
  ownShareAt(path: string): OwnShare | undefined;
  /** Own records with an index version over `version`, oldest first. */
  changesSince(version: number, limit: number): { signed: SignedRecord; indexVersion: number }[];
  /** Live records that grant this file: its own, of a folder that lists it, or of the owner it was fetched from. */
  granting(file: FileId): LiveRecord[];
  keyOf(peer: PeerId): PublicKey | undefined;
}

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
}

/* ---- Peer: bytes ---- */

/** Where another peer can be asked. `host` is an address or name, never with a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Asks other peers over plain HTTP. Every answer is bounded in size and time, and parsed; errors are EssaimErrors. */
export interface PeerClient {
  hello(at: Address, signal: AbortSignal): Promise<Hello>;
  manifest(at: Address, file: FileId, signal: AbortSignal): Promise<Manifest>;
  hashes(at: Address, manifest: Manifest, signal: AbortSignal): Promise<Uint8Array>;
  have(at: Address, manifest: Manifest, signal: AbortSignal): Promise<Bitfield>;
  /**
   * Chunks `first` to `last`, each passed to `onChunk` as soon as it is whole; `onBytes` at every arrival. The bytes
   * given to `onChunk` are only valid until its promise settles. Throws `busy` (with `retryAfterMs`), `not-found`,
   * `bad-content`, `unreachable`.
   */
  chunks(at: Address, manifest: Manifest, first: number, last: number, sink: ChunkSink): Promise<void>;
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
  search(query: string, cursor: string | undefined, signal: AbortSignal): Promise<SearchReply>;
  filePeers(file: FileId, signal: AbortSignal): Promise<FilePeersReply>;
}
