import { fileURLToPath } from "node:url";
import { ownCommand } from "../../lib/cli/child.ts";

/** The command line as a user runs it: another process, with the permissions of `deno task essaim`. */

export const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const LIMIT_MS = 30_000;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** A command that runs the program given after it, in the same process. */
  readonly within?: readonly string[];
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly clearEnv?: boolean;
  /** Ends it; after 30 s otherwise. */
  readonly signal?: AbortSignal;
  readonly stdin?: "null" | "piped";
}

export function essaimCommand(args: readonly string[], options: RunOptions = {}): Deno.Command {
  const { within = [], ...rest } = options;
  const own = ownCommand();
  const [program, ...words] = [...within, own.program, ...own.args, ...args];
  return new Deno.Command(program!, {
    args: words,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT_MS),
    ...rest,
  });
}

export async function essaim(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { code, stdout, stderr } = await essaimCommand(args, options).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}
