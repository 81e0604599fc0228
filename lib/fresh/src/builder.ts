import type { ComponentType } from "preact";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type App, applySnapshot } from "./app.ts";
import { BUILD_ID, SCRIPTS_FOLDER } from "./asset.ts";
import { type FsFile, isSpecial, type RouteModule } from "./fs_routes.ts";
import type { Island, Snapshot } from "./snapshot.ts";

export interface BuildOptions {
  /** The folder from which the others are given; by default the working directory. */
  root?: string;
  /** By default "static". */
  staticDir?: string;
  /** By default "islands". */
  islandDir?: string;
  /** By default "routes". */
  routeDir?: string;
  /** Files not to take; by default tests. */
  ignore?: RegExp[];
  /** Not used: `Deno.bundle` changes no syntax. */
  target?: string | string[];
}

const TESTS = /[._]test\.[jt]sx?$/;
const SCRIPT = /\.[jt]sx?$/;
const MOST_FILES = 2_000;

/** Finds routes and islands and bundles the islands. */
// deno-lint-ignore no-explicit-any -- of any application
export class Builder<State = any> {
  readonly #root: string;
  readonly #staticDir: string;
  readonly #islandDir: string;
  readonly #routeDir: string;
  readonly #ignore: RegExp[];

  constructor(
    {
      root = ".",
      staticDir = "static",
      islandDir = "islands",
      routeDir = "routes",
      ignore = [TESTS],
    }: BuildOptions = {},
  ) {
    this.#root = folder(root);
    [this.#staticDir, this.#islandDir, this.#routeDir] = [
      staticDir,
      islandDir,
      routeDir,
    ]
      .map((path) => folder(path, this.#root)) as [string, string, string];
    this.#ignore = ignore;
  }

  /** In memory only: nothing is written to disk. Returns what gives an application its routes, islands and files. */
  async build(
    _options: {
      mode?: "development" | "production";
      snapshot?: "disk" | "memory";
    } = {},
  ): Promise<(app: App<State>) => void> {
    const routes: string[] = [];
    const islands = await this.#scripts(this.#islandDir);
    for (const path of await this.#scripts(this.#routeDir)) {
      const [, privateFolder] = /[/\\]\(_(\w+)\)[/\\]/.exec(path) ?? [];
      if (privateFolder === undefined) routes.push(path);
      else if (privateFolder === "islands") islands.push(path);
    }
    const [scripts, modules, files] = await Promise.all([
      bundle(islands),
      Promise.all(islands.map((path) => load<Record<string, unknown>>(path))),
      Promise.all(routes.map((path) => this.#file(path))),
    ]);
    const snapshot: Snapshot = {
      root: this.#root,
      staticDir: this.#staticDir,
      islands: islandsOf(
        islands.map((path, index) => ({
          path,
          module: modules[index]!,
          script: scripts.of(path),
        })),
      ),
      clientScript: scripts.of(CLIENT),
      scripts: scripts.byAddress,
      files,
    };
    return (app) => applySnapshot(app, snapshot);
  }

  async #file(path: string): Promise<FsFile> {
    const name = relative(this.#routeDir, path).replaceAll(sep, "/").replace(
      SCRIPT,
      "",
    );
    if (!isSpecial(name)) {
      return {
        kind: "page",
        path: name,
        load: () => load<RouteModule>(path),
      };
    }
    return {
      kind: "special",
      path: name,
      module: await load<RouteModule>(path),
    };
  }

  async #scripts(folder: string): Promise<string[]> {
    const found: string[] = [];
    for await (const path of walk(folder)) {
      if (
        SCRIPT.test(path) && !this.#ignore.some((pattern) => pattern.test(path))
      ) found.push(path);
      if (found.length > MOST_FILES) {
        throw new Error(
          `More than ${MOST_FILES} scripts in ${folder}; is it the right one?`,
        );
      }
    }
    return found.sort();
  }
}

function folder(path: string, root = Deno.cwd()): string {
  return path.startsWith("file:") ? fileURLToPath(path) : resolve(root, path);
}

async function* walk(folder: string): AsyncGenerator<string> {
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      if (isDirectory) yield* walk(join(folder, name));
      else if (isFile) yield join(folder, name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function load<T>(path: string): Promise<T> {
  return await import(pathToFileURL(path).href);
}

/** Every function that a file of islands exports is one. */
function islandsOf(
  files: { path: string; module: Record<string, unknown>; script: string }[],
): Map<ComponentType, Island> {
  const islands = new Map<ComponentType, Island>();
  const names = new Set<string>();
  for (const { path, module, script } of files) {
    for (const [exportName, component] of Object.entries(module)) {
      if (typeof component !== "function") continue;
      const base = (exportName === "default" ? basename(path).replace(SCRIPT, "") : exportName).replace(/\W/g, "_");
      let name = base;
      for (let count = 2; names.has(name); count++) {
        name = `${base}_${count}`;
      }
      names.add(name);
      islands.set(component as ComponentType, { name, exportName, script });
    }
  }
  return islands;
}

const CLIENT = fileURLToPath(new URL("./client.ts", import.meta.url));
const OUT = resolve("/bundle");

interface Scripts {
  readonly byAddress: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Address of the script made from a file. */
  of(entry: string): string;
}

async function bundle(islands: readonly string[]): Promise<Scripts> {
  const entrypoints = [CLIENT, ...islands];
  const { success, errors, outputFiles = [] } = await Deno.bundle({
    entrypoints,
    outputDir: OUT,
    write: false,
    format: "esm",
    platform: "browser",
    minify: true,
    codeSplitting: true,
  });
  if (!success) {
    throw new Error(
      `The islands cannot be bundled: ${errors.map(({ text }) => text).join("; ")}`,
    );
  }
  const address = (path: string) => `${SCRIPTS_FOLDER}${BUILD_ID}/${relative(OUT, path).replaceAll(sep, "/")}`;
  const byAddress = new Map(
    outputFiles.map(({ path, contents }) => [address(path), contents!]),
  );
  // The bundler keeps the folders below the deepest one that holds all entries.
  const base = commonFolder(entrypoints);
  return {
    byAddress,
    of(entry) {
      const name = relative(base, entry);
      const found = address(
        join(OUT, `${name.slice(0, -extname(name).length)}.js`),
      );
      if (!byAddress.has(found)) {
        throw new Error(`The bundler made no script of ${entry}.`);
      }
      return found;
    },
  };
}

function commonFolder(files: readonly string[]): string {
  let common = dirname(files[0]!);
  while (
    !files.every((file) => file.startsWith(common.endsWith(sep) ? common : common + sep))
  ) common = dirname(common);
  return common;
}
