import { fileURLToPath } from "node:url";
import { readRunFile, type RunFile } from "./data_folder.ts";
import { ownFile } from "./own_file.ts";

/**
 * V8 lets 16 MB of new objects gather twice over before it looks at them, and does not look at old ones before there are
 * far more, and keeps the memory of a worker that ended for 8 s. With these sizes a peer takes 20 to 25 MB less while it
 * transfers, and no more time. Every way to start the program says this.
 */
export const V8_FLAGS = "--v8-flags=--max-semi-space-size=1,--initial-heap-size=32,--memory-pool-timeout=1";

/** How to run this very program again, from source or as one executable. */
export function ownCommand(): { readonly program: string; readonly args: readonly string[] } {
  const file = ownFile();
  if (file !== undefined) return { program: file, args: [] };
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  return {
    program: Deno.execPath(),
    args: ["run", "-q", "--no-prompt", V8_FLAGS, "--config", config, "-P=essaim", main],
  };
}

/** A tracker or peer that runs as another process, which stops by itself when this one is gone. */
export interface Child {
  readonly pid: number;
  readonly ended: Promise<Deno.CommandStatus>;
  /** What run.json says once it is ready; undefined when it ended first or `limitMs` passed. */
  ready(limitMs: number): Promise<RunFile | undefined>;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when it has ended. */
  stop(graceMs: number): Promise<void>;
  kill(signal: Deno.Signal): void;
}

const LOOK_EVERY_MS = 50;
const LONGEST_LINE = 4_000; // characters

/** Starts `essaim ARGS`; `onLine` gets each line that it prints. `data`: its data folder, absolute. */
export function startChild(
  args: readonly string[],
  data: string,
  onLine: (line: string) => void,
  place: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Child {
  const own = ownCommand();
  const child = new Deno.Command(own.program, {
    args: [...own.args, ...args, "--data", data, "--stop-with-stdin"],
    ...place,
    stdin: "piped", // held open for as long as this process lives
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let over = false;
  const ended = child.status.finally(() => over = true);
  void eachLine(child.stdout, onLine);
  void eachLine(child.stderr, onLine);
  const kill = (signal: Deno.Signal) => {
    if (over) return;
    try {
      child.kill(signal);
    } catch {
      // it ended by itself
    }
  };
  return {
    pid: child.pid,
    ended,
    kill,
    async ready(limitMs) {
      const deadline = performance.now() + limitMs;
      while (!over && performance.now() < deadline) {
        const run = await readRunFile(data);
        if (run?.pid === child.pid) return run;
        await pause(LOOK_EVERY_MS);
      }
    },
    async stop(graceMs) {
      kill("SIGTERM");
      const timer = setTimeout(() => kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function eachLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>, onLine: (line: string) => void) {
  let rest = "";
  try {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = (lines.pop() ?? "").slice(-LONGEST_LINE);
      for (const line of lines) onLine(line.slice(0, LONGEST_LINE).replace(/\r$/, ""));
    }
  } catch {
    // the process was killed in the middle of a line
  }
  if (rest !== "") onLine(rest);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
