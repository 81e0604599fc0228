import { Bitfield, parseBitfield } from "../core/bitfield.ts";
import type { Hash } from "../core/ids.ts";
import { chunkCount, isChunk } from "../core/manifest.ts";
import type { PartFile } from "../disk_ports.ts";
import type { PartRow } from "../store_ports.ts";

export interface Recovered {
  readonly verified: Bitfield;
  /** Marked chunks that are no longer what they were. */
  readonly lost: number;
  /** Whether every chunk had to be hashed. */
  readonly rehashed: boolean;
}

/**
 * The chunks that the part file really contains. After a clean stop that is what was marked; after anything else each
 * chunk is hashed again, also those that were written and not yet marked.
 */
export async function recoverPart(part: PartFile, row: PartRow, hash: Hash, signal: AbortSignal): Promise<Recovered> {
  const chunks = chunkCount(row.manifest);
  const marked = parseBitfield(row.marks, chunks);
  const { size, mtimeMs } = await part.stat();
  if (row.closed?.size === size && row.closed.mtimeMs === mtimeMs) {
    return { verified: marked, lost: 0, rehashed: false };
  }
  const verified = new Bitfield(chunks);
  if (size === 0) return { verified, lost: marked.count, rehashed: false };
  for (let chunk = 0; chunk < chunks; chunk++) {
    signal.throwIfAborted();
    const bytes = await part.read(chunk, { skipHoles: !marked.has(chunk) });
    if (bytes && isChunk(row.hashes, chunk, hash(bytes))) verified.add(chunk);
  }
  const lost = [...marked].filter((chunk) => !verified.has(chunk)).length;
  return { verified, lost, rehashed: true };
}
