/**
 * Files that are not for everybody, beside Syncthing; joining a class; deciding who may read:
 * `deno run -A tests/bench/private.ts [--size 1GiB] [--rounds 3] [--joining 30] [--dir DIR]`.
 * Exits with 1 when a file is delivered wrong or a requirement is not met.
 */

import { parseArgs } from "node:util";
import { localApi } from "../../lib/cli/local_api.ts";
import { findLocalPeer } from "../../lib/cli/data_folder.ts";
import type { ClassId, PeerId, UserId } from "../../lib/core/ids.ts";
import { givable, type MemberCaller, type Readers } from "../../lib/core/permission.ts";
import { type Contestant, type Measured, measureTransfers } from "./contestant.ts";
import { privatePair } from "./essaim_pair.ts";
import { type EssaimProcess, join, joinLink, startPeer, startTracker } from "./essaim_process.ts";
import type { Outcome } from "./measure.ts";
import { syncthingPair } from "./rival_syncthing.ts";
import { judge, median, type Requirement, table } from "./table.ts";
import { createTestFile } from "./test_file.ts";
import { openWorkplace, parseCount, parseSize, runBenchmark } from "./workplace.ts";

const MB = 1e6;
const NEEDED_RATE = 118; // MB/s, a full gigabit link
const NEEDED_RATIO = 0.75;
const PEAK_BELOW_MB = 200;
const COPIES_THAT_MUST_FIT = 4; // the file, a delivered one, and room for what others do in memory
/** A share that names a whole year of a school. */
const ALLOWED_USERS = 200;
const DECISIONS = 200_000;

await runBenchmark(async (signal) => {
  const options = parseOptions();
  await using workplace = await openWorkplace(options.dir, options.size * COPIES_THAT_MUST_FIT);
  const requirements = [
    ...await measureTransfer(options, workplace.path, signal),
    ...await measureJoining(options.joining, `${workplace.path}/class`, signal),
    ...measureDecisions(),
  ];
  console.log();
  return judge(requirements);
});

function parseOptions() {
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "1GiB" },
      rounds: { type: "string", default: "3" },
      joining: { type: "string", default: "30" },
      dir: { type: "string" },
    },
  });
  return {
    size: parseSize(values.size),
    rounds: parseCount("--rounds", values.rounds),
    joining: parseCount("--joining", values.joining),
    dir: values.dir,
  };
}

async function measureTransfer(
  { size, rounds }: { readonly size: number; readonly rounds: number },
  dir: string,
  signal: AbortSignal,
): Promise<Requirement[]> {
  const source = `${dir}/source`;
  await Deno.mkdir(source);
  const file = await createTestFile(source, size, signal);
  const outcomes = await measureTransfers([syncthingPair, privatePair], { file, dir, rounds, signal });
  await Deno.remove(source, { recursive: true });
  const ours = roundsOf(privatePair, outcomes);
  if (!ours) throw new Error("A private file was not delivered.");
  const theirs = roundsOf(syncthingPair, outcomes);
  console.log(`\n${mediansTable([[privatePair, ours], ...(theirs ? [[syncthingPair, theirs] as const] : [])], size)}`);

  const rate = median(ours.map(({ seconds }) => size / MB / seconds));
  const peak = (side: string, value: (one: Measured) => number): Requirement => ({
    what: `highest memory of the ${side} in any round`,
    measured: Math.max(...ours.map(value)) / MB,
    needed: { below: PEAK_BELOW_MB },
    unit: " MB",
  });
  const ratio = (theirs: readonly Measured[]) => median(ours.map((our, round) => theirs[round]!.seconds / our.seconds));
  return [
    { what: "private transfer", measured: rate, needed: { atLeast: NEEDED_RATE }, unit: " MB/s" },
    ...(theirs
      ? [{ what: "rate ÷ Syncthing", measured: ratio(theirs), needed: { atLeast: NEEDED_RATIO }, unit: "" }]
      : []),
    peak("sender", (one) => one.senderPeakBytes),
    peak("receiver", (one) => one.receiverPeakBytes),
  ];
}

/** Undefined, with a word why, when there is nothing to compare. */
function roundsOf(
  contestant: Contestant,
  outcomes: ReadonlyMap<Contestant, Outcome<Measured>>,
): readonly Measured[] | undefined {
  const outcome = outcomes.get(contestant)!;
  if (outcome.kind === "measured") return outcome.rounds;
  const why = outcome.kind === "failed" ? outcome.why : outcome.missing.join(", ");
  console.error(`${contestant.title}: ${outcome.kind} (${why})`);
  return undefined;
}

function mediansTable(measured: readonly (readonly [Contestant, readonly Measured[]])[], size: number): string {
  const head = [`medians, ${size / MB} MB`, "s", "MB/s", "CPU s/GB", "peak MB sender", "receiver"];
  const rows = measured.map(([{ title }, rounds]) => {
    const middle = (value: (one: Measured) => number) => median(rounds.map(value));
    return [
      title,
      middle((one) => one.seconds).toFixed(2),
      middle((one) => size / MB / one.seconds).toFixed(0),
      middle((one) => one.cpuSeconds / (size / 1e9)).toFixed(2),
      middle((one) => one.senderPeakBytes / MB).toFixed(0),
      middle((one) => one.receiverPeakBytes / MB).toFixed(0),
    ];
  });
  return table(head, rows);
}

/** One computer by the command, from its start to its end; then many at the same moment, the last one counts. */
async function measureJoining(count: number, dir: string, signal: AbortSignal): Promise<Requirement[]> {
  await Deno.mkdir(dir);
  await using tracker = await startTracker(`${dir}/tracker`, signal);
  await using stack = new AsyncDisposableStack();
  const peers: EssaimProcess[] = [];
  for (let n = 0; n <= count; n++) {
    peers.push(stack.use(await startPeer(`${dir}/peer${n}`, `http://127.0.0.1:${tracker.port}`, signal)));
  }
  const [first, ...others] = peers;
  const link = await joinLink(tracker);
  const alone = await join(link, "first", first!.dir, signal);
  const apis = await Promise.all(others.map(async ({ dir }) => localApi(await findLocalPeer(dir))));
  const began = performance.now();
  await Promise.all(apis.map((api, n) => api.join({ link, name: `pupil ${n}` })));
  return [
    { what: "joining", measured: alone.seconds, needed: { below: 1 }, unit: " s" },
    {
      what: `${count} joining at once`,
      measured: (performance.now() - began) / 1000,
      needed: { below: 5 },
      unit: " s",
    },
  ];
}

/** What a peer decides at each request for a file: by the last of all who may, which takes longest. */
function measureDecisions(): Requirement[] {
  const users = Array.from({ length: ALLOWED_USERS }, (_, n) => n.toString(16).padStart(32, "0") as UserId);
  const classId = "c".repeat(64) as ClassId;
  const caller: MemberCaller = {
    kind: "member",
    address: "192.0.2.1",
    class: classId,
    peer: "d".repeat(32) as PeerId,
    user: users.at(-1)!,
  };
  const record: Readers & { until: number } = {
    visibility: "private",
    allow: users,
    user: "e".repeat(32) as UserId,
    class: classId,
    until: Infinity,
  };
  let allowed = 0;
  const began = performance.now();
  for (let n = 0; n < DECISIONS; n++) allowed += givable(caller, [record], n).length;
  const micros = (performance.now() - began) * 1_000 / DECISIONS;
  if (allowed !== DECISIONS) throw new Error("Somebody who may read was refused.");
  return [{ what: `deciding among ${ALLOWED_USERS} users`, measured: micros, needed: { below: 5 }, unit: " µs" }];
}
