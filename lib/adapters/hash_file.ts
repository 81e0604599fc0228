import { createHash, hash as digest } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { EssaimError } from "../core/errors.ts";
import type { Hash, Sha256 } from "../core/ids.ts";
import { chunkCount, chunkSizeFor, fileIdOf, HASH_BYTES } from "../core/manifest.ts";
import { sameFile, type SeenFile } from "../core/scan.ts";
import type { Content } from "../store_ports.ts";
import { inodeOf } from "./inode.ts";

export interface HashFileOptions {
  readonly chunkSize: number;
  /** Reads block the thread: a third faster, for a worker. */
  readonly blocking: boolean;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
}

/**
 * Hashes one file: each chunk, and the whole. The chunks are hashed by the runtime's pool while this thread hashes the
 * whole and reads on, so on two cores it takes hardly longer than the whole alone; memory is two chunks. Throws
 * `changed` when size, time or inode are not the same before and after, `not-found`, `unreadable`, `too-large`.
 */
export async function hashFile(path: string, options: HashFileOptions): Promise<Content> {
  try {
    const before = regular(path, Deno.lstatSync(path));
    using file = Deno.openSync(path);
    if (!sameFile(before, regular(path, file.statSync()))) throw changed(path);
    const { size } = before;
    const chunkSize = chunkSizeFor(size, options.chunkSize);
    const { hashes, sha256 } = size <= chunkSize
      ? await hashSmall(file, path, size, options)
      : await hashLarge(file, path, { size, chunkSize }, options);
    if (!sameFile(before, regular(path, file.statSync()))) throw changed(path);
    return { ...before, id: fileIdOf(size, chunkSize, hashes, sha256Of), chunkSize, sha256, hashes };
  } catch (error) {
    throw explained(path, error);
  }
}

/** SHA-256 by node:crypto, which is native. */
export const sha256Of: Hash = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** A file of at most one chunk is hashed once: both hashes are the same. */
async function hashSmall(file: Deno.FsFile, path: string, size: number, options: HashFileOptions) {
  const bytes = smallBuffer(size);
  await fill(file, bytes, path, options.blocking);
  options.onBytes(size);
  const sha256 = digest("sha256", bytes) as Sha256;
  return { sha256, hashes: size === 0 ? new Uint8Array() : Uint8Array.fromHex(sha256) };
}

const SMALL = 64 * 1024;
const shared = new Uint8Array(SMALL);

/** Allocating zeroed memory costs more than hashing a file of a few bytes. Only one small file is read at a time. */
function smallBuffer(size: number): Uint8Array {
  return size <= SMALL ? shared.subarray(0, size) : new Uint8Array(size);
}

/** Hashed without letting other events in: about 1 ms. */
const PIECE = 1024 * 1024;

async function hashLarge(
  file: Deno.FsFile,
  path: string,
  { size, chunkSize }: { size: number; chunkSize: number },
  { blocking, signal, onBytes }: HashFileOptions,
) {
  const hashes = new Uint8Array(chunkCount({ size, chunkSize }) * HASH_BYTES);
  const whole = createHash("sha256");
  const buffers = [new Uint8Array(chunkSize), new Uint8Array(chunkSize)] as const;
  let earlier: Promise<void> = Promise.resolve();
  try {
    for (let start = 0, index = 0; start < size; start += chunkSize, index++) {
      signal.throwIfAborted();
      const chunk = buffers[index % 2 === 0 ? 0 : 1].subarray(0, Math.min(chunkSize, size - start));
      await fill(file, chunk, path, blocking);
      const hashed = crypto.subtle.digest("SHA-256", chunk).then((sum) =>
        hashes.set(new Uint8Array(sum), index * HASH_BYTES)
      );
      for (let at = 0; at < chunk.length; at += PIECE) {
        whole.update(chunk.subarray(at, at + PIECE));
        if (!blocking && chunkSize > PIECE) await setImmediate();
      }
      await earlier;
      earlier = hashed;
      onBytes(chunk.length);
    }
  } finally {
    await earlier;
  }
  return { sha256: whole.digest("hex") as Sha256, hashes };
}

async function fill(file: Deno.FsFile, bytes: Uint8Array, path: string, blocking: boolean): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const part = bytes.subarray(at);
    const count = blocking ? file.readSync(part) : await file.read(part);
    if (count === null) throw changed(path);
    at += count;
  }
}

function regular(path: string, info: Deno.FileInfo): SeenFile {
  if (!info.isFile) throw changed(path);
  return { path, size: info.size, mtimeMs: info.mtime?.getTime() ?? 0, inode: inodeOf(info) };
}

function changed(path: string): EssaimError {
  return new EssaimError("changed", `${path} changed while it was read. It is read again when it stays still.`);
}

function explained(path: string, error: unknown): unknown {
  if (error instanceof Deno.errors.NotFound) return new EssaimError("not-found", `${path} is not there any more.`);
  if (error instanceof EssaimError || (error instanceof DOMException && error.name === "AbortError")) return error;
  if (!(error instanceof Error)) return error;
  return new EssaimError("unreadable", `Cannot read ${path}: ${error.message}. Check its permissions.`, {
    cause: error,
  });
}
