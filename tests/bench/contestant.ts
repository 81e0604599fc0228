import type { Cost } from "./run.ts";
import type { TestFile } from "./test_file.ts";

/** What one transfer needs. `dir` is empty and removed afterwards, on the same file system as the file. */
export interface Job {
  readonly file: TestFile;
  readonly dir: string;
  readonly signal: AbortSignal;
}

/** Both sides' cost of one transfer. */
export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly senderPeakBytes: number;
  readonly receiverPeakBytes: number;
}

export interface Transfer extends Measured {
  /** Where the receiver put the file. */
  readonly delivered: string;
}

/** One way of moving a file from a sender to a receiver on this machine. */
export interface Contestant {
  readonly title: string;
  /** Names of the programs or files that it needs and this machine lacks. */
  missing(): string[];
  /** Starts fresh servers (not timed), moves the file (timed), stops the servers. */
  transfer(job: Job): Promise<Transfer>;
}

export type Outcome =
  | { readonly kind: "measured"; readonly rounds: readonly Measured[] }
  | { readonly kind: "not installed"; readonly missing: readonly string[] }
  | { readonly kind: "failed"; readonly why: string };

/** The cost of one command after another. */
export function together(first: Cost, second: Cost): Cost {
  return {
    seconds: first.seconds + second.seconds,
    cpuSeconds: first.cpuSeconds + second.cpuSeconds,
    peakBytes: Math.max(first.peakBytes, second.peakBytes),
  };
}
