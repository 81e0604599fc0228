/**
 * The pages: size of their scripts, time of the server, of a search and of a start, beside other web interfaces.
 * `deno run -A tests/bench/web.ts [--shares 10000] [--known 100000] [--rounds 5] [--dir DIR]`. Exits with 1 when a
 * requirement is not met.
 */

import type { Browser } from "playwright-core";
import { parseArgs } from "node:util";
import { launchChromium } from "../browser/chromium.ts";
import { startPeer, startTracker } from "./essaim_process.ts";
import { GIB, openWorkplace, parseCount, runBenchmark } from "./workplace.ts";
import { judge, median, type Requirement, table } from "./table.ts";
import { essaimPages, fillTracker, writeSharedFiles } from "./web_essaim.ts";
import { keystrokeToResult, scriptsOf, serverTime } from "./web_measures.ts";
import { RIVALS, startToPage, type WebInterface } from "./web_rivals.ts";

const SCRIPT_KB = { plain: 40, charts: 70 };
const RENDER_BELOW_MS = 20;
const SEARCH_BELOW_MS = 100;
const START_BELOW_S = 1.5;
const PAGES_WITH_CHARTS: ReadonlySet<string> = new Set(["/", "tracker /"]);

await runBenchmark(async (signal) => {
  const { values } = parseArgs({
    options: {
      shares: { type: "string", default: "10000" },
      known: { type: "string", default: "100000" },
      rounds: { type: "string", default: "5" },
      dir: { type: "string" },
    },
  });
  const [shares, known, rounds] = [
    parseCount("--shares", values.shares),
    parseCount("--known", values.known),
    parseCount("--rounds", values.rounds),
  ];
  await using workplace = await openWorkplace(values.dir, GIB);
  await using browser = await launchChromium();
  const requirements = [
    ...await loadedPages(browser, workplace.path, { shares, known, rounds }, signal),
    ...await starts(browser, workplace.path, rounds, signal),
  ];
  return judge(requirements);
});

/** A peer with many shares at a tracker that knows many more. */
async function loadedPages(
  browser: Browser,
  dir: string,
  { shares, known, rounds }: { shares: number; known: number; rounds: number },
  signal: AbortSignal,
): Promise<Requirement[]> {
  await Deno.mkdir(`${dir}/tracker`, { recursive: true });
  fillTracker(`${dir}/tracker/tracker.db`, known);
  await writeSharedFiles(`${dir}/peer/shared_files`, shares, signal);
  await using tracker = await startTracker(`${dir}/tracker`, signal);
  await using peer = await startPeer(`${dir}/peer`, `http://127.0.0.1:${tracker.port}`, signal);
  const pages = await essaimPages(peer, tracker, shares);

  const requirements: Requirement[] = [];
  const rows: string[][] = [];
  for (const { title, url, cookie } of pages) {
    const scriptKb = await scriptsOf(browser, url) / 1000;
    const ms = await serverTime(url, cookie, rounds * 20);
    const allowed = PAGES_WITH_CHARTS.has(title) ? SCRIPT_KB.charts : SCRIPT_KB.plain;
    rows.push([title, scriptKb.toFixed(1), ms.toFixed(1)]);
    requirements.push(
      { what: `scripts of ${title}, gzip`, measured: scriptKb, needed: { below: allowed }, unit: " KB" },
      { what: `server time of ${title}`, measured: ms, needed: { below: RENDER_BELOW_MS }, unit: " ms" },
    );
  }
  console.log(table([`${shares} shares, ${known} known`, "scripts KB gzip", "server ms"], rows));
  const network = pages.find(({ title }) => title === "/network")!;
  const searched = await keystrokeToResult(browser, network.url, "photo 4711", rounds);
  requirements.push({
    what: `last key to painted result of ${known} known files`,
    measured: searched,
    needed: { below: SEARCH_BELOW_MS },
    unit: " ms",
  });
  return requirements;
}

/** From the start of the process to its first page, loaded in the browser; rivals in the same rounds. */
async function starts(browser: Browser, dir: string, rounds: number, signal: AbortSignal): Promise<Requirement[]> {
  const contestants: WebInterface[] = RIVALS.filter((rival) => {
    const missing = rival.missing();
    if (missing.length > 0) console.log(`${rival.title} is left out: not installed: ${missing.join(", ")}`);
    return missing.length === 0;
  });
  const seconds = new Map<string, number[]>();
  const scriptKb = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) {
      const measured = await startToPage(browser, contestant, `${dir}/${contestant.title}-${round}`, signal);
      seconds.set(contestant.title, [...seconds.get(contestant.title) ?? [], measured.seconds]);
      scriptKb.set(contestant.title, measured.scriptBytes / 1000);
    }
  }
  const own = median(seconds.get("Essaim")!);
  console.log(table(
    ["first page of an empty program", "start to page s", "÷ Essaim", "scripts KB gzip"],
    contestants.map(({ title }) => {
      const taken = median(seconds.get(title)!);
      return [title, taken.toFixed(2), (taken / own).toFixed(2), scriptKb.get(title)!.toFixed(1)];
    }),
  ));
  return [{ what: "start to first page", measured: own, needed: { below: START_BELOW_S }, unit: " s" }];
}
