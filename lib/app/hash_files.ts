import type { EssaimError } from "../core/errors.ts";
import { sameFile, type SeenFile } from "../core/scan.ts";
import type { FileHasher } from "../disk_ports.ts";
import type { Content } from "../store_ports.ts";

/** One message to a worker and one transaction for this many small files. */
const BATCH_FILES = 256;
const BATCH_BYTES = 32 * 1024 * 1024;
/** Batches on their way: one is stored while the next is hashed. More workers than this are not used. */
const LANES = 4;

export interface HashFilesOptions {
  readonly hasher: FileHasher;
  readonly chunkSize: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (count: number) => void;
  /** Stores a batch. `seen`: as it was planned, `content`: as it was hashed, still the same file. */
  readonly store: (hashed: readonly { seen: SeenFile; content: Content }[]) => Promise<void>;
  readonly failed: (file: SeenFile, error: EssaimError) => void;
  /** It is another file than the one planned. */
  readonly changed: (file: SeenFile) => void;
}

/** Hashes files in batches and stores each batch when it is complete; the first failure to store ends it. */
export async function hashFiles(files: readonly SeenFile[], options: HashFilesOptions): Promise<void> {
  const batches = inBatches(files);
  const lane = async () => {
    for (const batch of batches) {
      const paths = batch.map(({ path }) => path);
      const outcomes = await options.hasher.hash(paths, options.chunkSize, options);
      const hashed: { seen: SeenFile; content: Content }[] = [];
      for (const [index, outcome] of outcomes.entries()) {
        const seen = batch[index];
        if (seen === undefined) continue;
        if ("content" in outcome && sameFile(outcome.content, seen)) hashed.push({ seen, content: outcome.content });
        else if ("content" in outcome || outcome.error.code === "changed") options.changed(seen);
        else options.failed(seen, outcome.error);
      }
      await options.store(hashed);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failure = lanes.find((lane) => lane.status === "rejected");
  if (failure) throw failure.reason;
}

function* inBatches(files: readonly SeenFile[]): Generator<SeenFile[]> {
  let batch: SeenFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (batch.length >= BATCH_FILES || bytes + file.size > BATCH_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) yield batch;
}
