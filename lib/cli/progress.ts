import type { Download } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { formatBytes } from "../core/units.ts";
import { percent, progressInWords, standstill } from "./describe_download.ts";
import { type Terminal, windowColumns } from "./terminal.ts";
import { cut, displayWidth, shorten } from "./width.ts";

/** Shows how a download goes on; `stop` leaves the terminal as it was. */
export interface Progress {
  show(download: Download): void;
  stop(): void;
}

/** What is used of cli-progress, which comes without types. */
interface CliProgress {
  readonly SingleBar: new (options: {
    readonly fps: number;
    readonly hideCursor: boolean;
    readonly linewrap: boolean;
    readonly gracefulExit: boolean;
    readonly clearOnComplete: boolean;
    readonly format: (options: unknown, params: { readonly progress: number }) => string;
  }) => { start(total: number, value: number): void; update(value: number): void; stop(): void };
}

const LINE_EVERY_MS = 5_000;
const LINE_EVERY_PERCENT = 10;
const FRAMES_PER_SECOND = 8;
const BAR_CELLS = 20;
const SHORTEST_BAR = 6;
const LONGEST_NAME = 32; // cells; leaves room for the rest in 80 columns
const SHORTEST_NAME = 12;
const MEASURED_MS = 5_000; // how far back a rate that the peer does not tell is measured

/** A moving bar where a person looks, plain lines elsewhere (pipes, logs, screen readers with TERM=dumb). */
export async function openProgress(terminal: Terminal, first: Download, now: () => number): Promise<Progress> {
  const progress = terminal.live ? await bar(first) : plainLines(terminal, now);
  const withRate = measuring(now);
  return { show: (download) => progress.show(withRate(download)), stop: () => progress.stop() };
}

/** Adds the rate and the time left, from what came in the last seconds, where the peer says nothing (many small files). */
export function measuring(now: () => number): (download: Download) => Download {
  let seen: { readonly at: number; readonly done: number }[] = [];
  return (download) => {
    const at = now();
    if (download.status !== "fetching") seen = [];
    seen.push({ at, done: download.done });
    while (seen.length > 2 && (seen[1]?.at ?? at) < at - MEASURED_MS) seen.shift();
    const [first = { at, done: download.done }] = seen;
    const rate = (download.done - first.done) / ((at - first.at) / 1_000);
    if (download.rate > 0 || !(rate > 0) || !Number.isFinite(rate)) return download;
    return { ...download, rate, secondsLeft: (download.size - download.done) / rate };
  };
}

/** One line at the start, one each 10 % or 5 s, one when the state changes. */
export function plainLines(terminal: Terminal, now: () => number): Progress {
  let last: { percent: number; standing: string; at: number } | undefined;
  return {
    show(download) {
      if (last === undefined) {
        terminal.remark(
          `Fetching ${printable(download.name)} (${formatBytes(download.size)}), shared by ${
            printable(download.owner)
          }`,
        );
      }
      const standing = standstill(download);
      const here = { percent: percent(download), standing, at: now() };
      const moved = last === undefined || here.percent >= last.percent + LINE_EVERY_PERCENT;
      const news = standing !== "" && standing !== last?.standing;
      const due = last !== undefined && standing === "" && here.at >= last.at + LINE_EVERY_MS;
      const ended = download.status === "complete" || download.status === "failed"; // told by the command itself
      if (ended || !(moved || news || due)) {
        last ??= here;
        return;
      }
      last = here;
      terminal.remark(progressInWords(download));
    },
    stop() {},
  };
}

async function bar(first: Download): Promise<Progress> {
  const { default: cliProgress }: { default: CliProgress } = await import("cli-progress");
  let latest = first;
  const bar = new cliProgress.SingleBar({
    fps: FRAMES_PER_SECOND,
    hideCursor: true,
    linewrap: false,
    gracefulExit: false, // Ctrl-C is ours
    clearOnComplete: true,
    format: (_, { progress }) => barLine(latest, progress, BAR_CELLS, windowColumns()),
  });
  bar.start(1, fraction(first));
  return {
    show(download) {
      latest = download;
      bar.update(fraction(download));
    },
    stop: () => bar.stop(),
  };
}

function fraction({ done, size }: Download): number {
  return size === 0 ? 1 : Math.min(1, done / size);
}

/**
 * "notes.pdf  ████░░░░  37 %  5.1 MB/s  12 s left  from 2 computers" in one line of the window: the name is shortened
 * first, then the bar, the words last.
 */
export function barLine(download: Download, progress: number, size: number, columns: number): string {
  const name = printable(download.name);
  const words = progressInWords(download);
  const room = columns - 1 - displayWidth(words) - 2 * GAP.length;
  const nameCells = Math.min(displayWidth(name), LONGEST_NAME, Math.max(SHORTEST_NAME, room - size));
  const left = Math.min(size, room - nameCells);
  const cells = left < SHORTEST_BAR ? 0 : left;
  const full = Math.round(cells * progress);
  const bar = `${"█".repeat(full)}${"░".repeat(cells - full)}`;
  return cut([shorten(name, nameCells), bar, words].filter((part) => part !== "").join(GAP), Math.max(1, columns - 1));
}

const GAP = "  ";
