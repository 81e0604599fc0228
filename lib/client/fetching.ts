import { type Signal, signal } from "@preact/signals";
import type { FoundGroup } from "../core/found_groups.ts";
import type { FileId } from "../core/ids.ts";
import type { Download, FileDetails } from "../core/local_messages.ts";
import { visibleText } from "../core/visible_text.ts";
import { errorsTexts } from "../i18n/errors.ts";
import type { Language } from "../i18n/language.ts";
import { networkTexts } from "../i18n/network.ts";
import type { Api } from "./api.ts";
import type { Notices } from "./notices.ts";
import { reveal } from "./reveal.ts";

export interface FetchingParts {
  readonly lang: Language;
  readonly api: Pick<Api, "get" | "post">;
  readonly notices: Notices;
  /** Goes to another page. */
  go(address: string): void;
}

type Wanted = Pick<FoundGroup, "id" | "shareId" | "names">;

const READ_MS = 7_000;

/** What the buttons of Network start. Never throws: what fails is told in a notice. */
export class Fetching {
  /** Contents for which an answer is waited for. */
  readonly busy: Signal<ReadonlySet<FileId>> = signal(new Set());
  /** Downloads just begun, until the live events tell of them. */
  readonly begun: Signal<ReadonlyMap<FileId, Download>> = signal(new Map());

  constructor(readonly parts: FetchingParts) {}

  download(wanted: Wanted): Promise<void> {
    return this.#busyWith(wanted.id, () => this.#begin(wanted));
  }

  /** Asks once more who has it: begins when somebody does, else offers to begin when somebody will. */
  askAgain(wanted: Wanted): Promise<void> {
    return this.#busyWith(wanted.id, async () => {
      const { sources } = await this.parts.api.get<FileDetails>(`/api/files/${wanted.id}`);
      if (sources.length > 0) return await this.#begin(wanted);
      const t = networkTexts(this.parts.lang);
      this.parts.notices.add({
        kind: "info",
        text: t.stillNobody(visibleText(wanted.names[0])),
        action: { label: t.fetchLater, run: () => this.download(wanted) },
      });
    });
  }

  /** Opens the folder of a finished download, or says which one it is. */
  reveal(id: FileId, downloadId: string): Promise<void> {
    return this.#busyWith(id, async () => {
      const { api, notices, lang } = this.parts;
      const place = await reveal(api, downloadId);
      if (place) notices.info(networkTexts(lang).revealed(visibleText(place)));
    });
  }

  async #begin({ id, shareId, names }: Wanted): Promise<void> {
    const { api, notices, lang, go } = this.parts;
    const download = await api.post<Download>("/api/downloads", { fileId: id, shareId });
    this.begun.value = new Map(this.begun.value).set(id, download);
    const t = networkTexts(lang);
    notices.add({
      kind: "done",
      text: t.started(visibleText(names[0])),
      action: { label: t.seeTransfers, run: () => go("/transfers") },
      forMs: READ_MS,
    });
  }

  async #busyWith(id: FileId, work: () => Promise<void>): Promise<void> {
    if (this.busy.value.has(id)) return;
    this.busy.value = new Set(this.busy.value).add(id);
    try {
      await work();
    } catch (error) {
      this.parts.notices.failed(error, errorsTexts(this.parts.lang));
    }
    const left = new Set(this.busy.value);
    left.delete(id);
    this.busy.value = left;
  }
}
