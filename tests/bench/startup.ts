/**
 * How a peer with many unchanged small files starts and idles:
 * `deno run -A tests/bench/startup.ts [--files 10000] [--rounds 3] [--dir DIR]`.
 * A first start hashes all files; every measured one finds them unchanged. Exits with 1 when a requirement is not met.
 */

import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { essaim, type EssaimProcess, missingEssaim, startPeer, startTracker } from "./essaim_process.ts";
import { residentBytes } from "./processes.ts";
import { judge, median } from "./table.ts";
import { GIB, openWorkplace, parseCount, runBenchmark } from "./workplace.ts";

const READY_BELOW_S = 2;
const IDLE_BELOW_MB = 120;
const IDLE_AFTER_MS = 10_000;
const FILE_BYTES = 2_048;
const FILES_IN_A_FOLDER = 100;
const LISTED_WITHIN_MS = 300_000;
const LIST_EVERY_MS = 1_000; // each try is a whole command

await runBenchmark(async (signal) => {
  const { values } = parseArgs({
    options: {
      files: { type: "string", default: "10000" },
      rounds: { type: "string", default: "3" },
      dir: { type: "string" },
    },
  });
  const files = parseCount("--files", values.files);
  const rounds = parseCount("--rounds", values.rounds);
  if (missingEssaim().length) throw new Error("not installed: main.ts");

  await using workplace = await openWorkplace(values.dir, GIB);
  await using tracker = await startTracker(`${workplace.path}/tracker`, signal);
  const start = () => startPeer(`${workplace.path}/peer`, `http://127.0.0.1:${tracker.port}`, signal);
  await writeSmallFiles(`${workplace.path}/peer/shared_files`, files, signal);
  {
    await using first = await start();
    await untilListed(first, files, signal);
    console.log(`first start: ready in ${first.readySeconds.toFixed(2)} s, all ${files} files hashed and listed later`);
  }
  const ready: number[] = [];
  const idleBytes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await using peer = await start();
    ready.push(peer.readySeconds);
    await delay(IDLE_AFTER_MS, undefined, { signal });
    idleBytes.push(residentBytes(peer.service.pid));
    const listed = await countShares(peer, signal);
    if (listed !== files) throw new Error(`after a new start ${listed} of ${files} files are listed`);
  }
  return judge([
    { what: "ready with unchanged files", measured: median(ready), needed: { below: READY_BELOW_S }, unit: " s" },
    { what: "idle memory", measured: median(idleBytes) / 1e6, needed: { below: IDLE_BELOW_MB }, unit: " MB" },
  ]);
});

async function writeSmallFiles(dir: string, count: number, signal: AbortSignal): Promise<void> {
  for (let index = 0; index < count; index++) {
    signal.throwIfAborted();
    const folder = `${dir}/folder-${Math.floor(index / FILES_IN_A_FOLDER)}`;
    if (index % FILES_IN_A_FOLDER === 0) await Deno.mkdir(folder, { recursive: true });
    await Deno.writeFile(`${folder}/note-${index}.txt`, randomBytes(FILE_BYTES));
  }
}

async function countShares(peer: EssaimProcess, signal: AbortSignal): Promise<number> {
  const shares: readonly unknown[] = JSON.parse((await essaim(["shares", "--json"], peer.dir, signal)).stdout);
  return shares.length;
}

async function untilListed(peer: EssaimProcess, files: number, signal: AbortSignal): Promise<void> {
  const listed = async () => await countShares(peer, signal) >= files || undefined;
  await peer.service.until(`${files} listed files`, listed, LISTED_WITHIN_MS, LIST_EVERY_MS);
}
