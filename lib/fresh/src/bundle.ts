import { dirname, join, relative, resolve, sep } from "node:path";
import { BUILD_ID, SCRIPTS_FOLDER } from "./asset.ts";

/** Scripts for the browser. Names are relative, with slashes on every system. */
export interface Bundle {
  /** Contents by name of the script. */
  readonly scripts: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** The script made from each entry, by the entry's path from the root. */
  readonly names: ReadonlyMap<string, string>;
}

/** Never written to; only gives the bundler's output files their paths. */
const OUT = resolve("/fresh");

/** In memory; what several entries need stands in a script of its own. */
export async function bundle(root: string, entrypoints: string[]): Promise<Bundle> {
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
  const base = commonFolder(entrypoints);
  return {
    scripts: new Map(outputFiles.map(({ path, contents }) => [pathFrom(OUT, path), contents!])),
    names: new Map(entrypoints.map((entry) => {
      return [pathFrom(root, entry), pathFrom(base, entry).replace(/\.\w+$/, ".js")];
    })),
  };
}

/** Where a script is served. */
export function addressOf(name: string): string {
  return `${SCRIPTS_FOLDER}${BUILD_ID}/${name}`;
}

/** Address of the script that was made from an entry. */
export function addressFor({ scripts, names }: Bundle, root: string, entry: string): string {
  const name = names.get(pathFrom(root, entry));
  if (name === undefined || !scripts.has(name)) throw new Error(`The bundler made no script of ${entry}.`);
  return addressOf(name);
}

function pathFrom(folder: string, path: string): string {
  return relative(folder, path).replaceAll(sep, "/");
}

/** The deepest folder that holds all files; the bundler keeps the folders below it. */
function commonFolder(files: readonly string[]): string {
  let common = dirname(files[0]!);
  while (!files.every((file) => file.startsWith(common.endsWith(sep) ? common : common + sep))) {
    common = dirname(common);
  }
  return common;
}

/** What `saveBundle` writes. */
interface SavedBundle {
  readonly scripts: readonly (readonly [name: string, text: string])[];
  readonly names: readonly (readonly [entry: string, name: string])[];
}

const SAVED = "scripts.json";

/** Leaves the scripts in a folder, all in one file. */
export async function saveBundle(folder: string, { scripts, names }: Bundle): Promise<void> {
  const decoder = new TextDecoder();
  const texts = [...scripts].map(([name, contents]) => [name, decoder.decode(contents)] as const);
  const saved: SavedBundle = { scripts: texts, names: [...names] };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, SAVED), JSON.stringify(saved));
}

/** What `saveBundle` left in the folder; undefined when it left nothing. */
export async function savedBundle(folder: string): Promise<Bundle | undefined> {
  try {
    const { scripts, names } = JSON.parse(await Deno.readTextFile(join(folder, SAVED))) as SavedBundle;
    const encoder = new TextEncoder();
    return {
      scripts: new Map(scripts.map(([name, text]) => [name, encoder.encode(text)])),
      names: new Map(names),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
