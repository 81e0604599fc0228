import { type Entrant, measure, type Outcome } from "./measure.ts";
import type { Cost } from "./run.ts";
import { checkDelivered, type TestFile } from "./test_file.ts";

/** What is moved: a file or a folder. */
export interface Shared {
  readonly path: string;
  readonly name: string;
  readonly size: number;
}

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
export interface Contestant extends Entrant {
  /** Starts fresh servers (not timed), moves the file (timed), stops the servers. */
  transfer(job: Job): Promise<Transfer>;
}

/** Measures one transfer of each contestant a round, and hashes what was delivered. */
export function measureTransfers(
  contestants: readonly Contestant[],
  { file, ...plan }: {
    readonly file: TestFile;
    readonly dir: string;
    readonly rounds: number;
    readonly signal: AbortSignal;
  },
): Promise<Map<Contestant, Outcome<Measured>>> {
  return measure(contestants, {
    ...plan,
    async attempt(contestant, dir): Promise<Measured> {
      const { delivered, ...measured } = await contestant.transfer({ file, dir, signal: plan.signal });
      await checkDelivered(delivered, file, plan.signal);
      return measured;
    },
  });
}

/** The cost of one command after another. */
export function together(first: Cost, second: Cost): Cost {
  return {
    seconds: first.seconds + second.seconds,
    cpuSeconds: first.cpuSeconds + second.cpuSeconds,
    peakBytes: Math.max(first.peakBytes, second.peakBytes),
  };
}
