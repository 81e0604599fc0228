import type { FileId } from "./ids.ts";

/** A regular file as a folder shows it. `mtimeMs`: milliseconds since 1970; `inode`: 0 where the system has none. */
export interface SeenFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

/** A file as it was when it was hashed. */
export interface KnownFile extends SeenFile {
  readonly id: FileId;
}

/** A file that may still be written. `since`: monotonic time at which it was first seen as it is now. */
export interface UnsettledFile extends SeenFile {
  readonly since: number;
}

export interface ScanInput {
  readonly known: Iterable<KnownFile>;
  readonly seen: Iterable<SeenFile>;
  /** Folders that could not be read: what is known below them stays. */
  readonly unreadable: readonly string[];
  /** `waiting` of the scan before, by path. */
  readonly sightings: ReadonlyMap<string, UnsettledFile>;
  /** Monotonic milliseconds. */
  readonly now: number;
  /** 0: nothing waits. */
  readonly quietPeriodMs: number;
}

/** What to do so that what is known becomes what is on disk. Each seen path is in exactly one place. */
export interface ScanPlan {
  readonly hash: readonly SeenFile[];
  readonly moved: readonly { readonly from: string; readonly to: SeenFile }[];
  /** Known paths that are no longer there and did not move. */
  readonly gone: readonly string[];
  readonly waiting: readonly UnsettledFile[];
  readonly unchanged: number;
}

/** Whether both are the same file with, as far as size, time and inode tell, the same content. */
export function sameFile(a: Omit<SeenFile, "path">, b: Omit<SeenFile, "path">): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.inode === b.inode;
}

/** Whether `path` is `folder` or below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/**
 * Compares what is known with what is on disk. A new name with the inode, size and time of a vanished one is a rename
 * and needs no hashing. Anything else new or changed is hashed once two sightings at least the quiet period apart are
 * equal; the file's own time is never compared with the clock, because both may be wrong.
 */
export function planScan({ known, seen, unreadable, sightings, now, quietPeriodMs }: ScanInput): ScanPlan {
  const missing = new Map<string, KnownFile>();
  for (const file of known) missing.set(file.path, file);
  const fresh: SeenFile[] = [];
  const changed: SeenFile[] = [];
  let unchanged = 0;
  for (const file of seen) {
    const before = missing.get(file.path);
    missing.delete(file.path);
    if (before === undefined) fresh.push(file);
    else if (sameFile(before, file)) unchanged++;
    else changed.push(file);
  }
  if (unreadable.length > 0) {
    for (const path of missing.keys()) if (unreadable.some((folder) => isWithin(path, folder))) missing.delete(path);
  }

  const identity = (file: SeenFile) => `${file.inode} ${file.size} ${file.mtimeMs}`;
  const movable = new Map<string, string>();
  for (const file of missing.values()) if (file.inode !== 0) movable.set(identity(file), file.path);
  const moved: { from: string; to: SeenFile }[] = [];
  const unsettled = changed;
  for (const file of fresh) {
    const from = movable.get(identity(file));
    if (from === undefined) {
      unsettled.push(file);
    } else {
      movable.delete(identity(file));
      missing.delete(from);
      moved.push({ from, to: file });
    }
  }

  const hash: SeenFile[] = [];
  const waiting: UnsettledFile[] = [];
  for (const file of unsettled) {
    const before = sightings.get(file.path);
    const since = before !== undefined && sameFile(before, file) ? before.since : now;
    if (now - since >= quietPeriodMs) hash.push(file);
    else waiting.push({ ...file, since });
  }
  return { hash, moved, gone: [...missing.keys()], waiting, unchanged };
}
