import type { Download } from "./local_messages.ts";

/** Finished downloads on one page of the history. */
export const HISTORY_PAGE = 25;
/** Unfinished downloads shown before somebody asks for more. */
export const SHOWN = 100;

export interface TransferLists {
  /** Newest first. */
  readonly unfinished: readonly Download[];
  /** Last finished first. */
  readonly finished: readonly Download[];
}

/** The two lists of the page. `hidden`: those that somebody takes out and can still take back. */
export function transferLists(downloads: Iterable<Download>, hidden: ReadonlySet<string> = new Set()): TransferLists {
  const unfinished: Download[] = [];
  const finished: Download[] = [];
  for (const download of downloads) {
    if (!hidden.has(download.id)) (download.status === "complete" ? finished : unfinished).push(download);
  }
  return {
    unfinished: unfinished.sort((a, b) => compare(b.createdAt, a.createdAt) || compare(a.id, b.id)),
    finished: finished.sort((a, b) => compare(b.finishedAt ?? "", a.finishedAt ?? "") || compare(a.id, b.id)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether it would go on if nobody paused it. */
export function canPause({ status }: Download): boolean {
  return status !== "paused" && status !== "failed" && status !== "complete";
}

export function canResume({ status }: Download): boolean {
  return status === "paused";
}

/** Bytes a second of all together. */
export function overallRate(downloads: readonly Download[]): number {
  return downloads.reduce((sum, { rate }) => sum + rate, 0);
}

/** Where the bytes of a complete file are read. */
export function contentAddress(id: string): string {
  return `/api/downloads/${id}/content`;
}
