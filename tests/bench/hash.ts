/**
 * How fast a running peer hashes a new file, against openssl:
 * `deno run -A tests/bench/hash.ts [--size 1GiB] [--rounds 5] [--dir DIR]`.
 * The time is from asking the peer to share the file to its answer: hashed twice (chunks and whole), signed, stored and
 * announced. The whole command `share`, with its own start, stands beside it. Exits with 1 when the requirement is not met.
 */

import { parseArgs } from "node:util";
import { connectLocalPeer } from "../../lib/cli/local_api.ts";
import { missingEssaim, share, startPeer, startTracker } from "./essaim_process.ts";
import { missingPrograms, run } from "./run.ts";
import { judge, median, table } from "./table.ts";
import { createTestFile } from "./test_file.ts";
import { openWorkplace, parseCount, parseSize, runBenchmark } from "./workplace.ts";

const NEEDED_RATIO = 0.8;
const COPIES_THAT_MUST_FIT = 3; // the file, a copy if the peer makes one, and room to breathe

await runBenchmark(async (signal) => {
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "1GiB" },
      rounds: { type: "string", default: "5" },
      dir: { type: "string" },
    },
  });
  const size = parseSize(values.size);
  const rounds = parseCount("--rounds", values.rounds);
  const missing = [...missingEssaim(), ...missingPrograms(["openssl"])];
  if (missing.length) throw new Error(`not installed: ${missing.join(", ")}`);

  await using workplace = await openWorkplace(values.dir, size * COPIES_THAT_MUST_FIT);
  await using tracker = await startTracker(`${workplace.path}/tracker`, signal);
  await using peer = await startPeer(`${workplace.path}/peer`, `http://127.0.0.1:${tracker.port}`, signal);

  const api = await connectLocalPeer(peer.dir);
  const seconds = { essaim: [] as number[], command: [] as number[], openssl: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const source = `${workplace.path}/source-${round}`;
    await Deno.mkdir(source);
    const { path } = await createTestFile(source, size, signal); // new, so that nothing is known of it
    await Deno.mkdir(`${source}/command`);
    const other = await createTestFile(`${source}/command`, size, signal);
    const measures = {
      essaim: async () => {
        const began = performance.now();
        const shared = await api.share(path);
        const seconds = (performance.now() - began) / 1_000;
        if (shared.size !== size) throw new Error(`share says ${shared.size} bytes of a file of ${size}`);
        return seconds;
      },
      command: async () => (await share(other.path, peer.dir, signal)).ran.seconds,
      openssl: async () => (await run("openssl", ["dgst", "-sha256", path], { signal })).seconds,
    };
    const order = round % 2 ? ["openssl", "command", "essaim"] as const : ["essaim", "command", "openssl"] as const;
    for (const name of order) seconds[name].push(await measures[name]());
    await Deno.remove(source, { recursive: true });
  }

  const row = (title: string, taken: readonly number[]) => {
    const middle = median(taken);
    return [title, middle.toFixed(2), (size / 1e6 / middle).toFixed(0)];
  };
  const head = [`medians, ${size / 1e6} MB`, "s", "MB/s"];
  const rows = [
    row("an Essaim peer", seconds.essaim),
    row("essaim share, the whole command", seconds.command),
    row("openssl dgst -sha256", seconds.openssl),
  ];
  console.log(table(head, rows));
  const measured = median(seconds.essaim.map((ours, round) => (seconds.openssl[round] ?? NaN) / ours));
  return judge([{ what: "rate ÷ openssl", measured, needed: { atLeast: NEEDED_RATIO }, unit: "" }]);
});
