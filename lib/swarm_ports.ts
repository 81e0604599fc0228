import type { Certificate } from "./core/class_messages.ts";
import type { FileType } from "./core/file_type.ts";
import type { BucketSeconds, TimedBucket } from "./core/history.ts";
import type { FileId, PeerId, UserId } from "./core/ids.ts";
import type { Activity, IndexPosition, PublicKey, ShareRef } from "./core/messages.ts";
import type { SharePlace } from "./core/search_cursor.ts";
import type { SearchSort, SortOrder } from "./core/search_request.ts";
import type { LiveRecord, ShareRecord, SignedRecord } from "./core/share_record.ts";

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
