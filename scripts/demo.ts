import { createHash } from "node:crypto";
import { type Child, ownCommand, pause, startChild } from "../lib/cli/child.ts";
import { connectLocalPeer } from "../lib/cli/local_api.ts";
import type { Download } from "../lib/core/local_messages.ts";
import { formatBytes, formatRate } from "../lib/core/units.ts";

/**
 * `deno task demo`: a tracker and three peers as real processes share, find and fetch real files, from two peers at
 * once and over a kill -9. Exits 0 when every byte is right, or says what failed.
 */

const FILES = [["notes.bin", 5_000], ["photos.bin", 12_000_000], ["film.bin", 300_000_000]] as const;
const SLOWED = "60 MB/s"; // peer 3's limit, so that there is a middle in which to kill it
const KILL_AT = 0.4;
const READY_MS = 30_000;
const STEP_MS = 180_000;
const STOP_MS = 5_000;

type Peer = { readonly name: string; readonly data: string; child: Child };
type Shared = { readonly id: string; readonly name: string; readonly size: number };

class Demo implements AsyncDisposable {
  private readonly children: Child[] = [];
  private readonly said: string[] = [];

  constructor(readonly folder: string) {}

  /** Starts a tracker or peer on free ports and waits until it is ready. */
  async start(
    name: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Peer & { port: number }> {
    const data = `${this.folder}/${name}`;
    const child = startChild(args, data, (line) => {
      this.said.push(`${name}: ${line}`);
      if (this.said.length > 200) this.said.shift();
    }, { cwd: this.folder, env });
    this.children.push(child);
    const run = await child.ready(READY_MS);
    if (run === undefined) throw new Error(`${name} did not start:\n${this.log()}`);
    return { name, data, child, port: run.port ?? 0 };
  }

  startPeer(name: string, tracker: string, env: Record<string, string> = {}) {
    const ports = ["--ui-port", "0", "--port", "0", "--member-port", "0", "--udp-port", "0"];
    return this.start(name, ["peer", "--name", name, "--tracker", tracker, ...ports], env);
  }

  /** The last lines that the processes printed. */
  log(): string {
    return this.said.slice(-30).join("\n");
  }

  async [Symbol.asyncDispose]() {
    await Promise.all(this.children.map((child) => child.stop(STOP_MS)));
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Runs `essaim ARGS --json` for a peer and gives what it prints. */
async function essaim<T>(peer: Peer, args: readonly string[]): Promise<T> {
  const own = ownCommand();
  const { code, stdout, stderr } = await new Deno.Command(own.program, {
    args: [...own.args, ...args, "--json", "--data", peer.data],
    signal: AbortSignal.timeout(STEP_MS),
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`essaim ${args[0]} ended with exit code ${code}: ${decoder.decode(stderr).trim()}`);
  return JSON.parse(decoder.decode(stdout)) as T;
}

async function randomFile(path: string, size: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const block = new Uint8Array(65_536);
  for (let left = size; left > 0; left -= block.length) {
    crypto.getRandomValues(block);
    const part = block.subarray(0, Math.min(left, block.length));
    for (let at = 0; at < part.length;) at += await file.write(part.subarray(at));
  }
}

/** SHA-256 by `sha256sum` where it exists. */
async function sha256(path: string): Promise<string> {
  try {
    const { success, stdout } = await new Deno.Command("sha256sum", { args: [path] }).output();
    if (success) return new TextDecoder().decode(stdout).replace(/^\\/, "").slice(0, 64);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const part of file.readable) hash.update(part);
  return hash.digest("hex");
}

function say(text: string): void {
  console.log(text);
}

/** "12 MB in 0.4 s (30 MB/s): 7 MB from alice, 5 MB from bob". */
function account({ name, size, sources }: Download, ms: number): string {
  const parts = sources.filter(({ bytes }) => bytes > 0).map((from) => `${formatBytes(from.bytes)} from ${from.name}`);
  const rate = formatRate(size / (ms / 1_000));
  const who = parts.length > 0 ? `: ${parts.join(", ")}` : "";
  return `${name}: ${formatBytes(size)} in ${(ms / 1_000).toFixed(2)} s (${rate})${who}`;
}

/** `get`, then the comparison with the original. */
async function fetchAndCompare(peer: Peer, shared: Shared, original: string): Promise<Download> {
  const stop = new AbortController();
  const watching = watchSources(peer, shared, stop.signal);
  const began = performance.now();
  const finished = await essaim<Download>(peer, ["get", shared.id]);
  const took = performance.now() - began;
  stop.abort();
  const sources = await watching;
  const download = finished.sources.length > 0 ? finished : { ...finished, sources };
  const [expected, actual] = await Promise.all([sha256(original), sha256(download.path ?? "")]);
  if (expected !== actual) throw new Error(`${peer.name}'s ${shared.name} differs: ${actual} instead of ${expected}`);
  say(`  ${peer.name} got ${account(download, took)}; sha256 is the same`);
  return download;
}

/** What each source had given when it was last seen: a finished download may not name them any more. */
async function watchSources(peer: Peer, shared: Shared, signal: AbortSignal): Promise<Download["sources"]> {
  let last: Download["sources"] = [];
  try {
    for await (const { fileId, sources } of await (await connectLocalPeer(peer.data)).downloadEvents(signal)) {
      if (fileId === shared.id && sources.length > 0) last = sources;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return last;
}

/** Starts fetching, kills the peer in the middle, starts it again, and lets it finish. */
async function killAndResume(demo: Demo, peer: Peer, tracker: string, shared: Shared, original: string) {
  const api = await connectLocalPeer(peer.data);
  const { id } = await api.download({ fileId: shared.id as Download["fileId"] });
  const before = await until(async () => {
    const now = (await api.downloads()).find((download) => download.id === id);
    if (now?.status === "complete" || now?.status === "failed") {
      throw new Error(`${shared.name} was ${now.status} before ${peer.name} could be killed`);
    }
    return now !== undefined && now.done >= KILL_AT * now.size ? now : undefined;
  });
  peer.child.kill("SIGKILL");
  await peer.child.ended;
  say(`  kill -9 ${peer.name} at ${formatBytes(before.done)} of ${shared.name}; started again`);
  const again = await demo.startPeer(peer.name, tracker, { ESSAIM_LIMITS_DOWNLOAD_RATE: SLOWED });
  const restarted = await connectLocalPeer(again.data);
  const kept = await until(async () => {
    const now = (await restarted.downloads()).find((download) => download.id === id);
    return now !== undefined && now.done > 0 ? now : undefined;
  });
  say(`  it kept ${formatBytes(kept.done)} that it had verified`);
  await fetchAndCompare(again, shared, original);
}

/** Asks again and again until there is an answer. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + STEP_MS;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(20);
  }
  throw new Error("Waited too long.");
}

async function run(demo: Demo): Promise<void> {
  const originals = `${demo.folder}/originals`;
  await Deno.mkdir(originals);
  await Promise.all(FILES.map(([name, size]) => randomFile(`${originals}/${name}`, size)));
  say(`Random files of ${FILES.map(([, size]) => formatBytes(size)).join(", ")} in ${originals}`);

  const tracker = await demo.start("tracker", ["tracker", "--port", "0", "--member-port", "0"]);
  const url = `http://127.0.0.1:${tracker.port}`;
  const [alice, bob, chloe] = await Promise.all([
    demo.startPeer("alice", url),
    demo.startPeer("bob", url),
    demo.startPeer("chloe", url, { ESSAIM_LIMITS_DOWNLOAD_RATE: SLOWED }),
  ]);
  say(
    `A tracker (process ${tracker.child.pid}) and three peers (${
      [alice, bob, chloe].map(({ child }) => child.pid).join(", ")
    }) are ready`,
  );

  const shared = await essaim<Shared[]>(alice, ["share", ...FILES.map(([name]) => `${originals}/${name}`)]);
  say(`alice shares ${shared.map(({ name }) => name).join(", ")}`);
  const found = await until(async () => {
    const results = await essaim<Shared[]>(bob, ["search", "bin"]);
    return results.length >= FILES.length ? results : undefined;
  });
  say(`bob searches "bin" and finds ${found.map(({ name }) => name).join(", ")}`);

  say("bob fetches from alice:");
  for (const file of shared) await fetchAndCompare(bob, file, `${originals}/${file.name}`);
  say(`chloe fetches from alice and bob at once (at most ${SLOWED}):`);
  for (const file of shared.slice(0, -1)) await fetchAndCompare(chloe, file, `${originals}/${file.name}`);
  const film = shared.at(-1);
  if (film) await killAndResume(demo, chloe, url, film, `${originals}/${film.name}`);
}

async function main(): Promise<number> {
  const demo = new Demo(await Deno.makeTempDir({ prefix: "essaim-demo-" }));
  const interrupted = Promise.withResolvers<never>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupted.reject(new Error("interrupted")));
  }
  const began = performance.now();
  try {
    await using _ = demo;
    await Promise.race([run(demo), interrupted.promise]);
    say(`All is right, in ${((performance.now() - began) / 1_000).toFixed(1)} s.`);
    return 0;
  } catch (error) {
    console.error(`The demo failed: ${(error as Error).message}\n${demo.log()}`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
