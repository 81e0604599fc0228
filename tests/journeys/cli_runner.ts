import { fileURLToPath } from "node:url";

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
  readonly stdin?: "null" | "piped";
}

export function essaimCommand(args: readonly string[], options: RunOptions = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "-P=essaim", MAIN, ...args],
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
