/**
 * How the one executable starts, beside the same program from source, alternated:
 * `deno run -A tests/bench/start.ts [--rounds 5] [--file dist/essaim] [--dir DIR]`.
 * Without `--file` it is made first. Exits with 1 when a requirement is not met.
 */

import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ownCommand } from "../../lib/cli/child.ts";
import { judge, median, table } from "./table.ts";
import { openWorkplace, parseCount, runBenchmark } from "./workplace.ts";

const LATER_BELOW = 1.3; // times from source
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

const MILESTONES = ["version", "ready", "page"] as const;
type Milestone = typeof MILESTONES[number];
const WHAT: Record<Milestone, string> = {
  version: "essaim --version has ended",
  ready: "a peer is ready",
  page: "its first page is there",
};

await runBenchmark(async (signal) => {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "5" }, file: { type: "string" }, dir: { type: "string" } },
  });
  const rounds = parseCount("--rounds", values.rounds);
  // Not in memory: below /dev, Deno lets a program with the permissions of a peer write nothing.
  await using workplace = await openWorkplace(values.dir ?? tmpdir(), 0);
  const file = values.file === undefined ? await compileInto(workplace.path, signal) : await Deno.realPath(values.file);
  const inHome = (home: string): Program => {
    return { program: file, args: [], env: { HOME: `${workplace.path}/${home}`, XDG_CACHE_HOME: "" } };
  };
  const sides: readonly Program[] = [{ ...ownCommand(), env: {} }, inHome("home")];

  const firsts: number[] = [];
  const times: Record<Milestone, [number[], number[]]> = { version: [[], []], ready: [[], []], page: [[], []] };
  for (let round = 0; round <= rounds; round++) {
    firsts.push(await seconds(inHome(`home-${round}`), ["--version"], signal));
    for (const [side, program] of sides.entries()) {
      const started = {
        version: await seconds(program, ["--version"], signal),
        ...await startPeer(program, `${workplace.path}/peer-${side}`, signal),
      };
      if (round === 0) continue; // makes keys and databases, and what Deno keeps of the modules
      for (const milestone of MILESTONES) times[milestone][side as 0 | 1].push(started[milestone]);
    }
  }

  const { size } = await Deno.stat(file);
  console.log(`${(size / 1e6).toFixed(1)} MB; first start ${median(firsts).toFixed(2)} s (essaim --version)\n`);
  const medians = MILESTONES.map((milestone) => times[milestone].map(median) as [number, number]);
  const ratios = medians.map(([fromSource, later]) => later / fromSource);
  const rows = MILESTONES.map((milestone, row) => {
    return [WHAT[milestone], ...medians[row]!.map((value) => value.toFixed(3)), ratios[row]!.toFixed(2)];
  });
  console.log(`${table(["seconds until", "from source", "executable, later", "ratio"], rows)}\n`);
  return judge(MILESTONES.map((milestone, row) => {
    const what = `${WHAT[milestone]}, times from source`;
    return { what, measured: ratios[row]!, needed: { below: LATER_BELOW }, unit: "" };
  }));
});

async function compileInto(folder: string, signal: AbortSignal): Promise<string> {
  const file = `${folder}/essaim`;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", `${ROOT}scripts/compile.ts`, "--output", file],
    cwd: ROOT,
    signal,
  }).spawn().status;
  if (!success) throw new Error("It could not be compiled; see above.");
  return file;
}

async function seconds({ program, args, env }: Program, more: readonly string[], signal: AbortSignal): Promise<number> {
  const began = performance.now();
  const { success, stderr } = await new Deno.Command(program, { args: [...args, ...more], env, signal }).output();
  const took = (performance.now() - began) / 1_000;
  if (!success) throw new Error(`${program} ${more.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
  return took;
}

/** Starts a peer, asks for its first page, stops it. Seconds from the start of the process. */
async function startPeer({ program, args, env }: Program, data: string, signal: AbortSignal) {
  const ports = ["--ui-port", "0", "--port", "0", "--member-port", "0", "--udp-port", "0"];
  const began = performance.now();
  const child = new Deno.Command(program, {
    args: [...args, "peer", "--tracker", "", ...ports, "--data", data, "--json"],
    env,
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const run = await firstLine(child.stdout);
  const ready = (performance.now() - began) / 1_000;
  const { uiPort } = JSON.parse(run) as { readonly uiPort: number };
  const response = await fetch(`http://127.0.0.1:${uiPort}/files`, { signal });
  const text = await response.text();
  if (!response.ok || !text.endsWith("</html>")) throw new Error(`no page: ${response.status}`);
  const page = (performance.now() - began) / 1_000;
  child.kill("SIGTERM");
  const { code } = await child.status;
  if (code !== 0) throw new Error(`the peer ended with exit code ${code}`);
  return { ready, page };
}

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text;
}
