import { signal } from "@preact/signals";
import type { ChosenVisibility, LocalShare } from "../core/local_messages.ts";
import { type Addition, Additions } from "./additions.ts";
import { api } from "./api.ts";
import { type Added } from "./dropped_files.ts";
import { rememberChoice } from "./last_choice.ts";
import { sleep } from "./latest_only.ts";
import type { PendingUploads } from "./pending_uploads.ts";
import { pauseBefore, sendFile } from "./upload_request.ts";
import { UploadQueue } from "./upload_queue.ts";

const PARALLEL = 2;
/** As often as progress is drawn. */
const DRAW_EVERY_MS = 150;
/** Making shares of what arrived may mean hashing many gigabytes. */
const SHARE_MS = 30 * 60_000;

/** What is told to the person about an addition. */
export interface AddingNotices {
  shared(addition: Addition, choice: ChosenVisibility): void;
  givenUp(addition: Addition, error: unknown): void;
  refused(addition: Addition, error: unknown): void;
}

/** What is being added on the page, as it moves. */
export class FilesAdding {
  readonly queue: UploadQueue<File>;
  readonly additions: Additions;
  readonly #version = signal(0);
  #drawing: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly pending: PendingUploads, notices: AddingNotices) {
    this.queue = new UploadQueue<File>({
      parallel: PARALLEL,
      send: sendFile,
      pause: pauseBefore,
      sleep,
      now: () => performance.now(),
      onChange: () => this.#drawSoon(),
      onSettled: (batch) => {
        this.additions.settle(batch);
        void pending.read();
      },
    });
    this.additions = new Additions({
      queue: this.queue,
      newBatch: () => Array.from(crypto.getRandomValues(new Uint8Array(8)), hex).join(""),
      share: (batch, choice) =>
        api.post<LocalShare[]>(`/api/uploads/${batch}/share`, choice, { timeoutMs: SHARE_MS })
          .finally(() => pending.read()),
      onShared: notices.shared,
      onRefused: notices.refused,
      onGivenUp: (addition, error) => {
        notices.givenUp(addition, error);
        void api.delete(`/api/uploads/${addition.batch}`).catch(() => {});
      },
      onChange: () => this.#draw(),
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

  /** Gives an addition up; what has arrived of it goes to the bin. */
  async stop(batch: string): Promise<void> {
    this.additions.forget(batch);
    await this.pending.discard(batch);
  }

  #drawSoon(): void {
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      this.#draw();
    }, DRAW_EVERY_MS);
  }

  #draw(): void {
    this.#version.value = this.#version.peek() + 1;
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
