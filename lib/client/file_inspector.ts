import { type Signal, signal } from "@preact/signals";
import type { FileDetails } from "../core/local_messages.ts";
import { type Api, ClientError } from "./api.ts";
import { LatestOnly, sleep } from "./latest_only.ts";

/** The file whose details are open, and what is known of it. */
export class FileInspector {
  readonly id: Signal<string | undefined>;
  readonly details: Signal<FileDetails | undefined>;
  /** Code of the error for which they could not be had. */
  readonly failed: Signal<string | undefined> = signal(undefined);
  readonly #latest: LatestOnly<string, FileDetails>;

  /** `first`: what the server has put into the page. */
  constructor(api: Pick<Api, "get">, first?: { readonly id: string; readonly details?: FileDetails | undefined }) {
    this.id = signal(first?.id);
    this.details = signal(first?.details);
    this.#latest = new LatestOnly({
      ask: (id, signal) => api.get(`/api/files/${id}`, { signal }),
      tell: (outcome) => {
        if (outcome.kind === "answer") this.details.value = outcome.answer;
        const error = outcome.kind === "error" ? outcome.error : undefined;
        this.failed.value = error === undefined ? undefined : error instanceof ClientError ? error.code : "internal";
      },
      sleep,
    });
  }

  open(id: string): void {
    if (id !== this.id.value) this.details.value = undefined;
    this.id.value = id;
    this.refresh();
  }

  close(): void {
    this.#latest.stop();
    this.id.value = undefined;
    this.details.value = undefined;
    this.failed.value = undefined;
  }

  /** Who has how much changes while it is read. */
  refresh(): void {
    if (this.id.value !== undefined) this.#latest.ask(this.id.value);
  }
}
