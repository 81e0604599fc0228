import { type Signal, signal } from "@preact/signals";
import type { DroppedItem } from "../../lib/client/dropped_items.ts";
import type { FilesAdding } from "../../lib/client/files_adding.ts";
import { LazyScript } from "../../lib/client/lazy_script.ts";
import { PendingUploads } from "../../lib/client/pending_uploads.ts";
import type { UploadBatch } from "../../lib/core/local_messages.ts";
import type { Language } from "../../lib/i18n/language.ts";

type Script = typeof import("./adding_script.ts");

/** Adding files, whose script is loaded when something is added first. */
export class Adder {
  readonly script: LazyScript<Script> = new LazyScript(() => import("./adding_script.ts"));
  /** Undefined until something was added. */
  readonly adding: Signal<FilesAdding | undefined> = signal(undefined);
  readonly pending: PendingUploads;

  constructor(pending: readonly UploadBatch[], readonly lang: Language, readonly onShared: () => void) {
    this.pending = new PendingUploads(pending);
  }

  async drop(items: readonly DroppedItem[]): Promise<void> {
    const script = await this.#ready();
    if (script) this.adding.value!.begin(script.addedByDrop(items));
  }

  async choose(files: readonly File[]): Promise<void> {
    const script = await this.#ready();
    if (script) this.adding.value!.begin(script.addedByChoice(files));
  }

  /** Asks about files that were added before. */
  async ask({ batch, entries }: UploadBatch): Promise<void> {
    if (await this.#ready()) this.adding.value!.additions.ask(batch, entries);
  }

  async #ready(): Promise<Script | undefined> {
    const script = await this.script.get(this.lang);
    if (script) {
      this.adding.value ??= new script.FilesAdding(this.pending, script.addingNotices(this.lang, this.onShared));
    }
    return script;
  }
}
