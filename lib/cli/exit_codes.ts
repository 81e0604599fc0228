import type { EssaimError } from "../core/errors.ts";

/** What the process returns; the same for every command, told by `essaim --help`. */
export const EXIT = { done: 0, failed: 1, usage: 2, noPeer: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `
Exit codes:
  0  done
  1  failed; the reason is on standard error
  2  the command line is not understood
  3  no local peer runs in the data folder (start one: essaim)`;

/** The command line asks for something that makes no sense; shown with a pointer to --help. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  return (error as Partial<EssaimError>)?.code === "not-running" ? EXIT.noPeer : EXIT.failed;
}
