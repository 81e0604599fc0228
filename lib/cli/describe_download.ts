import type { Download } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { formatBytes, formatDuration, formatRate } from "../core/units.ts";
import { amount } from "./amount.ts";

export function percent({ done, size }: Pick<Download, "done" | "size">): number {
  return size === 0 ? 100 : Math.floor(Math.min(1, done / size) * 100);
}

/** Why bytes do not move at the moment, in a few words; "" while they do. */
export function standstill({ status, reason }: Download): string {
  switch (status) {
    case "queued":
      return "waiting for its turn";
    case "finding":
      return "looking for computers that have it";
    case "waiting":
      return printable(reason ?? "waiting; it goes on by itself");
    case "paused":
      return printable(reason ?? "paused");
    case "failed":
      return printable(reason ?? "it failed");
    case "fetching":
    case "complete":
      return "";
    default:
      return status satisfies never;
  }
}

/** "37 %  5.1 MB/s  12 s left  from 2 computers", or why it stands still. */
export function progressInWords(download: Download): string {
  const standing = standstill(download);
  if (standing !== "") return `${percent(download)} %  ${standing}`;
  const left = download.secondsLeft === undefined
    ? ""
    : `  ${formatDuration(Math.max(1, download.secondsLeft) * 1000)} left`;
  const from = amount(download.sources.filter(({ rate }) => rate > 0).length || download.sources.length, "computer");
  return `${percent(download)} %  ${formatRate(download.rate)}${left}  from ${from}`;
}

/** One line about a finished download; `ms`: how long it took when the peer does not say. */
export function resultInWords(download: Download, ms: number): string {
  const took = Date.parse(download.finishedAt ?? "") - Date.parse(download.createdAt);
  const seconds = Math.max(0.001, (Number.isFinite(took) && took > 0 ? took : ms) / 1000);
  const givers = download.sources.filter(({ bytes }) => bytes > 0).length;
  return printable(
    `${download.path ?? download.name}  ${formatBytes(download.size)} in ${seconds.toFixed(1)} s` +
      (givers === 0 ? "" : ` (${formatRate(download.size / seconds)}) from ${amount(givers, "computer")}`),
  );
}
