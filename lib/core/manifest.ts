import { z } from "zod";
import { EssaimError } from "./errors.ts";
import { type FileId, fileIdSchema, type Hash, toHex } from "./ids.ts";

export const MIN_CHUNK_SIZE = 256 * 1024;
export const MAX_CHUNK_SIZE = 16 * 1024 * 1024;
export const DEFAULT_CHUNK_SIZE = 1024 * 1024;
/** A hash list then stays under 32 MiB and a bitfield under 128 KiB. */
export const MAX_CHUNKS = 2 ** 20;
export const HASH_BYTES = 32;
const MAX_FILE_SIZE = MAX_CHUNK_SIZE * MAX_CHUNKS;
const ID_PREFIX = new TextEncoder().encode("essaim file v1\0");

/** What a file id stands for, without its hash list. Sizes in bytes. */
export interface Manifest {
  readonly id: FileId;
  readonly size: number;
  readonly chunkSize: number;
}

export function isChunkSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= MIN_CHUNK_SIZE && n <= MAX_CHUNK_SIZE && (n & (n - 1)) === 0;
}

export const chunkSizeSchema = z.number().refine(isChunkSize, "a power of two from 256 KiB to 16 MiB");
export const fileSizeSchema = z.number().int().min(0).max(MAX_FILE_SIZE);

export const manifestSchema = z.object({ id: fileIdSchema, size: fileSizeSchema, chunkSize: chunkSizeSchema })
  .refine((m) => chunkCount(m) <= MAX_CHUNKS, "more than 2^20 chunks");

/** The manifest in parsed JSON; throws `bad-content` when a number is impossible or `id` is not the one asked for. */
export function parseManifest(value: unknown, asked: FileId): Manifest {
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw new EssaimError("bad-content", `The manifest of ${asked} is malformed.`);
  if (parsed.data.id !== asked) throw new EssaimError("bad-content", `The manifest of another file came for ${asked}.`);
  return parsed.data;
}

export function chunkCount({ size, chunkSize }: { size: number; chunkSize: number }): number {
  return Math.ceil(size / chunkSize);
}

/** Bytes of chunk `index`; only the last one may be shorter than the chunk size. */
export function chunkLength({ size, chunkSize }: { size: number; chunkSize: number }, index: number): number {
  return Math.min(chunkSize, size - index * chunkSize);
}

/** The preferred chunk size, doubled until the file has at most 2^20 chunks. */
export function chunkSizeFor(size: number, preferred = DEFAULT_CHUNK_SIZE): number {
  let chunkSize = preferred;
  while (chunkCount({ size, chunkSize }) > MAX_CHUNKS) chunkSize *= 2;
  if (chunkSize > MAX_CHUNK_SIZE) {
    throw new EssaimError(
      "too-large",
      `A file of ${size} bytes is too large to share: the most is ${MAX_FILE_SIZE} bytes.`,
    );
  }
  return chunkSize;
}

/** The id of a file. `hashes`: the SHA-256 of its chunks in order, 32 bytes each. */
export function fileIdOf(size: number, chunkSize: number, hashes: Uint8Array, hash: Hash): FileId {
  const numbers = new DataView(new ArrayBuffer(12));
  numbers.setBigUint64(0, BigInt(size));
  numbers.setUint32(8, chunkSize);
  return toHex(hash(ID_PREFIX, new Uint8Array(numbers.buffer), hashes)) as FileId;
}

/** The hash list, once proved against the id; throws `bad-content`. */
export function verifyHashList(manifest: Manifest, hashes: Uint8Array, hash: Hash): Uint8Array {
  const expected = chunkCount(manifest) * HASH_BYTES;
  if (hashes.length !== expected) {
    throw new EssaimError(
      "bad-content",
      `The hash list of ${manifest.id} has ${hashes.length} bytes instead of ${expected}.`,
    );
  }
  if (fileIdOf(manifest.size, manifest.chunkSize, hashes, hash) !== manifest.id) {
    throw new EssaimError("bad-content", `The hash list of ${manifest.id} does not match its id.`);
  }
  return hashes;
}

/** Whether `bytes` are chunk `index` of the file. */
export function isChunk(hashes: Uint8Array, index: number, digest: Uint8Array): boolean {
  for (let i = 0; i < HASH_BYTES; i++) if (hashes[index * HASH_BYTES + i] !== digest[i]) return false;
  return true;
}

/**
 * The chunk size under which a content of at most one chunk has this id, or undefined when it is not that file.
 * Size and content alone prove the id of a one-chunk file. `likely` is tried first.
 */
export function provesSmallFile(
  id: FileId,
  content: Uint8Array,
  hash: Hash,
  likely = MIN_CHUNK_SIZE,
): number | undefined {
  const digest = content.length === 0 ? new Uint8Array() : hash(content);
  const fits = (chunkSize: number) =>
    content.length <= chunkSize && fileIdOf(content.length, chunkSize, digest, hash) === id;
  if (fits(likely)) return likely;
  for (let chunkSize = MIN_CHUNK_SIZE; chunkSize <= MAX_CHUNK_SIZE; chunkSize *= 2) {
    if (chunkSize !== likely && fits(chunkSize)) return chunkSize;
  }
  return undefined;
}
