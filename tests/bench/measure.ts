import type { Contestant, Measured, Outcome } from "./contestant.ts";
import { checkDelivered, type TestFile } from "./test_file.ts";

export interface Plan {
  readonly file: TestFile;
  readonly dir: string;
  readonly rounds: number;
  readonly signal: AbortSignal;
}

/** Measures every contestant once a round, each round beginning with another one; outcomes are in the given order. */
export async function measure(
  contestants: readonly Contestant[],
  { file, dir, rounds, signal }: Plan,
): Promise<Map<Contestant, Outcome>> {
  const outcomes = new Map<Contestant, Outcome>();
  for (const contestant of contestants) {
    const missing = contestant.missing();
    outcomes.set(contestant, missing.length ? { kind: "not installed", missing } : { kind: "measured", rounds: [] });
  }
  for (let round = 0; round < rounds; round++) {
    const first = round % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const outcome = outcomes.get(contestant);
      if (outcome?.kind !== "measured") continue;
      const next = await oneRound(contestant, outcome.rounds, { file, dir: `${dir}/round`, signal });
      outcomes.set(contestant, next);
      console.log(`round ${round + 1}/${rounds}  ${contestant.title}: ${said(next)}`);
    }
  }
  return outcomes;
}

/** A wrong or missing file takes away the contestant's earlier numbers too. */
async function oneRound(
  contestant: Contestant,
  earlier: readonly Measured[],
  job: { file: TestFile; dir: string; signal: AbortSignal },
): Promise<Outcome> {
  await Deno.mkdir(job.dir);
  try {
    const { delivered, ...measured } = await contestant.transfer(job);
    await checkDelivered(delivered, job.file, job.signal);
    return { kind: "measured", rounds: [...earlier, measured] };
  } catch (error) {
    job.signal.throwIfAborted();
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  } finally {
    await Deno.remove(job.dir, { recursive: true });
  }
}

function said(outcome: Outcome): string {
  return outcome.kind === "measured" ? `${outcome.rounds.at(-1)?.seconds.toFixed(2)} s` : outcome.kind;
}
