/**
 * One file to a whole class, every computer with a link of its own: `deno run -A tests/bench/swarm.ts [--pupils 4,8,16]
 * [--rounds 5] [--only essaim,aria2,…] [--size 64MiB] [--rate 100] [--trace] [--dir DIR]`, as root on Linux. All programs run
 * before the time begins; it ends when the last pupil has the file. Exits with 1 when a file is delivered wrong or a
 * requirement is not met.
 */

import { parseArgs } from "node:util";
import { switched } from "../lan/networks.ts";
import { measure, measuredOnly } from "./measure.ts";
import { aria2Swarm } from "./swarm_aria2.ts";
import type { SwarmContestant } from "./swarm_contestant.ts";
import { essaimSwarm } from "./swarm_essaim.ts";
import { checkLinks, fileRate } from "./swarm_links.ts";
import { nginxSwarm } from "./swarm_nginx.ts";
import { qBittorrentSwarm } from "./swarm_qbittorrent.ts";
import { deliver, type Delivery } from "./swarm_round.ts";
import { SwarmTrace } from "./swarm_trace.ts";
import { judge, median, type Requirement, table } from "./table.ts";
import { createTestFile, PIECE_BYTES, type TestFile } from "./test_file.ts";
import { openWorkplace, parseCount, parseSize, runBenchmark } from "./workplace.ts";

const CONTESTANTS: Readonly<Record<string, SwarmContestant>> = {
  essaim: essaimSwarm,
  aria2: aria2Swarm,
  qbittorrent: qBittorrentSwarm,
  nginx: nginxSwarm,
};
/** Times the lower bound, by the number of pupils. */
const NEEDED_TIME: ReadonlyMap<number, number> = new Map([[4, 1.25], [8, 1.35], [16, 1.5]]);
/** Copies that the teacher may send, by the number of pupils. */
const NEEDED_COPIES: ReadonlyMap<number, number> = new Map([[8, 1.3]]);
const MEGABIT = 1_000_000;

type Rounds = readonly Delivery[];
type Options = ReturnType<typeof parseOptions>;

await runBenchmark(async (signal) => {
  const options = parseOptions();
  await using workplace = await openWorkplace(options.dir, options.size * (Math.max(...options.pupils) + 2));
  const source = `${workplace.path}/source`;
  await Deno.mkdir(source);
  const file = await createTestFile(source, options.size, signal);
  let failures = 0;
  const requirements: Requirement[] = [];
  for (const count of options.pupils) {
    const { measured, failed } = await classOf(count, options, file, workplace.path, signal);
    failures += failed;
    requirements.push(...report(measured, count, options));
  }
  console.log();
  const unmet = judge(requirements);
  return failures ? 1 : unmet;
});

function parseOptions() {
  const { values } = parseArgs({
    options: {
      pupils: { type: "string", default: [...NEEDED_TIME.keys()].join(",") },
      rounds: { type: "string", default: "5" },
      only: { type: "string", default: Object.keys(CONTESTANTS).join(",") },
      size: { type: "string", default: "64MiB" },
      rate: { type: "string", default: "100" },
      trace: { type: "boolean", default: false },
      dir: { type: "string" },
    },
  });
  const contestants = values.only.split(",").map((name) => {
    const contestant = CONTESTANTS[name];
    if (contestant) return contestant;
    throw new Error(`--only ${name}: there is no such contestant. Known: ${Object.keys(CONTESTANTS).join(", ")}.`);
  });
  return {
    pupils: values.pupils.split(",").map((count) => parseCount("--pupils", count)),
    rounds: parseCount("--rounds", values.rounds),
    size: parseSize(values.size),
    megabits: parseCount("--rate", values.rate),
    contestants,
    trace: values.trace,
    dir: values.dir,
  };
}

/** Seconds that no way of sending can go below: the teacher sends the file once, and the last chunk is handed on once. */
function lowerBound({ size, megabits }: Options): number {
  return (size + PIECE_BYTES) / fileRate(megabits * MEGABIT);
}

/** All rounds of all contestants with so many pupils, on computers of their own. */
async function classOf(count: number, options: Options, file: TestFile, dir: string, signal: AbortSignal) {
  const { megabits, contestants, rounds } = options;
  const room = await switched(count + 1);
  if (!room) throw new Error("This benchmark needs network namespaces: run it as root on Linux.");
  await using network = room;
  for (const desk of network.computers) {
    await desk.shape(`${megabits}mbit`);
    await desk.ip("route", "add", "224.0.0.0/4", "dev", "eth0"); // local peer discovery of BitTorrent is multicast
  }
  console.log(
    `\n${count} pupils, ${megabits} Mbit/s both ways (${await checkLinks(
      network.computers,
      megabits * MEGABIT,
      signal,
    )})`,
  );
  const trace = options.trace ? new SwarmTrace(megabits * MEGABIT) : undefined;
  const [teacher, ...pupils] = network.computers;
  const outcomes = await measure(contestants, {
    dir,
    rounds,
    signal,
    attempt: (contestant, dir) => deliver(contestant, { file, dir, teacher: teacher!, pupils, signal }, trace),
  });
  console.log();
  const { measured, failures } = measuredOnly(outcomes);
  return { measured, failed: failures };
}

/** Prints the medians; gives what is required of ours. */
function report(measured: ReadonlyMap<SwarmContestant, Rounds>, count: number, options: Options): Requirement[] {
  if (measured.size === 0) return [];
  const bound = lowerBound(options);
  const head = [
    `medians, ${options.size / 1e6} MB to ${count}, bound ${bound.toFixed(2)} s`,
    ...["first s", "middle s", "last s", "÷ bound", "best", "worst", "copies sent", "cores busy"],
  ];
  const rows = [...measured].map(([{ title }, rounds]) => {
    const middle = (value: (one: Delivery) => number) => median(rounds.map(value));
    const times = rounds.map(({ seconds }) => seconds / bound);
    return [
      title,
      middle((one) => one.firstSeconds).toFixed(2),
      middle((one) => one.medianSeconds).toFixed(2),
      middle((one) => one.seconds).toFixed(2),
      ...[median(times), Math.min(...times), Math.max(...times)].map((value) => value.toFixed(2)),
      middle((one) => one.copies).toFixed(2),
      `${(middle((one) => one.busy) * 100).toFixed(0)} %`,
    ];
  });
  console.log(table(head, rows));
  const ours = measured.get(essaimSwarm);
  if (!ours) return [];
  const need = (what: string, below: number | undefined, value: (one: Delivery) => number): Requirement[] =>
    below === undefined
      ? []
      : [{ what: `${what}, ${count} pupils`, measured: median(ours.map(value)), needed: { below }, unit: "" }];
  return [
    ...need("time of the last ÷ lower bound", NEEDED_TIME.get(count), ({ seconds }) => seconds / bound),
    ...need("copies that the first seeder sent", NEEDED_COPIES.get(count), ({ copies }) => copies),
  ];
}
