import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import { formatBytes } from "../core/units.ts";
import type { BatchEntry, IncomingFile, IncomingFiles, StoredBatch } from "../disk_ports.ts";
import type { Log } from "../ports.ts";
import { asFileError } from "./file_errors.ts";
import { syncFolder, writeAll } from "./files.ts";
import { giveName } from "./give_name.ts";

const BATCH = /^[0-9a-f]{16}$/;
/** In a batch: single files, and the folders that were added whole. */
const SINGLE = "files";
const WHOLE = "folders";
/** Whoever sends nothing for so long is gone. */
const SILENT_MS = 60_000;
/** Left for the database, the log and the rest of the system. */
const RESERVE_BYTES = 32 * 1024 * 1024;
const COMPARED_BYTES = 256 * 1024;

/** Keeps batches in `root`, each in a folder of its own; nothing else is in there. */
export function incomingFiles(root: string, log: Log): IncomingFiles {
  const pathOf = (batch: string) => join(root, batch);
  const read = (batch: string) => attempt(root, () => readBatch(batch, pathOf(batch)));
  const remove = (batch: string) => attempt(root, () => removeAll(pathOf(batch)));
  return {
    pathOf,
    batch: read,
    remove,
    async load() {
      await attempt(root, () => Deno.mkdir(root, { recursive: true }));
      const batches: StoredBatch[] = [];
      for await (const { name, isDirectory } of Deno.readDir(root)) {
        if (!isDirectory || !BATCH.test(name)) continue;
        try {
          await removeInterrupted(pathOf(name));
          await removeMoved(join(pathOf(name), SINGLE));
          const stored = await read(name);
          if (stored.entries.length > 0) batches.push(stored);
          else await remove(name);
        } catch (error) {
          log.warning("incoming-unreadable", `${pathOf(name)} is left alone: ${asEssaimError(error).message}`);
        }
      }
      return batches.sort((a, b) => a.at - b.at);
    },
    receive: (batch, file) => attempt(root, () => receive(pathOf(batch), file)),
  };
}

async function receive(
  batch: string,
  { folder, names, body, size, signal }: IncomingFile,
): Promise<{ name: string; size: number; isNew: boolean }> {
  const inside = folder === "" ? [SINGLE] : [WHOLE, ...folder.split("/")];
  const made = await makeFolders(dirname(batch), [batch.slice(dirname(batch).length + 1), ...inside]);
  if (size !== undefined) await refuseWithoutRoom(batch, size);
  const part = join(batch, `.essaim-${crypto.randomUUID()}.part`);
  try {
    const written = await write(part, body, signal);
    const place = join(batch, ...inside);
    const { name, isNew } = await nameIt(part, place, names);
    for (const changed of new Set([place, ...made])) await syncFolder(changed);
    return { name, size: written, isNew };
  } finally {
    await removeAll(part);
  }
}

/** The bytes written, on the disk. */
async function write(path: string, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const parts = body[Symbol.asyncIterator]();
  // Not Promise.race: a promise that stays would keep every part of the file in memory.
  let stop = (_why: unknown) => {};
  const next = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      stop = reject;
      parts.next().then(resolve, reject);
    });
  let moved = true;
  const watch = setInterval(() => {
    if (!moved) stop(new EssaimError("cancelled", "Nothing more came of this file."));
    moved = false;
  }, SILENT_MS);
  const abort = () => stop(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  let size = 0;
  let isOver = false;
  try {
    while (!isOver) {
      signal.throwIfAborted();
      const { done, value } = await next().catch(interrupted);
      isOver = done === true;
      if (done) break;
      moved = true;
      await writeAll(file, value);
      size += value.length;
    }
    await file.sync();
    return size;
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", abort);
    if (!isOver) parts.return?.().catch(() => {});
  }
}

/** Whoever sends it is to blame, not this computer. */
function interrupted(error: unknown): never {
  if (error instanceof EssaimError) throw error;
  throw new EssaimError("cancelled", "The file did not come whole. Add it again.", { cause: error });
}

async function nameIt(
  part: string,
  folder: string,
  names: Iterable<string>,
): Promise<{ name: string; isNew: boolean }> {
  for (const name of names) {
    const path = join(folder, name);
    if (await giveName(part, path)) return { name, isNew: true };
    if (await isSameContent(part, path)) return { name, isNew: false };
  }
  throw new EssaimError("conflict", "There are too many files of this name. Add them in several steps.");
}

/** A file that is sent again, because the answer to the first time was lost, does not become two. */
async function isSameContent(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([Deno.lstat(one), Deno.lstat(other)]);
  if (!b.isFile || a.size !== b.size) return false;
  using first = await Deno.open(one);
  using second = await Deno.open(other);
  const [left, right] = [new Uint8Array(COMPARED_BYTES), new Uint8Array(COMPARED_BYTES)];
  for (;;) {
    const [got, gotToo] = [await fill(first, left), await fill(second, right)];
    if (got !== gotToo || left.subarray(0, got).some((byte, index) => byte !== right[index])) return false;
    if (got < COMPARED_BYTES) return true;
  }
}

async function fill(file: Deno.FsFile, buffer: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const count = await file.read(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

/** Makes each folder below `root` that is missing; the folders in which there are new names. */
async function makeFolders(root: string, names: readonly string[]): Promise<string[]> {
  const changed: string[] = [];
  let path = root;
  for (const name of names) {
    const parent = path;
    path = join(path, name);
    try {
      await Deno.mkdir(path);
      changed.push(parent);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
  return changed;
}

/** Not being able to ask is no reason to refuse: a full disk is told anyway, later. */
async function refuseWithoutRoom(folder: string, size: number): Promise<void> {
  const room = await statfs(folder).catch(() => undefined);
  const free = room === undefined ? Infinity : Math.max(0, room.bavail * room.bsize - RESERVE_BYTES);
  if (size <= free) return;
  throw new EssaimError(
    "disk-full",
    `It needs ${formatBytes(size)}, and the disk of ${folder} has ${formatBytes(free)} free. Free some space.`,
    { details: { needed: size, free } },
  );
}

async function readBatch(batch: string, path: string): Promise<StoredBatch> {
  const { birthtime, mtime } = await Deno.lstat(path);
  const entries: BatchEntry[] = [];
  for (const [kind, folder] of [["file", SINGLE], ["folder", WHOLE]] as const) {
    for (const name of await namesIn(join(path, folder))) {
      const entry = join(path, folder, name);
      const { size, files } = await measure(entry);
      entries.push({ name, kind, path: entry, size, files });
    }
  }
  return { batch, at: (birthtime ?? mtime)?.getTime() ?? 0, entries };
}

async function measure(path: string): Promise<{ size: number; files: number }> {
  const info = await Deno.lstat(path);
  if (!info.isDirectory) return { size: info.size, files: 1 };
  let [size, files] = [0, 0];
  for (const name of await namesIn(path)) {
    const inside = await measure(join(path, name));
    size += inside.size;
    files += inside.files;
  }
  return { size, files };
}

async function removeInterrupted(batch: string): Promise<void> {
  for (const name of await namesIn(batch)) {
    if (name !== SINGLE && name !== WHOLE) await removeAll(join(batch, name));
  }
}

/** A crash while a file was moved into the shared folder left it with both names. It is shared: it waits for nothing. */
async function removeMoved(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const { isFile, nlink } = await Deno.lstat(join(folder, name));
    if (isFile && nlink !== null && nlink > 1) await removeAll(join(folder, name));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function attempt<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    const error = asFileError(caught, root, root);
    const isFull = error instanceof EssaimError && error.code === "disk-full" && error !== caught;
    if (!isFull) throw error;
    throw new EssaimError("disk-full", `The disk of ${root} is full. Free some space and add the file again.`, {
      cause: caught,
    });
  }
}
