import { EssaimError } from "../core/errors.ts";
import type { FileHasher, HashOptions, HashOutcome } from "../disk_ports.ts";
import { hashBatch, type HashOrder, type HashReport, type PlainOutcome } from "./hash_worker.ts";

/** A worker costs 15 MB of memory while it lives and 40 ms to start: after a long job, little beside it, it ends at once. */
const WORKER_IDLE_MS = 10_000;
const LONG_JOB_MS = 400;

/**
 * Hashes with at most `workers` (0: on this thread, reading asynchronously), started when needed and ended when idle.
 * Batches wait in order for a free worker; how many wait is up to the caller.
 */
export function fileHasher(workers: number): FileHasher {
  return workers === 0 ? new HasherHere() : new HasherPool(workers);
}

class HasherHere implements FileHasher {
  #closed = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  hash(paths: readonly string[], chunkSize: number, { signal, onBytes }: HashOptions = {}): Promise<HashOutcome[]> {
    const turn = this.#last.then(async () => {
      const either = AbortSignal.any([this.#closed.signal, ...(signal ? [signal] : [])]);
      const outcomes = await hashBatch(paths, chunkSize, {
        blocking: false,
        signal: either,
        onBytes: onBytes ?? ignore,
      });
      either.throwIfAborted();
      return outcomes.map(revived);
    });
    this.#last = turn.catch(ignore);
    return turn;
  }

  [Symbol.dispose](): void {
    this.#closed.abort(closed());
  }
}

class HasherPool implements FileHasher {
  #free: HashWorker[] = [];
  #all = new Set<HashWorker>();
  #waiting: ((worker: HashWorker | undefined) => void)[] = [];
  #closed = false;

  constructor(readonly most: number) {}

  async hash(
    paths: readonly string[],
    chunkSize: number,
    { signal, onBytes }: HashOptions = {},
  ): Promise<HashOutcome[]> {
    const worker = await this.#take();
    try {
      signal?.throwIfAborted();
      return await worker.run(paths, chunkSize, signal, onBytes ?? ignore);
    } finally {
      this.#giveBack(worker);
    }
  }

  async #take(): Promise<HashWorker> {
    if (this.#closed) throw closed();
    const idle = this.#free.pop();
    if (idle) return idle;
    if (this.#all.size < this.most) return this.#start();
    const given = await new Promise<HashWorker | undefined>((resolve) => this.#waiting.push(resolve));
    if (this.#closed) throw closed();
    return given ?? this.#start();
  }

  #start(): HashWorker {
    const worker = new HashWorker((ended) => {
      this.#all.delete(ended);
      this.#free = this.#free.filter((free) => free !== ended);
    });
    this.#all.add(worker);
    return worker;
  }

  #giveBack(worker: HashWorker): void {
    const next = this.#waiting.shift();
    const usable = this.#all.has(worker);
    if (next) next(usable ? worker : undefined);
    else if (usable) {
      this.#free.push(worker);
      worker.endWhenIdle();
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const worker of this.#all) worker.end(closed());
    for (const wake of this.#waiting.splice(0)) wake(undefined);
  }
}

interface Job {
  readonly onBytes: (count: number) => void;
  readonly resolve: (outcomes: readonly PlainOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** One worker thread with at most one job. */
class HashWorker {
  #worker = new Worker(import.meta.resolve("./hash_worker.ts"), { type: "module", name: "hash" });
  #job: Job | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #ended: EssaimError | undefined;
  /** How long the last job took. */
  #jobMs = 0;

  constructor(readonly onEnd: (worker: HashWorker) => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<HashReport>) => {
      if (data.kind === "bytes") this.#job?.onBytes(data.count);
      else this.#job?.resolve(data.outcomes);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end(new EssaimError("internal", `The hash worker failed: ${event.message}`));
    };
  }

  async run(
    paths: readonly string[],
    chunkSize: number,
    signal: AbortSignal | undefined,
    onBytes: (count: number) => void,
  ): Promise<HashOutcome[]> {
    clearTimeout(this.#idle);
    if (this.#ended) throw this.#ended;
    const stop = () => this.#order({ kind: "stop" });
    signal?.addEventListener("abort", stop);
    const began = performance.now();
    try {
      const outcomes = await new Promise<readonly PlainOutcome[]>((resolve, reject) => {
        this.#job = { onBytes, resolve, reject };
        this.#order({ kind: "hash", paths, chunkSize });
      });
      signal?.throwIfAborted();
      return outcomes.map(revived);
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#job = undefined;
      this.#jobMs = performance.now() - began;
    }
  }

  endWhenIdle(): void {
    if (this.#jobMs >= LONG_JOB_MS) return this.end(closed());
    clearTimeout(this.#idle); // an order that was aborted before it began left one
    this.#idle = setTimeout(() => this.end(closed()), WORKER_IDLE_MS);
    Deno.unrefTimer(this.#idle);
  }

  end(reason: EssaimError): void {
    this.#ended = reason;
    clearTimeout(this.#idle);
    this.#worker.terminate();
    this.onEnd(this);
    this.#job?.reject(reason);
  }

  #order(order: HashOrder): void {
    this.#worker.postMessage(order);
  }
}

function revived(outcome: PlainOutcome): HashOutcome {
  if ("content" in outcome) return outcome;
  return { path: outcome.path, error: new EssaimError(outcome.error.code, outcome.error.message) };
}

function closed(): EssaimError {
  return new EssaimError("cancelled", "Hashing was stopped because the program is ending.");
}

function ignore(): void {}
