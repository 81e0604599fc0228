import { asEssaimError } from "../core/errors.ts";
import type { LocalActivity } from "../core/local_messages.ts";
import type { Clock, Log } from "../ports.ts";
import type { ActivityStore } from "../store_ports.ts";

/** Lines remembered, over restarts too. */
export const MAX_LINES = 1_000;
const STORED_EVERY_MS = 1_000;
/** Who comes and goes is of today. */
const PASSING: ReadonlySet<LocalActivity["kind"]> = new Set(["peer-joined", "peer-left"]);

/** What happened on this computer lately. It is stored once a second: the last of it may be lost when the power fails. */
export class ActivityLog implements AsyncDisposable {
  /** Oldest first. */
  readonly #lines: LocalActivity[];
  #unstored: LocalActivity[] = [];
  #lastId: number;
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(readonly store: ActivityStore, readonly clock: Clock, readonly log: Log) {
    this.#lines = store.newest(MAX_LINES).reverse();
    this.#lastId = this.#lines.at(-1)?.id ?? 0;
  }

  /** `beforeStoring` is called as often as lines are stored. */
  start(beforeStoring: () => void = () => {}): void {
    this.#loop = this.#run(beforeStoring);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** Of the newest line; 0: there is none. */
  get lastId(): number {
    return this.#lastId;
  }

  note(line: Omit<LocalActivity, "id" | "at">): void {
    const noted = { id: ++this.#lastId, at: new Date(this.clock.now()).toISOString(), ...line };
    this.#lines.push(noted);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    if (PASSING.has(line.kind)) return;
    this.#unstored.push(noted);
    if (this.#unstored.length > MAX_LINES) this.#unstored.shift();
  }

  /** Newest first. */
  list(limit: number): LocalActivity[] {
    return this.#lines.slice(-Math.max(1, limit)).reverse();
  }

  /** Those after the line with this id, oldest first. */
  since(id: number): LocalActivity[] {
    let first = this.#lines.length;
    while (first > 0 && this.#lines[first - 1]!.id > id) first--;
    return this.#lines.slice(first);
  }

  async #run(beforeStoring: () => void): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.clock.sleep(STORED_EVERY_MS, this.#stop.signal).catch(() => {});
      beforeStoring();
      this.#storeAll();
    }
  }

  /** What cannot be stored now is tried again; a full disk stops nothing. */
  #storeAll(): void {
    if (this.#unstored.length === 0) return;
    try {
      this.store.add(this.#unstored, MAX_LINES);
      this.#unstored = [];
    } catch (error) {
      this.log.debug("activity-unstored", asEssaimError(error).message);
    }
  }
}
