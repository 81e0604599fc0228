import { RateMeter } from "../core/rate.ts";

/** One file to send. `File` is the browser's; tests use others. */
export interface Upload<File = unknown> {
  /** Which addition it belongs to. */
  readonly batch: string;
  readonly name: string;
  /** Folders it lies in, "photos/2024"; "" for a file added by itself. */
  readonly folder: string;
  /** Bytes. */
  readonly size: number;
  readonly file: File;
}

export interface FailedUpload<File = unknown> {
  readonly upload: Upload<File>;
  readonly error: unknown;
}

/** How far one addition, or all of them, has come. */
export interface UploadProgress<File = unknown> {
  readonly files: number;
  /** Wholly there. */
  readonly done: number;
  readonly bytes: number;
  readonly sent: number;
  /** On their way now. `sent` counts bytes. */
  readonly active: readonly { readonly upload: Upload<File>; readonly sent: number }[];
  /** Only the first hundred are listed. */
  readonly failed: readonly FailedUpload<File>[];
  readonly failures: number;
  /** Bytes a second. */
  readonly rate: number;
  /** Nothing can be sent now; it is tried again by itself. */
  readonly isStalled: boolean;
}

export interface UploadQueueOptions<File> {
  /** How many go at a time. */
  readonly parallel: number;
  /** Resolves when the whole file has arrived. `onSent`: bytes so far. */
  send(upload: Upload<File>, onSent: (bytes: number) => void, signal: AbortSignal): Promise<void>;
  /** After which pause in ms, if any, the same file is sent again by itself. `attempt` counts from 1. */
  pause(error: unknown, attempt: number): number | undefined;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Something changed that `progress` tells; called often. */
  onChange(): void;
  /** Nothing of this addition waits or moves any more. */
  onSettled(batch: string): void;
}

const LISTED_FAILURES = 100;

/** Bytes sent that did not end in a file, because it failed or was given up, are taken back. */
interface Active<File> {
  readonly upload: Upload<File>;
  readonly controller: AbortController;
  sent: number;
}

class Batch<File> {
  waiting: Upload<File>[] = [];
  next = 0;
  /** No further files will be added. */
  isClosed = false;
  files = 0;
  bytes = 0;
  done = 0;
  doneBytes = 0;
  failed: FailedUpload<File>[] = [];
  readonly active = new Set<Active<File>>();

  get isSettled(): boolean {
    return this.isClosed && this.next === this.waiting.length && this.active.size === 0;
  }

  take(): Upload<File> | undefined {
    const upload = this.waiting[this.next];
    if (upload === undefined) return undefined;
    this.next++;
    if (this.next >= 1_000) {
      this.waiting = this.waiting.slice(this.next);
      this.next = 0;
    }
    return upload;
  }
}

/**
 * Sends files a few at a time, additions in the order they were made. A file that fails does not hold up the others; it
 * stays with the error and can be sent again.
 */
export class UploadQueue<File> {
  readonly #batches = new Map<string, Batch<File>>();
  readonly #meter: RateMeter;
  #running = 0;
  #stalled = 0;

  constructor(readonly options: UploadQueueOptions<File>) {
    this.#meter = new RateMeter(options.now());
  }

  /** Whether something would be lost if the page were left now. */
  get isBusy(): boolean {
    return [...this.#batches.values()].some((batch) => !batch.isSettled);
  }

  /** Adds files to an addition, which begins with its first. */
  add(batchId: string, uploads: readonly Upload<File>[]): void {
    const batch = this.#batches.get(batchId) ?? new Batch<File>();
    this.#batches.set(batchId, batch);
    for (const upload of uploads) {
      batch.waiting.push(upload);
      batch.files++;
      batch.bytes += upload.size;
    }
    this.#fill();
    this.options.onChange();
  }

  /** A file that could not even be read from where it was dropped. */
  refuse(upload: Upload<File>, error: unknown): void {
    this.add(upload.batch, []);
    const batch = this.#batches.get(upload.batch)!;
    batch.files++;
    batch.bytes += upload.size;
    batch.failed.push({ upload, error });
  }

  /** All files of the addition were added. */
  close(batchId: string): void {
    const batch = this.#batches.get(batchId);
    if (!batch || batch.isClosed) return;
    batch.isClosed = true;
    this.#settle(batchId, batch);
  }

  /** Whether anything of this addition was added and not forgotten. */
  has(batchId: string): boolean {
    return this.#batches.has(batchId);
  }

  isSettled(batchId: string): boolean {
    return this.#batches.get(batchId)?.isSettled ?? true;
  }

  /** Sends the files that failed again. */
  retry(batchId: string): void {
    const batch = this.#batches.get(batchId);
    if (!batch) return;
    for (const { upload } of batch.failed.splice(0)) batch.waiting.push(upload);
    this.#fill();
    this.options.onChange();
  }

  hasFailed(batchId: string, fits: (upload: Upload<File>) => boolean): boolean {
    return this.#batches.get(batchId)?.failed.some(({ upload }) => fits(upload)) ?? false;
  }

  /** What has arrived belongs to something else now and no longer counts. */
  forgetDone(batchId: string): void {
    const batch = this.#batches.get(batchId);
    if (!batch) return;
    batch.files -= batch.done;
    batch.bytes -= batch.doneBytes;
    batch.done = batch.doneBytes = 0;
    this.options.onChange();
  }

  /** Goes on without the files that failed. */
  dismissFailures(batchId: string): void {
    const batch = this.#batches.get(batchId);
    for (const { upload } of batch?.failed.splice(0) ?? []) {
      batch!.files--;
      batch!.bytes -= upload.size;
    }
    this.options.onChange();
  }

  /** Stops the addition where it is and forgets it. */
  forget(batchId: string): void {
    const batch = this.#batches.get(batchId);
    this.#batches.delete(batchId);
    for (const { controller } of batch?.active ?? []) controller.abort();
    this.options.onChange();
  }

  /** Of one addition, or of all. */
  progress(batchId?: string): UploadProgress<File> {
    const batches = batchId === undefined ? [...this.#batches.values()] : [this.#batches.get(batchId) ?? new Batch()];
    const sum = (of: (batch: Batch<File>) => number) => batches.reduce((total, batch) => total + of(batch), 0);
    const active = batches.flatMap((batch) => [...batch.active]).map(({ upload, sent }) => ({ upload, sent }));
    return {
      files: sum((batch) => batch.files),
      done: sum((batch) => batch.done),
      bytes: sum((batch) => batch.bytes),
      sent: sum((batch) => batch.doneBytes) + active.reduce((total, { sent }) => total + sent, 0),
      active,
      failed: batches.flatMap((batch) => batch.failed.slice(0, LISTED_FAILURES)).slice(0, LISTED_FAILURES),
      failures: sum((batch) => batch.failed.length),
      rate: this.#meter.rate(this.options.now()),
      isStalled: this.#stalled > 0 && this.#stalled === this.#running,
    };
  }

  #fill(): void {
    for (const [id, batch] of this.#batches) {
      while (this.#running < this.options.parallel) {
        const upload = batch.take();
        if (upload === undefined) break;
        void this.#run(id, batch, upload);
      }
    }
  }

  async #run(batchId: string, batch: Batch<File>, upload: Upload<File>): Promise<void> {
    const active: Active<File> = { upload, controller: new AbortController(), sent: 0 };
    batch.active.add(active);
    this.#running++;
    try {
      await this.#sendUntilDone(active);
      batch.done++;
      batch.doneBytes += upload.size;
    } catch (error) {
      if (!active.controller.signal.aborted) batch.failed.push({ upload, error });
    }
    batch.active.delete(active);
    this.#running--;
    this.#fill();
    this.options.onChange();
    this.#settle(batchId, batch);
  }

  async #sendUntilDone(active: Active<File>): Promise<void> {
    const { send, pause, sleep, now, onChange } = this.options;
    const { upload, controller: { signal } } = active;
    for (let attempt = 1;; attempt++) {
      const onSent = (bytes: number) => {
        this.#meter.add(Math.max(0, bytes - active.sent), now());
        active.sent = bytes;
        onChange();
      };
      try {
        return await send(upload, onSent, signal);
      } catch (error) {
        const ms = signal.aborted ? undefined : pause(error, attempt);
        if (ms === undefined) throw error;
        active.sent = 0;
        await this.#stalledWhile(() => sleep(ms, signal));
      }
    }
  }

  async #stalledWhile(wait: () => Promise<void>): Promise<void> {
    this.#stalled++;
    this.options.onChange();
    try {
      await wait();
    } finally {
      this.#stalled--;
    }
  }

  #settle(batchId: string, batch: Batch<File>): void {
    if (batch.isSettled && this.#batches.get(batchId) === batch) this.options.onSettled(batchId);
  }
}
