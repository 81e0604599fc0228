/// <reference lib="deno.worker" />
import { setImmediate } from "node:timers/promises";
import { type ErrorCode, EssaimError } from "../core/errors.ts";
import type { Content } from "../store_ports.ts";
import { hashFile } from "./hash_file.ts";

/** To the worker. One `hash` at a time; `stop` ends it early. */
export type HashOrder = { readonly kind: "hash"; readonly paths: readonly string[]; readonly chunkSize: number } | {
  readonly kind: "stop";
};

/** From the worker: any number of `bytes`, then one `done`. */
export type HashReport =
  | { readonly kind: "bytes"; readonly count: number }
  | { readonly kind: "done"; readonly outcomes: readonly PlainOutcome[] };

/** An outcome as it can be posted: errors lose their class on the way. */
export type PlainOutcome =
  & { readonly path: string }
  & (
    | { readonly content: Content }
    | { readonly error: { readonly code: ErrorCode; readonly message: string } }
  );

export interface HashBatchOptions {
  readonly blocking: boolean;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
}

const REPORT_EVERY_MS = 100;
const FILES_BETWEEN_PAUSES = 32; // of a few bytes: about 2 ms

/** Hashes the files in order, letting other events in; stops early, with fewer outcomes, when the signal aborts. */
export async function hashBatch(
  paths: readonly string[],
  chunkSize: number,
  { blocking, signal, onBytes }: HashBatchOptions,
): Promise<PlainOutcome[]> {
  const outcomes: PlainOutcome[] = [];
  let unreported = 0;
  let reported = performance.now();
  const count = (bytes: number) => {
    unreported += bytes;
    if (performance.now() - reported < REPORT_EVERY_MS) return;
    onBytes(unreported);
    unreported = 0;
    reported = performance.now();
  };
  for (const [index, path] of paths.entries()) {
    if (index % FILES_BETWEEN_PAUSES === 0) await setImmediate();
    if (signal.aborted) break;
    try {
      outcomes.push({ path, content: await hashFile(path, { chunkSize, blocking, signal, onBytes: count }) });
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof EssaimError)) throw error;
      outcomes.push({ path, error: { code: error.code, message: error.message } });
    }
  }
  if (unreported > 0) onBytes(unreported);
  return outcomes;
}

/** Only where this module runs as a worker: the pool imports it too. */
if (typeof DedicatedWorkerGlobalScope !== "undefined" && self instanceof DedicatedWorkerGlobalScope) {
  let stop = new AbortController();
  const report = (message: HashReport) => self.postMessage(message);
  self.onmessage = async ({ data }: MessageEvent<HashOrder>) => {
    if (data.kind === "stop") return stop.abort();
    stop = new AbortController();
    const onBytes = (count: number) => report({ kind: "bytes", count });
    const outcomes = await hashBatch(data.paths, data.chunkSize, { blocking: true, signal: stop.signal, onBytes });
    report({ kind: "done", outcomes });
  };
}
