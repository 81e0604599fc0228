import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { VERSION } from "../lib/core/version.ts";
import { compile, compileArgs, type Target, TARGETS, whyNoBase } from "./compile/deno_compile.ts";
import { writeProgramTree } from "./compile/program_tree.ts";
import { writeSelfExtracting } from "./compile/self_extracting.ts";

/**
 * `deno task compile`: the whole program as one executable file, `dist/essaim`. By `deno compile` where its base can be
 * downloaded, else a file that extracts itself, around the Deno that runs this.
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const HELP = `deno task compile [--target SYSTEM]… [--output FILE] [--self-extracting] [--level 1…9]

  --target SYSTEM     for another system, as dist/essaim-SYSTEM (several times for several): all, or one of
                      ${TARGETS.join(", ")}
  --output FILE       another name than dist/essaim; with one system only
  --self-extracting   around the Deno that runs this, without trying deno compile
  --level             of its compression, 9 (small) by default`;

const ADVICE =
  "Run this on such a computer, or where dl.deno.land can be reached (once is enough), or name the file of " +
  "that base in DENORT_BIN.";

class Wrong extends Error {}

interface Wish {
  readonly targets: readonly { readonly target: Target; readonly output: string }[];
  readonly selfExtracting: boolean;
  readonly level: number;
}

function parseWish(args: string[]): Wish {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: "string", multiple: true, default: [] },
      output: { type: "string" },
      "self-extracting": { type: "boolean", default: false },
      level: { type: "string", default: "9" },
    },
  });
  const named = values.target.includes("all") ? TARGETS : values.target.map(parseTarget);
  if (named.length > 1 && values.output !== undefined) throw new Wrong("--output is for one system only.");
  if (!/^[1-9]$/.test(values.level)) throw new Wrong("--level must be a number from 1 to 9.");
  const own = Deno.build.target as Target;
  const targets = named.length === 0
    ? [{ target: own, output: values.output ?? `dist/essaim${extension(own)}` }]
    : named.map((target) => ({ target, output: values.output ?? `dist/essaim-${target}${extension(target)}` }));
  const selfExtracting = values["self-extracting"];
  if (selfExtracting && !targets.every(({ target }) => canExtractItself(target))) {
    throw new Wrong("A file that extracts itself can only be made on its own system, which is Linux or macOS.");
  }
  return { targets, selfExtracting, level: Number(values.level) };
}

function parseTarget(name: string): Target {
  const target = TARGETS.find((target) => target === name);
  if (target === undefined) throw new Wrong(`There is no system ${name}. There are: all, ${TARGETS.join(", ")}`);
  return target;
}

function canExtractItself(target: Target): boolean {
  return target === Deno.build.target && Deno.build.os !== "windows";
}

function extension(target: Target): string {
  return target.includes("windows") ? ".exe" : "";
}

async function build({ targets, selfExtracting, level }: Wish): Promise<void> {
  const missing = new Map<Target, string>();
  for (const { target } of selfExtracting ? [] : targets) {
    const why = await whyNoBase(target);
    if (why === undefined) continue;
    missing.set(target, `The base of executables for ${target} cannot be had (${why}).`);
    if (!canExtractItself(target)) throw new Error(`${missing.get(target)} ${ADVICE}`);
  }
  const folder = await Deno.makeTempDir({ prefix: "essaim-compile-" });
  try {
    const modules = await writeProgramTree(ROOT, join(folder, "app"));
    for (const { target, output } of targets) {
      const path = resolve(ROOT, output);
      await Deno.mkdir(dirname(path), { recursive: true });
      if (selfExtracting || missing.has(target)) {
        if (!selfExtracting) {
          console.error(`${missing.get(target)} The file is made around this Deno and extracts itself.`);
        }
        await writeSelfExtracting({ folder, output: path, version: VERSION, deno: Deno.execPath(), level });
      } else await compile(compileArgs(join(folder, "app"), modules, path, target));
      console.log(`${output}  ${((await Deno.stat(path)).size / 1e6).toFixed(1)} MB`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  if (Deno.args.includes("--help")) console.log(HELP);
  else {
    try {
      await build(parseWish(Deno.args));
    } catch (error) {
      console.error((error as Error).message);
      const isWrong = error instanceof Wrong || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
      if (isWrong) console.error(HELP);
      Deno.exit(isWrong ? 2 : 1);
    }
  }
}
