import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Child } from "../../lib/cli/child.ts";
import { removeOwnRunFile } from "../../lib/cli/data_folder.ts";
import { backoffMs, supervise } from "../../lib/cli/supervise.ts";
import { essaimCommand, MAIN } from "./cli_runner.ts";

/** How one invented life of a process goes: was it ready, after how long and how did it end? */
interface Life {
  readonly ready: boolean;
  readonly code: number;
  readonly signal?: Deno.Signal;
  readonly lasts: number;
}

/** Supervises invented processes in invented time; what was said and waited comes back. */
async function lives(script: readonly Life[]) {
  const said: string[] = [];
  const waited: number[] = [];
  let time = 0;
  let started = 0;
  const ward = { name: "bob", args: [], data: "data/peer-2" };
  const supervised = supervise(ward, {
    say: (_, line) => void said.push(line),
    now: () => time,
    pause: (ms) => Promise.resolve(void waited.push(ms)),
    start(): Child {
      const life = script[started++];
      if (!life) throw new Error("started too often");
      return {
        pid: started,
        ended: Promise.resolve().then(() => {
          time += life.lasts;
          return { code: life.code, signal: life.signal ?? null, success: life.code === 0 };
        }),
        ready: () => Promise.resolve(life.ready ? { pid: started } : undefined),
        stop: () => Promise.resolve(),
        kill() {},
      };
    },
  });
  return { well: await supervised.over, run: await supervised.ready, said, waited, started };
}

const CRASH: Life = { ready: true, code: 137, signal: "SIGKILL", lasts: 10 };

Deno.test("a process that crashes is started again, later each time, and given up after the fifth quick crash", async () => {
  const { well, started, waited, said } = await lives([CRASH, CRASH, CRASH, CRASH, CRASH]);
  assert.equal(started, 5);
  assert.equal(well, false);
  assert.deepEqual(waited, [1_000, 2_000, 4_000, 8_000]);
  assert.match(said.at(-1) ?? "", /Not started again; its log is in data\/peer-2\/logs/);
});

Deno.test("a process that ran well for a while begins with a clean sheet", async () => {
  const long = { ...CRASH, lasts: 60_000 };
  const { waited } = await lives([CRASH, CRASH, long, long, CRASH, { ...CRASH, code: 0 }]);
  assert.deepEqual(waited, [1_000, 2_000, 1_000, 1_000, 2_000]);
});

Deno.test("a process that refuses to start is not started again", async () => {
  const { well, run, started, said } = await lives([{ ready: false, code: 1, lasts: 10 }]);
  assert.equal(started, 1);
  assert.equal(well, false);
  assert.equal(run, undefined);
  assert.match(said[0] ?? "", /does not start; the reason is above/);
});

Deno.test("a process that was stopped by somebody stays stopped", async () => {
  const { well, said } = await lives([{ ready: true, code: 0, lasts: 10 }]);
  assert.equal(well, true);
  assert.match(said[0] ?? "", /stopped by somebody else/);
});

Deno.test("waits grow to half a minute and no further", () => {
  assert.deepEqual([1, 2, 5, 6, 50].map(backoffMs), [1_000, 2_000, 16_000, 30_000, 30_000]);
});

Deno.test("a tracker whose supervisor is gone stops cleanly within 5 s", async () => {
  const data = await Deno.makeTempDir({ prefix: "essaim-cli-" });
  const args = ["tracker", "--port", "0", "--member-port", "0", "--data", data, "--stop-with-stdin", "--json"];
  const child = essaimCommand(args, { stdin: "piped" }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assert.equal(JSON.parse(new TextDecoder().decode(value)).pid, child.pid);
  const began = performance.now();
  await child.stdin.close();
  const { code } = await child.status;
  assert.equal(code, 0);
  assert.ok(performance.now() - began < 5_000);
  await assert.rejects(Deno.stat(`${data}/run.json`), Deno.errors.NotFound);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  await Deno.remove(data, { recursive: true });
});

Deno.test("one Ctrl-C that arrives three times still stops a tracker cleanly", async () => {
  const data = await Deno.makeTempDir({ prefix: "essaim-cli-" });
  const args = ["tracker", "--port", "0", "--member-port", "0", "--data", data, "--stop-with-stdin", "--json"];
  const child = essaimCommand(args, { stdin: "piped" }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGINT");
  child.kill("SIGTERM");
  await child.stdin.close();
  await new Promise((resolve) => setTimeout(resolve, 3));
  child.kill("SIGINT");
  assert.equal((await child.status).code, 0);
  await assert.rejects(Deno.stat(`${data}/run.json`), Deno.errors.NotFound);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  await Deno.remove(data, { recursive: true });
});

Deno.test("a program that has no time to stop properly takes its run file away, and no other's", async () => {
  const data = await Deno.makeTempDir({ prefix: "essaim-cli-" });
  for (const [pid, left] of [[Deno.pid, false], [Deno.pid + 1, true]] as const) {
    await Deno.writeTextFile(`${data}/run.json`, JSON.stringify({ pid }));
    removeOwnRunFile(data);
    assert.equal(await Deno.stat(`${data}/run.json`).then(() => true, () => false), left);
  }
  removeOwnRunFile(`${data}/nowhere`);
  await Deno.remove(data, { recursive: true });
});

for (const where of ["in a named data folder", "beside the config.yaml of the working folder"]) {
  Deno.test(`start ${where} stops when its tracker's port is taken, instead of letting peers join what answers there`, async () => {
    using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
    const folder = await Deno.makeTempDir({ prefix: "essaim-cli-" });
    await Deno.writeTextFile(`${folder}/config.yaml`, "{}");
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const data = where === "in a named data folder" ? ["--data", `${folder}/named`] : [];
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--no-prompt", "--config", config, "-P=start", MAIN],
        ...["start", "--port", `${listener.addr.port}`, ...data],
      ],
      cwd: folder,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(30_000),
    });
    const { code, stdout, stderr } = await child.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(code, 1, err);
    assert.match(out!, new RegExp(`tracker .*port ${listener.addr.port} is already in use`), err);
    assert.doesNotMatch(out!, /alice/);
    assert.match(err!, /Nothing was started.*start --port/);
    await Deno.remove(folder, { recursive: true });
  });
}
