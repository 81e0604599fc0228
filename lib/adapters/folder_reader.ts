import { basename, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { EssaimError } from "../core/errors.ts";
import { ignoredNames } from "../core/ignore.ts";
import { printable } from "../core/safe_path.ts";
import type { SeenFile } from "../core/scan.ts";
import type { FolderBatch, FolderReader, Place } from "../disk_ports.ts";
import type { Log } from "../ports.ts";
import { inodeOf } from "./inode.ts";
import { watchFolders } from "./watch_folders.ts";

/** Deeper folders are refused: a listing has at most 100 names a path, and a loop of mounts must end. */
const MAX_DEPTH = 100;
/** Looking at a file takes about 5 µs: other events wait at most 3 ms. */
const BATCH = 500;
const REPLACEMENT = "\ufffd"; // what the runtime shows for bytes that are not UTF-8

/** Of this program, on their way to another place or name: never shown, whatever is configured. */
const UNFINISHED = ".essaim-*";

export interface FolderReaderOptions {
  /** Names never shown, patterns as in ignoredNames. */
  readonly ignore: readonly string[];
  /** Absolute paths that `walk` passes over, with all below them. */
  readonly hidden?: readonly string[];
  readonly log: Log;
}

/** Reads folders of this machine. */
export function folderReader({ ignore, hidden = [], log }: FolderReaderOptions): FolderReader {
  const isHidden = new Set(hidden.map(portable));
  const isIgnored = ignoredNames([...ignore, UNFINISHED]);
  return {
    async look(path) {
      let real: string;
      try {
        real = await Deno.realPath(path);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw unreadable(path, error);
      }
      return place(portable(real));
    },
    lookExactly: (path) => place(portable(resolve(path))),
    walk: (folder, signal) => walk(portable(resolve(folder)), isIgnored, isHidden, signal),
    watch: (folders, onChange) =>
      watchFolders({ folders, isIgnored: (path) => isIgnored(basename(path)), onChange, log }),
    isIgnored,
  };
}

async function place(path: string): Promise<Place | undefined> {
  try {
    const info = await Deno.lstat(path);
    if (info.isFile) return { kind: "file", ...seen(path, info) };
    return { kind: info.isDirectory ? "folder" : "other", path, inode: inodeOf(info) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(path, error);
  }
}

type Found = { files: SeenFile[]; emptyFolders: string[]; unreadable: string[]; refused: string[] };

const nothing = (): Found => ({ files: [], emptyFolders: [], unreadable: [], refused: [] });

async function* walk(
  root: string,
  isIgnored: (name: string) => boolean,
  hidden: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<FolderBatch> {
  let found = nothing();
  let looked = 0;
  const pending = [{ path: root, depth: 0 }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    let entries: Deno.DirEntry[];
    try {
      entries = await Array.fromAsync(Deno.readDir(folder.path));
    } catch (error) {
      if (folder.depth === 0) throw unreadable(root, error);
      if (!isMissing(error)) found.unreadable.push(folder.path);
      continue;
    }
    let kept = 0;
    looked++;
    for (const { name, isFile, isDirectory } of entries) {
      if (++looked >= BATCH) {
        looked = 0;
        signal?.throwIfAborted();
        yield found;
        found = nothing();
        await setImmediate();
      }
      if (isIgnored(name) || !(isFile || isDirectory)) continue;
      const path = folder.path.endsWith("/") ? folder.path + name : `${folder.path}/${name}`;
      if (hidden.has(path)) continue;
      kept++;
      if (isDirectory && folder.depth + 1 >= MAX_DEPTH) found.refused.push(path);
      else if (isDirectory && !(name.includes(REPLACEMENT) && isGone(path))) {
        pending.push({ path, depth: folder.depth + 1 });
      } else addFile(found, path, name);
    }
    if (kept === 0 && folder.depth > 0) found.emptyFolders.push(folder.path);
  }
  signal?.throwIfAborted();
  yield found;
}

/** A file that vanished since its folder was read is left out; one that cannot be reached by its name is refused. */
function addFile(found: Found, path: string, name: string): void {
  try {
    const info = Deno.lstatSync(path);
    if (info.isFile) found.files.push(seen(path, info));
  } catch (error) {
    if (!isMissing(error)) found.unreadable.push(path);
    else if (name.includes(REPLACEMENT)) found.refused.push(path);
  }
}

function isGone(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch (error) {
    return isMissing(error);
  }
}

function seen(path: string, info: Deno.FileInfo): SeenFile {
  return { path, size: info.size, mtimeMs: info.mtime?.getTime() ?? 0, inode: inodeOf(info) };
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

function portable(path: string): string {
  return Deno.build.os === "windows" ? path.replace(/^\\\\\?\\/, "").replaceAll("\\", "/") : path;
}

function unreadable(path: string, cause: unknown): EssaimError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new EssaimError(
    "unreadable",
    `Cannot read ${printable(path)}: ${why}. Check that it is there and may be read.`,
    {
      cause,
    },
  );
}
