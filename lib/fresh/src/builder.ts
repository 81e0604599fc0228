import type { ComponentType } from "preact";
import { basename, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type App, applySnapshot } from "./app.ts";
import { addressFor, addressOf, bundle, saveBundle, savedBundle } from "./bundle.ts";
import { type FsFile, type RouteModule, SPECIAL } from "./fs_routes.ts";
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
  /** Where "disk" leaves the bundled scripts, and "memory" finds them; by default "_fresh". */
  outDir?: string;
  /** Files not to take; by default tests. */
  ignore?: RegExp[];
  /** Not used: `Deno.bundle` changes no syntax. */
  target?: string | string[];
}

const SCRIPT = /\.[jt]sx?$/;
const CLIENT = fileURLToPath(new URL("./client.ts", import.meta.url));

/** Finds routes and islands and bundles the islands. */
// deno-lint-ignore no-explicit-any -- of any application
export class Builder<State = any> {
  readonly #root: string;
  readonly #staticDir: string;
  readonly #islandDir: string;
  readonly #routeDir: string;
  readonly #outDir: string;
  readonly #ignore: readonly RegExp[];

  constructor(options: BuildOptions = {}) {
    this.#root = resolve(options.root ?? ".");
    this.#staticDir = resolve(this.#root, options.staticDir ?? "static");
    this.#islandDir = resolve(this.#root, options.islandDir ?? "islands");
    this.#routeDir = resolve(this.#root, options.routeDir ?? "routes");
    this.#outDir = resolve(this.#root, options.outDir ?? "_fresh");
    this.#ignore = options.ignore ?? [/[._]test\.[jt]sx?$/];
  }

  /**
   * Returns what gives an application its routes, islands and static files. "disk" leaves the scripts in `outDir`;
   * "memory" takes them from there when an earlier build left them, else bundles them and writes nothing.
   */
  async build(
    { snapshot = "memory" }: { mode?: "development" | "production"; snapshot?: "disk" | "memory" } = {},
  ): Promise<(app: App<State>) => void> {
    const [islandPaths, routePaths] = await Promise.all([
      this.#scripts(this.#islandDir),
      this.#scripts(this.#routeDir),
    ]);
    const privatePath = /[/\\]\(_\w+\)[/\\]/; // such as (_components); only (_islands) means something
    islandPaths.push(...routePaths.filter((path) => /[/\\]\(_islands\)[/\\]/.test(path)));
    const saved = snapshot === "memory" ? await savedBundle(this.#outDir) : undefined;
    const [bundled, modules, files] = await Promise.all([
      saved ?? bundle(this.#root, [CLIENT, ...islandPaths]),
      Promise.all(islandPaths.map((path) => load<Record<string, unknown>>(path))),
      Promise.all(routePaths.filter((path) => !privatePath.test(path)).map((path) => this.#file(path))),
    ]);
    if (snapshot === "disk") await saveBundle(this.#outDir, bundled);
    const addressIn = (path: string) => addressFor(bundled, this.#root, path);
    const islands = new Map<ComponentType, Island>();
    for (const [index, path] of islandPaths.entries()) addIslands(islands, path, modules[index]!, addressIn(path));
    const made: Snapshot = {
      root: this.#root,
      staticDir: this.#staticDir,
      islands,
      clientScript: addressIn(CLIENT),
      scripts: new Map([...bundled.scripts].map(([name, contents]) => [addressOf(name), contents])),
      files,
    };
    return (app) => applySnapshot(app, made);
  }

  async #file(file: string): Promise<FsFile> {
    const path = relative(this.#routeDir, file).replaceAll(sep, "/").replace(SCRIPT, "");
    if (!SPECIAL.test(path)) return { kind: "page", path, load: () => load<RouteModule>(file) };
    return { kind: "special", path, module: await load<RouteModule>(file) };
  }

  async #scripts(folder: string): Promise<string[]> {
    const files = await Array.fromAsync(walk(folder));
    return files.filter((path) => SCRIPT.test(path) && !this.#ignore.some((pattern) => pattern.test(path))).sort();
  }
}

async function* walk(folder: string): AsyncGenerator<string> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) yield* walk(join(folder, name));
      else yield join(folder, name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function load<T>(path: string): Promise<T> {
  return await import(pathToFileURL(path).href);
}

/** Every function that a file of islands exports is one, under a name that is unique in the application. */
function addIslands(
  islands: Map<ComponentType, Island>,
  path: string,
  module: Record<string, unknown>,
  script: string,
): void {
  for (const [exportName, component] of Object.entries(module)) {
    if (typeof component !== "function") continue;
    const name = exportName === "default" ? basename(path).replace(SCRIPT, "").replace(/\W/g, "_") : exportName;
    const taken = [...islands.values()].some((other) => other.name === name);
    islands.set(component as ComponentType, { name: taken ? `${name}_${islands.size}` : name, exportName, script });
  }
}
