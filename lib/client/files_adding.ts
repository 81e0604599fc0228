import { type Signal, signal } from "@preact/signals";
import type { ChosenVisibility, LocalShare, UploadBatch } from "../core/local_messages.ts";
import { type Addition, Additions } from "./additions.ts";
import { api } from "./api.ts";
import { type Added } from "./dropped_files.ts";
import { sleep } from "./latest_only.ts";
import { pauseBefore, sendFile } from "./upload_request.ts";
import { UploadQueue } from "./upload_queue.ts";

const PARALLEL = 2;
/** As often as progress is drawn. */
const DRAW_EVERY_MS = 150;
/** Making shares of what arrived may mean hashing many gigabytes. */
const SHARE_MS = 30 * 60_000;
const LAST_CHOICE = "essaim.visibility";

/** What is told to the person about an addition. */
export interface AddingNotices {
  shared(addition: Addition, choice: ChosenVisibility): void;
  givenUp(addition: Addition, error: unknown): void;
  refused(addition: Addition, error: unknown): void;
}

/** What is being added on the page, and what of earlier additions waits for a choice, as signals. */
export class FilesAdding {
  /** Added before and not chosen for, without those that are asked about or on their way now. */
  readonly pending: Signal<readonly UploadBatch[]>;
  readonly queue: UploadQueue<File>;
  readonly additions: Additions;
  readonly #version = signal(0);
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #reads = 0;

  constructor(pending: readonly UploadBatch[], notices: AddingNotices) {
    this.pending = signal(pending);
    this.queue = new UploadQueue<File>({
      parallel: PARALLEL,
      send: sendFile,
      pause: pauseBefore,
      sleep,
      now: () => performance.now(),
      onChange: () => this.#drawSoon(),
      onSettled: (batch) => {
        this.additions.settle(batch);
        void this.readPending();
      },
    });
    this.additions = new Additions({
      queue: this.queue,
      newBatch: () => Array.from(crypto.getRandomValues(new Uint8Array(8)), hex).join(""),
      share: (batch, choice) =>
        api.post<LocalShare[]>(`/api/uploads/${batch}/share`, choice, { timeoutMs: SHARE_MS })
          .finally(() => this.readPending()),
      onShared: notices.shared,
      onRefused: notices.refused,
      onGivenUp: (addition, error) => {
        notices.givenUp(addition, error);
        void api.delete(`/api/uploads/${addition.batch}`).catch(() => {});
      },
      onChange: () => {
        this.#version.value = this.#version.peek() + 1;
      },
    });
  }

  /** Reading it in a component draws it again when something moves. */
  get all(): readonly Addition[] {
    this.#version.value;
    return this.additions.all;
  }

  /** The addition that the dialog asks about. */
  get asking(): Addition | undefined {
    this.#version.value;
    return this.additions.asking;
  }

  /** Whether something would be lost if the page were left now. */
  get isBusy(): boolean {
    return this.queue.isBusy || this.additions.all.some(({ isReading }) => isReading);
  }

  begin(added: Added): void {
    void this.additions.begin(added);
  }

  choose(batch: string, choice: ChosenVisibility): void {
    rememberChoice(choice);
    this.additions.choose(batch, choice);
  }

  /** Moves what has arrived to the bin; `restore` takes it back out. */
  async discard(batch: string): Promise<void> {
    this.additions.forget(batch);
    this.pending.value = this.pending.value.filter((other) => other.batch !== batch);
    await api.delete(`/api/uploads/${batch}`).finally(() => this.readPending());
  }

  async restore(batch: string): Promise<void> {
    await api.post(`/api/uploads/${batch}/restore`);
    await this.readPending();
  }

  async readPending(): Promise<void> {
    const read = ++this.#reads;
    try {
      const pending = await api.get<UploadBatch[]>("/api/uploads");
      if (read === this.#reads) this.pending.value = pending;
    } catch {
      // What is shown stays; the frame says when nothing answers.
    }
  }

  #drawSoon(): void {
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      this.#version.value = this.#version.peek() + 1;
    }, DRAW_EVERY_MS);
  }
}

/** With which the dialog opens. */
export function lastChoice(): ChosenVisibility {
  try {
    const { visibility, allow } = JSON.parse(localStorage.getItem(LAST_CHOICE) ?? "{}");
    if (visibility === "class") return { visibility };
    if (visibility === "private" && Array.isArray(allow)) return { visibility, allow };
  } catch {
    // A browser that keeps nothing, or something else under this name.
  }
  return { visibility: "public" };
}

function rememberChoice(choice: ChosenVisibility): void {
  try {
    localStorage.setItem(LAST_CHOICE, JSON.stringify(choice));
  } catch {
    // A browser that keeps nothing.
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
