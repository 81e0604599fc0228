/**
 * Essaim against other ways of moving a folder of many small files from a sender to a receiver on this machine:
 * `deno run -A tests/bench/folder.ts [--files 10000] [--bytes 4KiB] [--rounds 5] [--dir DIR]`.
 * Exits with 1 when a file is delivered wrong or a requirement is not met.
 */

import { parseArgs } from "node:util";
import type { Job, Measured, Transfer } from "./contestant.ts";
import { essaimTransfer } from "./essaim_pair.ts";
import { missingEssaim } from "./essaim_process.ts";
import { type Entrant, measure, measuredOnly } from "./measure.ts";
import { rsyncTransfer } from "./rival_rsync.ts";
import { syncthingTransfer } from "./rival_syncthing.ts";
import { missingPrograms } from "./run.ts";
import { judge, median, table } from "./table.ts";
import { checkTree, createTestTree, type TestTree } from "./test_tree.ts";
import { openWorkplace, parseCount, parseSize, runBenchmark } from "./workplace.ts";

const NEEDED_RATIO = 3;
const BYTES_THAT_MUST_FIT = 1024 ** 3; // small files take whole pages, and databases grow beside them

interface FolderEntrant extends Entrant {
  transfer(tree: TestTree, job: Pick<Job, "dir" | "signal">): Promise<Transfer>;
}

const rsync: FolderEntrant = {
  title: "rsync daemon",
  missing: () => missingPrograms(["rsync"]),
  transfer: rsyncTransfer,
};
const syncthing: FolderEntrant = {
  title: "Syncthing → Syncthing",
  missing: () => missingPrograms(["syncthing"]),
  transfer: ({ files, ...tree }, job) => syncthingTransfer({ ...tree, files: files.size }, job),
};
const ours: FolderEntrant = { title: "Essaim", missing: missingEssaim, transfer: essaimTransfer };

await runBenchmark(async (signal) => {
  const { values } = parseArgs({
    options: {
      files: { type: "string", default: "10000" },
      bytes: { type: "string", default: "4KiB" },
      rounds: { type: "string", default: "5" },
      dir: { type: "string" },
    },
  });
  const rounds = parseCount("--rounds", values.rounds);
  await using workplace = await openWorkplace(values.dir, BYTES_THAT_MUST_FIT);
  const source = `${workplace.path}/source`;
  await Deno.mkdir(source);
  const tree = await createTestTree(source, parseCount("--files", values.files), parseSize(values.bytes), signal);
  const outcomes = await measure<FolderEntrant, Measured>([rsync, syncthing, ours], {
    ...{ dir: workplace.path, rounds, signal },
    async attempt(entrant, dir) {
      const { delivered, ...measured } = await entrant.transfer(tree, { dir, signal });
      await checkTree(delivered, tree);
      return measured;
    },
  });
  console.log();
  const { measured, failures } = measuredOnly(outcomes);
  console.log(mediansTable(measured, tree));
  const [mine, theirs] = [measured.get(ours), measured.get(syncthing)];
  if (!mine || !theirs) return failures ? 1 : 0;
  const ratio = median(mine.map(({ seconds }, round) => theirs[round]!.seconds / seconds));
  console.log();
  const unmet = judge([{ what: "rate ÷ Syncthing", measured: ratio, needed: { atLeast: NEEDED_RATIO }, unit: "" }]);
  return failures ? 1 : unmet;
});

function mediansTable(measured: ReadonlyMap<FolderEntrant, readonly Measured[]>, { files, size }: TestTree): string {
  const head = [
    `medians, ${files.size} files, ${size / 1e6} MB`,
    "s",
    "files/s",
    "CPU s",
    "peak MB sender",
    "receiver",
  ];
  const rows = [...measured].map(([{ title }, rounds]) => {
    const middle = (value: (one: Measured) => number) => median(rounds.map(value));
    return [
      title,
      middle((one) => one.seconds).toFixed(2),
      middle((one) => files.size / one.seconds).toFixed(0),
      middle((one) => one.cpuSeconds).toFixed(2),
      middle((one) => one.senderPeakBytes / 1e6).toFixed(0),
      middle((one) => one.receiverPeakBytes / 1e6).toFixed(0),
    ];
  });
  return table(head, rows);
}
