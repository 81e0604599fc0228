/** The options and the temporary folder that the benchmarks share. */

import { tmpdir } from "node:os";

export const GIB = 1024 ** 3;
const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: GIB, KB: 1e3, MB: 1e6, GB: 1e9 };
const MEMORY_DIR = "/dev/shm";

/** Parses "1GiB", "256MiB", "500MB"; gives bytes. */
export function parseSize(text: string): number {
  const [, count, unit] = text.match(/^(\d+)([KMG]i?B)$/) ?? [];
  const bytes = Number(count) * (UNITS[unit ?? ""] ?? NaN);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new Error(`--size ${text} is not a size. Write a whole number and a unit: 256MiB, 1GiB, 500MB.`);
}

export function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`${option} ${text} is not a whole number above 0.`);
}

/** Free bytes there, or 0 when `df` cannot tell. */
async function freeBytes(dir: string): Promise<number> {
  const { stdout } = await new Deno.Command("df", { args: ["-B1", "--output=avail", dir], stderr: "null" }).output();
  return Number(new TextDecoder().decode(stdout).trim().split("\n").at(-1)) || 0;
}

/**
 * Creates a folder inside `dir`, else in memory when `needBytes` fit there, else in the system's temporary folder. Throws
 * when they do not fit there either.
 */
export async function openWorkplace(dir: string | undefined, needBytes: number) {
  const parent = dir ?? (await freeBytes(MEMORY_DIR) >= needBytes ? MEMORY_DIR : tmpdir());
  const free = await freeBytes(parent);
  if (free > 0 && free < needBytes) {
    const gib = (bytes: number) => (bytes / GIB).toFixed(1);
    throw new Error(`${parent} has ${gib(free)} GiB free and ${gib(needBytes)} are needed. Choose another --dir.`);
  }
  const path = await Deno.realPath(await Deno.makeTempDir({ dir: parent, prefix: "essaim-bench-" }));
  console.log(`Working in ${path}${parent === MEMORY_DIR ? " (memory)" : ""}`);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Runs a benchmark until it gives its exit code; Ctrl-C stops what it started, cleans up and exits with 130. */
export async function runBenchmark(benchmark: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error("interrupted"));
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", interrupt);
  try {
    Deno.exit(await benchmark(interruption.signal));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(interruption.signal.aborted ? 130 : 1);
  }
}
