/** Starts programs: `run` waits for the end and says what it cost, `startService` keeps it running until disposed. */

import { setTimeout as delay } from "node:timers/promises";
import { cpuSeconds, killFamily, resetPeak } from "./processes.ts";

const STOP_WITHIN_MS = 7_000; // a peer promises 5 s
const LOG_TAIL_CHARS = 2_000;

export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

export interface Ran extends Cost {
  readonly stdout: string;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
}

/** Runs a program to its end under GNU time. Throws with its stderr when it fails. */
export async function run(program: string, args: readonly string[], { signal, cwd }: RunOptions): Promise<Ran> {
  signal.throwIfAborted();
  const costFile = await Deno.makeTempFile({ prefix: "essaim-bench-cost-" });
  try {
    const command = new Deno.Command("/usr/bin/time", {
      args: ["-f", "%U %S %M", "-o", costFile, program, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      cwd,
    });
    const start = performance.now();
    const child = command.spawn();
    const kill = () => killFamily(child.pid, "SIGTERM");
    signal.addEventListener("abort", kill);
    const { code, stdout, stderr } = await child.output();
    const seconds = (performance.now() - start) / 1000;
    signal.removeEventListener("abort", kill);
    signal.throwIfAborted();
    const decoder = new TextDecoder();
    if (code !== 0) {
      const said = (decoder.decode(stderr) + decoder.decode(stdout)).trim().slice(-LOG_TAIL_CHARS);
      throw new Error(`${program} ended with exit code ${code}: ${said}`);
    }
    const [user = 0, system = 0, peakKib = 0] = (await Deno.readTextFile(costFile)).trim().split(" ").map(Number);
    return { seconds, cpuSeconds: user + system, peakBytes: peakKib * 1024, stdout: decoder.decode(stdout) };
  } finally {
    await Deno.remove(costFile);
  }
}

export interface Service extends AsyncDisposable {
  readonly pid: number;
  /** Retries `probe` until it gives a value; throws with the end of the log if the service dies or `limitMs` passes. */
  until<T>(what: string, probe: () => Promise<T | undefined>, limitMs: number, everyMs?: number): Promise<T>;
}

export interface ServiceOptions extends RunOptions {
  /** Receives everything the service prints. */
  readonly log: string;
}

/** Starts a long-running program. Disposing it sends SIGTERM to it and its descendants, then SIGKILL. */
export function startService(command: readonly string[], { signal, cwd, log }: ServiceOptions): Service {
  signal.throwIfAborted();
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "sh", log, ...command], // exec keeps the pid
    stdin: "null",
    stdout: "null",
    stderr: "null",
    cwd,
  }).spawn();
  const kill = () => killFamily(child.pid, "SIGTERM");
  signal.addEventListener("abort", kill);
  let ended: number | undefined;
  const end = child.status.then(({ code }) => ended = code);

  return {
    pid: child.pid,
    async until(what, probe, limitMs, everyMs = 20) {
      const deadline = performance.now() + limitMs;
      while (true) {
        signal.throwIfAborted();
        const found = await probe();
        if (found !== undefined) return found;
        const why = ended !== undefined ? `it ended with exit code ${ended}` : `not within ${limitMs} ms`;
        if (ended !== undefined || performance.now() > deadline) {
          const said = (await Deno.readTextFile(log)).slice(-LOG_TAIL_CHARS);
          throw new Error(`${command.join(" ")}: waited for ${what}, but ${why}. Its log ends with:\n${said}`);
        }
        await delay(everyMs);
      }
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", kill);
      kill();
      const stubborn = setTimeout(() => killFamily(child.pid, "SIGKILL"), STOP_WITHIN_MS);
      await end;
      clearTimeout(stubborn);
    },
  };
}

/**
 * CPU time that the services use while `work` runs, in warm memory enough for a copy of so many bytes and 1 GiB more.
 * Their peaks of memory count from then on.
 */
export async function cpuDuring<T>(
  services: readonly Service[],
  bytes: number,
  work: () => Promise<T>,
): Promise<[T, number]> {
  await warmMemory(bytes);
  for (const { pid } of services) resetPeak(pid);
  const total = () => services.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  const before = total();
  const result = await work();
  return [result, total() - before];
}

/**
 * To be called right before what is timed. In a virtual machine the first use of a page takes the host up to 10 µs, also
 * seconds after it was free: by chance one contestant would pay for it and another would not.
 */
export async function warmMemory(bytes: number): Promise<void> {
  const size = Math.ceil(bytes / 2 ** 30) + 1;
  const args = ["if=/dev/zero", "of=/dev/null", `bs=${size}G`, "count=1", "iflag=fullblock", "status=none"];
  const { code } = await new Deno.Command("dd", { args }).output();
  if (code !== 0) throw new Error(`dd could not use ${size} GiB of memory; free some.`);
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Names of the programs that are not on the PATH. */
export function missingPrograms(programs: readonly string[]): string[] {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return programs.filter((program) => !folders.some((folder) => isFile(`${folder}/${program}`)));
}

export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
