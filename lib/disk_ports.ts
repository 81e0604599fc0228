import type { EssaimError } from "./core/errors.ts";
import type { Manifest } from "./core/manifest.ts";
import type { SeenFile } from "./core/scan.ts";
import type { Content } from "./store_ports.ts";

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

/* ---- Peer: the files it fetches, adds and shows ---- */

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
  /** Small files, all on the disk when it resolves. Their folders exist. */
  writeSmall(files: readonly SmallFile[]): Promise<void>;
  /** The same for files that are there already, written before a crash perhaps. Rejects with the signal's reason. */
  syncSmall(paths: readonly string[], signal: AbortSignal): Promise<void>;
  /** Undefined when there is no file of exactly `size` bytes. */
  readWhole(path: string, size: number): Promise<Uint8Array | undefined>;
  /** Whether so many bytes more can be written in the folder now. */
  hasRoom(folder: string, bytes: number): Promise<boolean>;
  exists(path: string): Promise<boolean>;
  join(folder: string, ...names: string[]): string;
}

export interface SmallFile {
  readonly path: string;
  readonly bytes: Uint8Array;
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
  /** All of a small file, at once: for one that lies in memory another thread would take longer. Throws the same. */
  readSmall(content: Content): Uint8Array;
}

/** DATA/config.yaml, the one configuration file that this program writes. */
export interface SettingsFile {
  /** "" when there is none. */
  read(): Promise<string>;
  /** Replaces it, whole or not at all. Throws `unwritable`, `disk-full`. */
  write(text: string): Promise<void>;
}
