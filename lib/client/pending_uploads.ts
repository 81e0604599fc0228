import { type Signal, signal } from "@preact/signals";
import type { UploadBatch } from "../core/local_messages.ts";
import { api } from "./api.ts";

/** What was added and waits for a choice of who sees it, as the program keeps it. */
export class PendingUploads {
  readonly list: Signal<readonly UploadBatch[]>;
  #reads = 0;

  constructor(first: readonly UploadBatch[]) {
    this.list = signal(first);
  }

  async read(): Promise<void> {
    const read = ++this.#reads;
    try {
      const list = await api.get<UploadBatch[]>("/api/uploads");
      if (read === this.#reads) this.list.value = list;
    } catch {
      // What is shown stays; the frame says when nothing answers.
    }
  }

  /** Moves a batch to the bin; `restore` takes it out again. */
  async discard(batch: string): Promise<void> {
    this.list.value = this.list.value.filter((other) => other.batch !== batch);
    await api.delete(`/api/uploads/${batch}`).finally(() => this.read());
  }

  async restore(batch: string): Promise<void> {
    await api.post(`/api/uploads/${batch}/restore`);
    await this.read();
  }
}
