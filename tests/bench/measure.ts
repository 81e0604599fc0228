/** What takes part in a benchmark. */
export interface Entrant {
  readonly title: string;
  /** Names of the programs or files that it needs and this machine lacks. */
  missing(): string[];
}

export type Outcome<Measured> =
  | { readonly kind: "measured"; readonly rounds: readonly Measured[] }
  | { readonly kind: "not installed"; readonly missing: readonly string[] }
  | { readonly kind: "failed"; readonly why: string };

export interface Plan<E, Measured extends { readonly seconds: number }> {
  readonly dir: string;
  readonly rounds: number;
  readonly signal: AbortSignal;
  /** One measurement in an empty folder, which is removed afterwards. Rejects when what was delivered is not right. */
  attempt(entrant: E, dir: string): Promise<Measured>;
}

/** Measures every entrant once a round, each round beginning with another one; outcomes are in the given order. */
export async function measure<E extends Entrant, Measured extends { readonly seconds: number }>(
  entrants: readonly E[],
  plan: Plan<E, Measured>,
): Promise<Map<E, Outcome<Measured>>> {
  const outcomes = new Map<E, Outcome<Measured>>();
  for (const entrant of entrants) {
    const missing = entrant.missing();
    outcomes.set(entrant, missing.length ? { kind: "not installed", missing } : { kind: "measured", rounds: [] });
  }
  for (let round = 0; round < plan.rounds; round++) {
    const first = round % entrants.length;
    for (const entrant of [...entrants.slice(first), ...entrants.slice(0, first)]) {
      const outcome = outcomes.get(entrant);
      if (outcome?.kind !== "measured") continue;
      const next = await oneRound(entrant, outcome.rounds, plan);
      outcomes.set(entrant, next);
      console.log(`round ${round + 1}/${plan.rounds}  ${entrant.title}: ${said(next)}`);
    }
  }
  return outcomes;
}

/** A wrong or missing file takes away the entrant's earlier numbers too. */
async function oneRound<E, Measured extends { readonly seconds: number }>(
  entrant: E,
  earlier: readonly Measured[],
  plan: Plan<E, Measured>,
): Promise<Outcome<Measured>> {
  const dir = `${plan.dir}/round`;
  await Deno.mkdir(dir);
  try {
    return { kind: "measured", rounds: [...earlier, await plan.attempt(entrant, dir)] };
  } catch (error) {
    plan.signal.throwIfAborted();
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Says who has no number and why; gives the rounds of the others. */
export function measuredOnly<E extends Entrant, Measured>(
  outcomes: ReadonlyMap<E, Outcome<Measured>>,
): { readonly measured: Map<E, readonly Measured[]>; readonly failures: number } {
  const measured = new Map<E, readonly Measured[]>();
  let failures = 0;
  for (const [entrant, outcome] of outcomes) {
    if (outcome.kind === "measured") measured.set(entrant, outcome.rounds);
    if (outcome.kind === "not installed") {
      console.log(`${entrant.title}: not installed (${outcome.missing.join(", ")})`);
    }
    if (outcome.kind === "failed") {
      failures++;
      console.error(`${entrant.title}: no number, because ${outcome.why}`);
    }
  }
  return { measured, failures };
}

function said(outcome: Outcome<{ readonly seconds: number }>): string {
  return outcome.kind === "measured" ? `${outcome.rounds.at(-1)?.seconds.toFixed(2)} s` : outcome.kind;
}
