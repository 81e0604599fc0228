/**
 * Essaim against other ways of moving one file from a sender to a receiver on this machine:
 * `deno run -A tests/bench/transfer.ts [--size 1GiB] [--rounds 5] [--only essaim,curl,…] [--dir DIR]`.
 * Exits with 1 when a file is delivered wrong or a requirement is not met.
 */

import { parseArgs } from "node:util";
import { type Contestant, type Measured, measureTransfers } from "./contestant.ts";
import { essaimPair, essaimSeeders } from "./essaim_pair.ts";
import { measuredOnly, type Outcome } from "./measure.ts";
import { nginxAria2 } from "./rival_aria2.ts";
import { nginxCurl, nginxCurlOpenssl } from "./rival_nginx_curl.ts";
import { qBittorrentPair } from "./rival_qbittorrent.ts";
import { rsyncDaemon } from "./rival_rsync.ts";
import { syncthingPair } from "./rival_syncthing.ts";
import { judge, median, type Requirement, table } from "./table.ts";
import { createTestFile } from "./test_file.ts";
import { openWorkplace, parseCount, parseSize, runBenchmark } from "./workplace.ts";

const fourSeeders = essaimSeeders(4);
const CONTESTANTS: Readonly<Record<string, Contestant>> = {
  curl: nginxCurl,
  openssl: nginxCurlOpenssl,
  rsync: rsyncDaemon,
  aria2: nginxAria2,
  syncthing: syncthingPair,
  qbittorrent: qBittorrentPair,
  essaim: essaimPair,
  seeders: fourSeeders,
};
/** Of Essaim's rate to that of each, in the same round. */
const NEEDED_RATIOS: ReadonlyMap<Contestant, number> = new Map([
  [nginxAria2, 1.35],
  [syncthingPair, 1.5],
  [qBittorrentPair, 2.3],
]);
/** Of the rate from four seeders to that from one. */
const NEEDED_OF_SEEDERS = 0.95;
const CPU_SECONDS_PER_GB = 3;
const PEAK_BELOW_MB = 120;
const COPIES_THAT_MUST_FIT = 4; // the file, a delivered one, and room for what others do in memory

const MIB = 1024 ** 2;
type Rounds = readonly Measured[];

await runBenchmark(async (signal) => {
  const options = parseOptions();
  await using workplace = await openWorkplace(options.dir, options.size * COPIES_THAT_MUST_FIT);
  const source = `${workplace.path}/source`;
  await Deno.mkdir(source);
  const file = await createTestFile(source, options.size, signal);
  const outcomes = await measureTransfers(options.contestants, { ...options, file, dir: workplace.path, signal });
  return report(outcomes, options.size);
});

function parseOptions() {
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "1GiB" },
      rounds: { type: "string", default: "5" },
      only: { type: "string", default: Object.keys(CONTESTANTS).join(",") },
      dir: { type: "string" },
    },
  });
  const contestants = values.only.split(",").map((name) => {
    const contestant = CONTESTANTS[name];
    if (contestant) return contestant;
    throw new Error(`--only ${name}: there is no such contestant. Known: ${Object.keys(CONTESTANTS).join(", ")}.`);
  });
  return { size: parseSize(values.size), rounds: parseCount("--rounds", values.rounds), contestants, dir: values.dir };
}

/** Prints everything; gives the exit code. */
function report(outcomes: ReadonlyMap<Contestant, Outcome<Measured>>, size: number): number {
  console.log();
  const { measured, failures } = measuredOnly(outcomes);
  if (measured.size) console.log(mediansTable(measured, size));
  const ours = measured.get(essaimPair);
  if (!ours) return failures ? 1 : 0;
  measured.delete(essaimPair);
  if (measured.size) console.log(`\n${ratiosTable(ours, measured)}`);
  console.log();
  const unmet = judge(requirements(ours, measured, size));
  return failures ? 1 : unmet;
}

function mediansTable(measured: ReadonlyMap<Contestant, Rounds>, size: number): string {
  const head = [`medians, ${size / 1e6} MB`, "s", "MB/s", "CPU s/GB", "peak MiB sender", "receiver"];
  const rows = [...measured].map(([{ title }, rounds]) => {
    const middle = (value: (one: Measured) => number) => median(rounds.map(value));
    return [
      title,
      middle((one) => one.seconds).toFixed(2),
      middle((one) => size / 1e6 / one.seconds).toFixed(0),
      middle((one) => one.cpuSeconds / (size / 1e9)).toFixed(2),
      middle((one) => one.senderPeakBytes / MIB).toFixed(0),
      middle((one) => one.receiverPeakBytes / MIB).toFixed(0),
    ];
  });
  return table(head, rows);
}

/** Our rate over theirs, in every round. */
function ratios(ours: Rounds, theirs: Rounds): number[] {
  return ours.map((our, round) => (theirs[round]?.seconds ?? NaN) / our.seconds);
}

function ratiosTable(ours: Rounds, rivals: ReadonlyMap<Contestant, Rounds>): string {
  const rows = [...rivals].map(([{ title }, theirs]) => {
    const each = ratios(ours, theirs);
    return [title, median(each).toFixed(2), Math.min(...each).toFixed(2), Math.max(...each).toFixed(2)];
  });
  return table(["Essaim's rate ÷ that of, in the same round", "median", "min", "max"], rows);
}

function requirements(ours: Rounds, others: ReadonlyMap<Contestant, Rounds>, size: number): Requirement[] {
  const rates = [...others].flatMap(([rival, theirs]): Requirement[] => {
    const atLeast = NEEDED_RATIOS.get(rival);
    if (atLeast === undefined) return [];
    return [{ what: `rate ÷ ${rival.title}`, measured: median(ratios(ours, theirs)), needed: { atLeast }, unit: "" }];
  });
  const peak = (side: string, value: (one: Measured) => number): Requirement => ({
    what: `highest memory of the ${side} in any round`,
    measured: Math.max(...ours.map(value)) / 1e6,
    needed: { below: PEAK_BELOW_MB },
    unit: " MB",
  });
  const many = others.get(fourSeeders);
  const cpu = median(ours.map(({ cpuSeconds }) => cpuSeconds / (size / 1e9)));
  return [
    ...rates,
    ...(many
      ? [{
        what: "rate from four seeders ÷ rate from one",
        measured: median(ratios(many, ours)),
        needed: { atLeast: NEEDED_OF_SEEDERS },
        unit: "",
      }]
      : []),
    { what: "CPU of both sides", measured: cpu, needed: { below: CPU_SECONDS_PER_GB }, unit: " s/GB" },
    peak("sender", (one) => one.senderPeakBytes),
    peak("receiver", (one) => one.receiverPeakBytes),
  ];
}
