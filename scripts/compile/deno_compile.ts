import { join } from "node:path";
import { V8_FLAGS } from "../../lib/cli/child.ts";

/** Systems for which `deno compile` can write an executable. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;
export type Target = typeof TARGETS[number];

const LONGEST_MS = 600_000; // the base is 30 to 40 MB, and the network may be slow

/** The permission set of the executable in the deno.json of the program tree. */
export const PERMISSIONS = "executable";

/** Arguments of Deno that make one executable of a program tree. `modules`: paths of all modules in it. */
export function compileArgs(tree: string, modules: readonly string[], output: string, target: Target): string[] {
  const inside = [...modules, "_fresh", "packages", "static", "LICENSES.txt"].flatMap((
    path,
  ) => ["--include", join(tree, path)]);
  const config = join(tree, "deno.json");
  const places = ["--config", config, "--target", target, "--output", output];
  return ["compile", "-q", "--no-check", V8_FLAGS, `-P=${PERMISSIONS}`, ...places, ...inside, join(tree, "main.ts")];
}

/** Why the base of executables for that system cannot be had; undefined when it is there, or was downloaded now. */
export async function whyNoBase(target: Target): Promise<string | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "empty.ts"), "export {};\n");
    const args = ["compile", "-q", "--no-config", "--target", target, "-o", join(folder, "empty")];
    const { success, stderr } = await runDeno([...args, join(folder, "empty.ts")]);
    return success ? undefined : innermost(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The last cause that Deno names: the one that says something. */
export function innermost(stderr: string): string {
  const causes = [...stderr.matchAll(/^\s*(?:error|\d+): +(.+)$/gm)].map(([, text]) => text!).filter((text) =>
    text !== "<unknown>"
  );
  return causes.at(-1) ?? stderr.trim();
}

/** Throws with what Deno said when it did not succeed. */
export async function compile(args: readonly string[]): Promise<void> {
  const { success, stderr } = await runDeno(args);
  if (!success) throw new Error(`deno compile failed: ${stderr}`);
}

async function runDeno(args: readonly string[]): Promise<{ readonly success: boolean; readonly stderr: string }> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(LONGEST_MS),
  }).output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}
