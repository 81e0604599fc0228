import type { Audience } from "./core/audience.ts";
import type { Certificate } from "./core/class_messages.ts";
import type { ClassId, FileId, PeerId, Sha256, ShareId, UserId } from "./core/ids.ts";
import type { Group, LocalActivity, SharePageQuery, WaitReason } from "./core/local_messages.ts";
import type { Manifest } from "./core/manifest.ts";
import type { IndexPosition, PublicKey, ShareRef } from "./core/messages.ts";
import type { LiveRecord, SignedRecord } from "./core/share_record.ts";
import type { Choice } from "./core/sharing_choice.ts";
import type { ShareQuery, Visible } from "./swarm_ports.ts";

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
