import { createHash, randomFillSync } from "node:crypto";
import { run } from "./run.ts";

export const PIECE_BYTES = 1024 * 1024;

/** A random file and the hashes that Metalink and BitTorrent need of it. */
export interface TestFile {
  readonly dir: string;
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** One hash for each 1 MiB, in order. */
  readonly pieces: { readonly sha1: readonly Uint8Array[]; readonly sha256: readonly Uint8Array[] };
}

const digest = (algorithm: "sha1" | "sha256", bytes: Uint8Array): Uint8Array =>
  createHash(algorithm).update(bytes).digest();

/** Writes `size` random bytes to `dir/name`. The folder must exist. */
export async function createTestFile(dir: string, size: number, signal: AbortSignal): Promise<TestFile> {
  const name = "lesson.bin";
  const path = `${dir}/${name}`;
  const whole = createHash("sha256");
  const sha1: Uint8Array[] = [];
  const sha256: Uint8Array[] = [];
  const buffer = new Uint8Array(PIECE_BYTES);
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let written = 0; written < size; written += PIECE_BYTES) {
    signal.throwIfAborted();
    const piece = randomFillSync(buffer.subarray(0, Math.min(PIECE_BYTES, size - written)));
    whole.update(piece);
    sha1.push(digest("sha1", piece));
    sha256.push(digest("sha256", piece));
    for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
  }
  return { dir, name, path, size, sha256: whole.digest("hex"), pieces: { sha1, sha256 } };
}

/** Throws unless the file at `path` has exactly the content of `file`. */
export async function checkDelivered(path: string, file: TestFile, signal: AbortSignal): Promise<void> {
  const { stdout } = await run("openssl", ["dgst", "-sha256", "-r", path], { signal });
  const found = stdout.slice(0, 64);
  if (found !== file.sha256) throw new Error(`wrong content delivered: SHA-256 ${found}, expected ${file.sha256}`);
}
