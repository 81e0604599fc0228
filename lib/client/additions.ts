import type { ChosenVisibility } from "../core/local_messages.ts";
import type { Added, FoundFile } from "./dropped_files.ts";
import type { UploadQueue } from "./upload_queue.ts";

/**
 * What is decided about an addition. `asking`: the dialog is open or its turn comes. `kept`: nobody else sees it until
 * somebody chooses. `chosen`: shared as soon as everything has arrived. `refused`: sharing failed; it can be tried again.
 */
export type Decision =
  | { readonly kind: "asking" | "kept" }
  | { readonly kind: "chosen" | "sharing"; readonly choice: ChosenVisibility }
  | { readonly kind: "refused"; readonly choice: ChosenVisibility; readonly error: unknown };

/** Files and folders added at one time: one upload batch, one choice. */
export interface Addition {
  /** 16 hexadecimal digits. */
  readonly batch: string;
  readonly roots: Added["roots"];
  readonly decision: Decision;
  /** What it consists of is still being found out. */
  readonly isReading: boolean;
}

/** A folder without a file. */
export class NothingFound extends Error {}

export interface AdditionsOptions<F> {
  readonly queue: UploadQueue<F>;
  newBatch(): string;
  /** Makes shares of what has arrived. */
  share(batch: string, choice: ChosenVisibility): Promise<unknown>;
  onShared(addition: Addition, choice: ChosenVisibility): void;
  /** Nothing comes of it: `NothingFound` or `TooManyFiles`. What has arrived is to be discarded. */
  onGivenUp(addition: Addition, error: unknown): void;
  /** Sharing failed. */
  onRefused(addition: Addition, error: unknown): void;
  onChange(): void;
}

/**
 * From "files were dropped" to "they are shared": uploads go on while somebody chooses who sees them, and sharing waits
 * for both. A folder of which a file failed is not shared by halves: it waits until the file is sent again or left out.
 */
export class Additions<F extends Blob = File> {
  readonly #additions = new Map<string, Addition>();
  readonly #reading = new Map<string, AbortController>();

  constructor(readonly options: AdditionsOptions<F>) {}

  get all(): readonly Addition[] {
    return [...this.#additions.values()];
  }

  /** The one that the dialog asks about. */
  get asking(): Addition | undefined {
    return this.all.find(({ decision }) => decision.kind === "asking");
  }

  get(batch: string): Addition | undefined {
    return this.#additions.get(batch);
  }

  /** Begins to read and send; resolves when everything was read. */
  async begin(added: Added): Promise<void> {
    if (added.roots.length === 0) return;
    const { queue, newBatch, onGivenUp } = this.options;
    const batch = newBatch();
    const controller = new AbortController();
    this.#reading.set(batch, controller);
    this.#put({ batch, roots: added.roots, decision: { kind: "asking" }, isReading: true });
    try {
      for await (const found of added.read(controller.signal)) this.#enqueue(batch, found);
      if (!controller.signal.aborted && queue.progress(batch).files === 0) throw new NothingFound();
    } catch (error) {
      const addition = this.#additions.get(batch);
      this.forget(batch);
      if (addition) onGivenUp(addition, error);
    }
    this.#reading.delete(batch);
    const addition = this.#additions.get(batch);
    if (!addition) return;
    this.#put({ ...addition, isReading: false });
    queue.close(batch);
  }

  #enqueue(batch: string, found: readonly FoundFile[]): void {
    const { queue } = this.options;
    const uploads = found.flatMap(({ file, folder, name }) =>
      file ? [{ batch, name, folder, size: file.size, file: file as unknown as F }] : []
    );
    queue.add(batch, uploads);
    for (const { file, folder, name, error } of found) {
      if (!file) queue.refuse({ batch, name, folder, size: 0, file: undefined as unknown as F }, error);
    }
  }

  /** Asks again about one that was kept, or about one of an earlier visit. */
  ask(batch: string, roots: Added["roots"]): void {
    const known = this.#additions.get(batch);
    this.#put({ ...known ?? { batch, roots, isReading: false }, decision: { kind: "asking" } });
  }

  choose(batch: string, choice: ChosenVisibility): void {
    const addition = this.#additions.get(batch);
    if (!addition) return;
    this.#put({ ...addition, decision: { kind: "chosen", choice } });
    this.settle(batch);
  }

  /** Nobody else sees it for now. */
  keep(batch: string): void {
    const addition = this.#additions.get(batch);
    if (!addition) return;
    this.#put({ ...addition, decision: { kind: "kept" } });
    this.settle(batch);
  }

  /** Stops it and forgets it; what has arrived is the caller's to discard. */
  forget(batch: string): void {
    this.#reading.get(batch)?.abort();
    this.#reading.delete(batch);
    this.#additions.delete(batch);
    this.options.queue.forget(batch);
    this.options.onChange();
  }

  /** Sends failed files again, and shares again where that failed. */
  retry(batch: string): void {
    const addition = this.#additions.get(batch);
    if (!addition || addition.decision.kind === "sharing") return;
    const { decision } = addition;
    if (decision.kind === "refused") this.#put({ ...addition, decision: { kind: "chosen", choice: decision.choice } });
    this.options.queue.retry(batch);
    this.settle(batch);
  }

  /** Goes on without the files that failed. */
  leaveOut(batch: string): void {
    this.options.queue.dismissFailures(batch);
    this.settle(batch);
  }

  /** Called when nothing of the addition moves any more: the next step, if there is one. */
  settle(batch: string): void {
    const addition = this.#additions.get(batch);
    const { queue } = this.options;
    if (!addition || addition.isReading || !queue.isSettled(batch)) return;
    const { decision } = addition;
    const { done, failures } = queue.progress(batch);
    const isFromBefore = !queue.has(batch);
    if (done === 0 && failures === 0 && !isFromBefore) return this.forget(batch);
    if (done === 0 && !isFromBefore) return;
    if (decision.kind === "kept" && failures === 0) this.#over(addition);
    if (decision.kind !== "chosen" || queue.hasFailed(batch, ({ folder }) => folder !== "")) return;
    void this.#share(addition, decision.choice);
  }

  async #share(addition: Addition, choice: ChosenVisibility): Promise<void> {
    const { share, onShared, onRefused } = this.options;
    const { batch } = addition;
    const decide = (decision: Decision) => {
      const current = this.#additions.get(batch);
      if (current) this.#put({ ...current, decision });
    };
    decide({ kind: "sharing", choice });
    try {
      await share(batch, choice);
    } catch (error) {
      decide({ kind: "refused", choice, error });
      return onRefused(addition, error);
    }
    this.options.queue.forgetDone(batch);
    if (this.options.queue.progress(batch).failures > 0) decide({ kind: "chosen", choice });
    else this.#over(addition);
    onShared(addition, choice);
  }

  #over({ batch }: Addition): void {
    this.#additions.delete(batch);
    this.options.queue.forget(batch);
    this.options.onChange();
  }

  #put(addition: Addition): void {
    this.#additions.set(addition.batch, addition);
    this.options.onChange();
  }
}
