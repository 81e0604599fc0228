import { dirname, join, relative, resolve, sep } from "node:path";
import { BUILD_ID, SCRIPTS_FOLDER } from "./asset.ts";

export interface Scripts {
  /** The bundled scripts by address. */
  readonly byAddress: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Address of the script made from an entry. */
  of(entry: string): string;
}

/** Never written to; only gives the bundler's output files their paths. */
const OUT = resolve("/fresh");

/** Scripts for the browser, in memory; what several entries need stands in a script of its own. */
export async function bundle(entrypoints: string[]): Promise<Scripts> {
  const { success, errors, outputFiles = [] } = await Deno.bundle({
    entrypoints,
    outputDir: OUT,
    write: false,
    format: "esm",
    platform: "browser",
    minify: true,
    codeSplitting: true,
  });
  if (!success) throw new Error(`The islands cannot be bundled: ${errors.map(({ text }) => text).join("; ")}`);
  const addressOf = (path: string) => `${SCRIPTS_FOLDER}${BUILD_ID}/${relative(OUT, path).replaceAll(sep, "/")}`;
  const byAddress = new Map(outputFiles.map(({ path, contents }) => [addressOf(path), contents!]));
  const base = commonFolder(entrypoints);
  return {
    byAddress,
    of(entry) {
      const address = addressOf(join(OUT, relative(base, entry).replace(/\.\w+$/, ".js")));
      if (!byAddress.has(address)) throw new Error(`The bundler made no script of ${entry}.`);
      return address;
    },
  };
}

/** The deepest folder that holds all files; the bundler keeps the folders below it. */
function commonFolder(files: readonly string[]): string {
  let common = dirname(files[0]!);
  while (!files.every((file) => file.startsWith(common.endsWith(sep) ? common : common + sep))) {
    common = dirname(common);
  }
  return common;
}
