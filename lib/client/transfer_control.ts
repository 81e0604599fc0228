import { type Signal, signal } from "@preact/signals";
import type { Download } from "../core/local_messages.ts";
import { errorsTexts } from "../i18n/errors.ts";
import type { Language } from "../i18n/language.ts";
import { transfersTexts } from "../i18n/transfers.ts";
import { allOf } from "./all_of.ts";
import { type Api, ClientError } from "./api.ts";
import type { Notices } from "./notices.ts";
import { reveal } from "./reveal.ts";
import { offerToTakeBack } from "./take_back.ts";
import { canPause, canResume } from "../core/transfer_list.ts";
import { visibleText } from "../core/visible_text.ts";

export interface TransferControlParts {
  readonly lang: Language;
  readonly api: Pick<Api, "get" | "post" | "delete">;
  readonly notices: Notices;
}

const path = (id: string, action = "") => `/api/downloads/${id}${action}`;

/** What the buttons of Transfers do. Never throws: what fails is told in a notice. */
export class TransferControl {
  /** An answer is waited for. */
  readonly busy: Signal<ReadonlySet<string>> = signal(new Set());
  /** Taken out of the lists; for as long as a notice offers it, this can be taken back. */
  readonly hidden: Signal<ReadonlySet<string>> = signal(new Set());

  constructor(readonly parts: TransferControlParts) {}

  pause({ id }: Download): Promise<void> {
    return this.#busyWith(id, () => this.#post(id, "/pause"));
  }

  resume({ id }: Download): Promise<void> {
    return this.#busyWith(id, () => this.#post(id, "/resume"));
  }

  retry({ id }: Download): Promise<void> {
    return this.#busyWith(id, () => this.#post(id, "/retry"));
  }

  pauseAll(downloads: readonly Download[]): Promise<void> {
    return this.#withAll(downloads.filter(canPause), ({ id }) => this.#post(id, "/pause"));
  }

  resumeAll(downloads: readonly Download[]): Promise<void> {
    return this.#withAll(downloads.filter(canResume), ({ id }) => this.#post(id, "/resume"));
  }

  /** Pauses it at once and deletes it when it cannot be taken back any more: left in between, it stays paused. */
  async cancel(download: Download): Promise<void> {
    const { id, name } = download;
    const isRunning = canPause(download);
    this.#hide([id]);
    if (isRunning && !await this.#told(() => this.#post(id, "/pause"))) return this.#show([id]);
    this.#offer(this.#texts.cancelled.notice(visibleText(name)), {
      undo: async () => {
        this.#show([id]);
        if (isRunning) await this.#told(() => this.#post(id, "/resume"));
      },
      finish: async () => {
        if (!await this.#told(() => this.#remove(id))) this.#show([id]);
      },
    });
  }

  /** Takes a finished one out of the list; its file stays. */
  forget({ id, name }: Download): void {
    this.#hide([id]);
    this.#offer(this.#texts.forgotten.one(visibleText(name)), {
      undo: () => this.#show([id]),
      finish: async () => {
        if (!await this.#told(() => this.#remove(id))) this.#show([id]);
      },
    });
  }

  /** Takes all finished ones out of the list; those that finish later stay. */
  async clear(): Promise<void> {
    await this.#told(async () => {
      const all = await this.parts.api.get<Download[]>("/api/downloads");
      const finished = all.filter(({ status }) => status === "complete");
      const ids = finished.map(({ id }) => id);
      this.#hide(ids);
      this.#offer(this.#texts.forgotten.all(ids.length), {
        undo: () => this.#show(ids),
        finish: () => this.#withAll(finished, ({ id }) => this.#remove(id)),
      });
    });
  }

  /** Opens the folder it lies in, or says which one it is where there is no desktop to open it on. */
  reveal({ id, path, out }: Download): Promise<void> {
    return this.#busyWith(id, async () => {
      const { api, notices } = this.parts;
      const place = await reveal(api, id);
      if (place !== undefined) notices.info(this.#texts.revealed(visibleText(place || path || out)));
    });
  }

  get #texts() {
    return transfersTexts(this.parts.lang);
  }

  #offer(text: string, { undo, finish }: { undo(): void | Promise<void>; finish(): Promise<void> }): void {
    offerToTakeBack(this.parts.notices, { text, label: this.#texts.cancelled.undo, undo, finish });
  }

  async #post(id: string, action: string): Promise<void> {
    await this.parts.api.post(path(id, action));
  }

  /** Somebody else may have removed it before. */
  async #remove(id: string): Promise<void> {
    try {
      await this.parts.api.delete(path(id));
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== "not-found") throw error;
    }
  }

  async #busyWith(id: string, work: () => Promise<void>): Promise<void> {
    if (this.busy.value.has(id)) return;
    this.busy.value = new Set(this.busy.value).add(id);
    await this.#told(work);
    const left = new Set(this.busy.value);
    left.delete(id);
    this.busy.value = left;
  }

  /** Those with which it fails are shown again. */
  async #withAll(downloads: readonly Download[], work: (download: Download) => Promise<void>): Promise<void> {
    await allOf(downloads, async (download) => {
      if (!await this.#told(() => work(download))) this.#show([download.id]);
    });
  }

  /** Whether it went well; else a notice says why. */
  async #told(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.parts.notices.failed(error, errorsTexts(this.parts.lang));
      return false;
    }
  }

  #hide(ids: readonly string[]): void {
    this.hidden.value = new Set([...this.hidden.value, ...ids]);
  }

  #show(ids: readonly string[]): void {
    const hidden = new Set(this.hidden.value);
    for (const id of ids) hidden.delete(id);
    this.hidden.value = hidden;
  }
}
