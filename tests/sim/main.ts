/**
 * Swarms in virtual time, by the very core that the program runs: how long one file takes to reach everybody, against
 * the least time possible. `deno task sim [--peers 30,300,10000] [--seed 1] [--runs 5] [--chunks 64] [--rate 100]
 * [--delay 1] [--loss 0] [--churn 0] [--wifi 0]`. Rates in Mbit/s, delays in ms one way, loss and churn as parts of 1:
 * `--churn 0.2` lets a fifth of the peers go away for five seconds. Of `runs` with seeds in a row (one where peers are
 * many) medians are printed. Exits with 1 when a requirement is not met, or somebody does not get the file.
 */

import { parseArgs } from "node:util";
import { parseConfig } from "../../lib/core/config.ts";
import { downloadLimits } from "../../lib/core/download_limits.ts";
import { parseFileId } from "../../lib/core/ids.ts";
import { DEFAULT_CHUNK_SIZE } from "../../lib/core/manifest.ts";
import { judge, median, type Requirement, table } from "../bench/table.ts";
import { lowerBound, sharedAir, wired } from "./links.ts";
import { type Outcome, type Scenario, simulate } from "./swarm_sim.ts";

const BYTES_A_MBIT = 125_000;
/** Of all that is known of a large swarm, one hears of so many. */
const MOST_KNOWN = 16;
const MANY = 200;
/** Milliseconds of virtual time a step. */
const STEP_MS = { few: 1, many: 10 };
const AWAY_MS = 5_000;
const GIVE_UP_MS = 3_600_000;
const NEEDED = new Map([[30, 1.2], [10_000, 1.5]]);

const { values } = parseArgs({
  options: {
    peers: { type: "string", default: "30,300,10000" },
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "5" },
    chunks: { type: "string", default: "64" },
    rate: { type: "string", default: "100" },
    delay: { type: "string", default: "1" },
    loss: { type: "string", default: "0" },
    churn: { type: "string", default: "0" },
    wifi: { type: "string", default: "0" },
  },
});

const counts = values.peers.split(",").map((count) => whole("peers", count));
const [firstSeed, runs, chunks] = [whole("seed"), whole("runs"), whole("chunks")];
const [rate, delayMs] = [from0("rate") * BYTES_A_MBIT, from0("delay")];
const [loss, churn, wifi] = [part("loss"), part("churn"), from0("wifi") * BYTES_A_MBIT];
if (rate === 0) throw wrong("rate", values.rate, "a number above 0");
const { config } = parseConfig({ files: [], env: {}, flags: {} });
const size = chunks * DEFAULT_CHUNK_SIZE;

const medium = wifi > 0 ? `one Wi-Fi of ${values.wifi}` : `links of ${values.rate}`;
console.log(`${size / 1e6} MB in ${chunks} chunks, ${medium} Mbit/s, seeds from ${firstSeed} on`);
const requirements: Requirement[] = [];
const rows = counts.map(rowOf);
const head = ["peers", "runs", "bound s", "first s", "middle s", "last s", "÷ bound", "copies", "duplicates", "took s"];
console.log(`${table(head, rows)}\n`);
Deno.exitCode = judge(requirements);

function rowOf(count: number): string[] {
  const begun = performance.now();
  const outcomes = Array.from(
    { length: count < MANY ? runs : 1 },
    (_, run) => simulate(scenario(count, firstSeed + run)),
  );
  const took = (performance.now() - begun) / 1_000;
  const middle = (of: (outcome: Outcome) => number) => median(outcomes.map(of));
  const bound = wifi > 0 ? count * size / wifi : lowerBound(size, chunks, count, rate);
  const last = middle(({ times }) => times.length === count ? times.at(-1)! : Infinity);
  const complete = Math.min(...outcomes.map(({ times }) => times.length));
  if (complete < count) {
    requirements.push({ what: "peers with the file", measured: complete, needed: { atLeast: count }, unit: "" });
  }
  const below = loss === 0 && churn === 0 && wifi === 0 ? NEEDED.get(count) : undefined;
  if (below) {
    requirements.push({ what: `${count} peers, last ÷ bound`, measured: last / bound, needed: { below }, unit: "" });
  }
  return [
    ...[`${count}`, `${outcomes.length}`, bound.toFixed(2), middle(({ times }) => times[0] ?? Infinity).toFixed(2)],
    ...[middle(({ times }) => median(times)).toFixed(2), last.toFixed(2), (last / bound).toFixed(2)],
    ...[middle(({ copies }) => copies).toFixed(2), `${(100 * middle(({ duplicates }) => duplicates)).toFixed(1)} %`],
    took.toFixed(1),
  ];
}

function scenario(count: number, seed: number): Scenario {
  const away = Array.from({ length: Math.round(churn * count) }, (_, index) => {
    const from = 1_000 + (index * 7_919) % 4_000;
    return { peer: index + 1, from, until: from + AWAY_MS };
  });
  const links = { up: rate, down: rate, delayMs, loss };
  return {
    ...{ manifest: { id: parseFileId("00".repeat(32)), size, chunkSize: DEFAULT_CHUNK_SIZE }, seed, away },
    ...{ peers: count + 1, known: count < MANY ? count : MOST_KNOWN },
    network: wifi > 0 ? sharedAir(wifi, delayMs) : wired(count + 1, links),
    limits: downloadLimits(config),
    uploadSlots: config.limits.uploadSlots,
    stepMs: count < MANY ? STEP_MS.few : STEP_MS.many,
    endMs: GIVE_UP_MS,
  };
}

function whole(name: keyof typeof values, text = values[name]): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw wrong(name, text, "whole numbers from 1 on");
  return value;
}

function from0(name: keyof typeof values): number {
  const value = Number(values[name]);
  if (!(value >= 0)) throw wrong(name, values[name], "a number from 0 on");
  return value;
}

function part(name: keyof typeof values): number {
  const value = Number(values[name]);
  if (!(value >= 0 && value < 1)) throw wrong(name, values[name], "a part of 1, such as 0.05");
  return value;
}

function wrong(name: string, given: string, wanted: string): Error {
  return new Error(`--${name} ${given}: give ${wanted}.`);
}
