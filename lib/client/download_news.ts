import type { DownloadNews } from "../core/found_groups.ts";
import type { FileId } from "../core/ids.ts";
import type { Download } from "../core/local_messages.ts";

/**
 * What the live list of downloads says about search results. Complete ones count only from `since` on (milliseconds):
 * earlier ones are known by the search itself, which looked whether their file is still there.
 */
export class DownloadWatch {
  readonly #seen = new Set<string>();

  constructor(readonly since: number) {}

  /** `begun`: those that the list may not contain yet. */
  news(downloads: ReadonlyMap<string, Download>, begun: ReadonlyMap<FileId, Download>): DownloadNews {
    const byFile = new Map<FileId, Download>();
    for (const download of [...begun.values()].filter(({ id }) => !this.#seen.has(id))) {
      byFile.set(download.fileId, download);
    }
    for (const download of downloads.values()) {
      this.#seen.add(download.id);
      if (this.#isNews(download)) byFile.set(download.fileId, later(byFile.get(download.fileId), download));
    }
    return { byFile, gone: new Set([...this.#seen].filter((id) => !downloads.has(id))) };
  }

  #isNews({ status, finishedAt }: Download): boolean {
    return status !== "complete" || finishedAt !== undefined && Date.parse(finishedAt) >= this.since;
  }
}

function later(one: Download | undefined, other: Download): Download {
  return one && one.createdAt > other.createdAt ? one : other;
}
