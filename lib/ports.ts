import type { Bitfield } from "./core/bitfield.ts";
import type {
  DeviceCode,
  Enrolled,
  JoinRequest,
  Lease,
  LeaseReply,
  LeaseRequest,
  MembersReply,
  RenewRequest,
} from "./core/class_messages.ts";
import type { FileId, PeerId } from "./core/ids.ts";
import type { Manifest } from "./core/manifest.ts";
import type {
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
} from "./core/messages.ts";
import type { SearchRequest } from "./core/search_request.ts";
import type { ShareRecord, SignedRecord } from "./core/share_record.ts";
import type { StreamEvent, StreamId } from "./core/stream_events.ts";

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
  /** `stream`: on which it is to tell what it gets, or begins to have, later. */
  have(at: Address, manifest: Manifest, signal: AbortSignal, stream?: StreamId): Promise<Bitfield>;
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
  /**
   * What it pushes, as it comes. Resolves when it ends the stream; throws `busy`, `not-found` (it knows of none),
   * `unreachable`, also after a silence, and `bad-content`.
   */
  events(at: Address, onEvent: (event: StreamEvent) => void, signal: AbortSignal): Promise<void>;
  /** Contents of small files, in the order asked; undefined for those it does not give. */
  bundle(
    at: Address,
    files: readonly { id: FileId; size: number }[],
    signal: AbortSignal,
  ): Promise<(Uint8Array | undefined)[]>;
}

export interface ChunkSink {
  readonly signal: AbortSignal;
  /** On which it is to be told when a slot is free, if none is. */
  readonly stream?: StreamId | undefined;
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
