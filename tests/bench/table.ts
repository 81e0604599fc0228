/** Plain text tables and the few statistics that the benchmarks print. */

/** Middle value; the mean of both middles when there are two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/** Aligned columns in Markdown; the first is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  const line = (row: readonly string[]) => `| ${row.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) => column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** One measured value against what is required. */
export interface Requirement {
  readonly what: string;
  readonly measured: number;
  readonly needed: { readonly atLeast: number } | { readonly below: number };
  readonly unit: string;
}

export function isMet({ measured, needed }: Requirement): boolean {
  return "atLeast" in needed ? measured >= needed.atLeast : measured < needed.below;
}

/** "PASS  idle memory: 84.0 MB, needed < 120 MB". */
export function verdict(requirement: Requirement): string {
  const { what, measured, needed, unit } = requirement;
  const bound = "atLeast" in needed ? `≥ ${needed.atLeast}` : `< ${needed.below}`;
  const digits = measured < 10 ? 2 : 1;
  return `${isMet(requirement) ? "PASS" : "FAIL"}  ${what}: ${measured.toFixed(digits)}${unit}, needed ${bound}${unit}`;
}

/** Prints the verdicts; gives the exit code: 0 when all are met, else 1. */
export function judge(requirements: readonly Requirement[]): number {
  for (const requirement of requirements) console.log(verdict(requirement));
  return requirements.every(isMet) ? 0 : 1;
}
