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
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly clearEnv?: boolean;
  /** Ends it; after 30 s otherwise. */
  readonly signal?: AbortSignal;
  readonly stdin?: "null" | "piped";
}

export function essaimCommand(args: readonly string[], options: RunOptions = {}): Deno.Command {
  const own = ownCommand();
  return new Deno.Command(own.program, {
    args: [...own.args, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT_MS),
    ...options,
  });
}

export async function essaim(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { code, stdout, stderr } = await essaimCommand(args, options).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}
