import { type Child, pause, startChild } from "./child.ts";
import type { RunFile } from "./data_folder.ts";
import { EXIT } from "./exit_codes.ts";

/** A process to keep alive. */
export interface Ward {
  readonly name: string;
  readonly args: readonly string[];
  readonly data: string;
}

/** What the supervisor needs from outside; tests give their own. */
export interface Supervision {
  say(name: string, line: string): void;
  start(ward: Ward, onLine: (line: string) => void): Child;
  pause(ms: number): Promise<void>;
  now(): number;
}

export const REAL: Omit<Supervision, "say"> = {
  start: ({ args, data }, onLine) => startChild(args, data, onLine),
  pause,
  now: () => performance.now(),
};

/** One ward under supervision. */
export interface Supervised {
  /** The first time it is ready; undefined when it never was. */
  readonly ready: Promise<RunFile | undefined>;
  /** It will not be started again. True when it stopped because it was told to. */
  readonly over: Promise<boolean>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000; // a first start hashes nothing, but an old computer is slow
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;
const QUICK_MS = 30_000; // a process that lived longer begins with a clean sheet
const MOST_QUICK_CRASHES = 5;
const STOP_GRACE_MS = 4_500; // all within 5 s

/** Wait before the start after the n-th quick crash (1, 2, …): 1 s, 2 s, 4 s … 30 s. */
export function backoffMs(crashes: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, crashes - 1));
}

/** Starts a ward and starts it again when it crashes; not when it refuses to start or was told to stop. */
export function supervise(ward: Ward, { say, start, pause, now }: Supervision): Supervised {
  const ready = Promise.withResolvers<RunFile | undefined>();
  let stopping = false;
  const stopped = Promise.withResolvers<void>();
  let child: Child | undefined;

  async function keepAlive(): Promise<boolean> {
    let crashes = 0;
    while (!stopping) {
      const began = now();
      child = start(ward, (line) => say(ward.name, line));
      const run = await child.ready(READY_WITHIN_MS);
      if (run) ready.resolve(run);
      const { code, signal } = await child.ended;
      if (stopping) return true;
      if (code === 0) {
        say(ward.name, "was stopped by somebody else. It is not started again.");
        return true;
      }
      if (run === undefined && signal === null && code <= EXIT.noPeer) {
        say(ward.name, "does not start; the reason is above.");
        return false;
      }
      crashes = now() - began > QUICK_MS ? 1 : crashes + 1;
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
      if (crashes >= MOST_QUICK_CRASHES) {
        say(ward.name, `${how} for the fifth time in a row. Not started again; its log is in ${ward.data}/logs.`);
        return false;
      }
      say(ward.name, `${how}; started again in ${backoffMs(crashes) / 1_000} s.`);
      await Promise.race([pause(backoffMs(crashes)), stopped.promise]);
    }
    return true;
  }

  const over = keepAlive().finally(() => ready.resolve(undefined));
  return {
    ready: ready.promise,
    over,
    async stop() {
      stopping = true;
      stopped.resolve();
      await child?.stop(STOP_GRACE_MS);
      await over;
    },
  };
}
