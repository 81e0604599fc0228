import { pathToFileURL } from "node:url";
import { z } from "zod";

/** Which files and packages a program consists of. */
export interface ModuleGraph {
  /** Paths from the root, with slashes. */
  readonly files: readonly string[];
  /** Where the bare specifiers of the import map lead. */
  readonly linked: ReadonlyMap<string, string>;
  /** Specifiers that lead into packages: as a module, or as the text of a file. */
  readonly packages: ReadonlyMap<string, "module" | "text">;
  /** Folders of these packages, and of those that they need, by name and version. */
  readonly folders: ReadonlyMap<string, string>;
}

const infoSchema = z.object({
  modules: z.array(z.object({
    specifier: z.string(),
    error: z.string().optional(),
    npmPackage: z.string().optional(),
    dependencies: z.array(z.object({
      specifier: z.string(),
      code: z.object({ specifier: z.string().optional(), error: z.string().optional() }).optional(),
      assertionType: z.string().optional(),
    })).default([]),
  })),
  npmPackages: z.record(
    z.string(),
    z.object({
      name: z.string(),
      version: z.string(),
      dependencies: z.array(z.string()),
      localPath: z.string(),
    }),
  ).default({}),
});

/** Reads what `deno info --json` prints. `root`: address of a folder, with a slash at its end. Files elsewhere do not count. */
export function parseGraph(info: unknown, root: string): ModuleGraph {
  const files: string[] = [];
  const linked = new Map<string, string>();
  const packages = new Map<string, "module" | "text">();
  const { modules, npmPackages } = infoSchema.parse(info);
  for (const { specifier, error, dependencies } of modules) {
    if (error !== undefined) throw new Error(`The program is not complete. ${specifier}: ${error}`);
    if (specifier.startsWith(root)) files.push(decodeURI(specifier.slice(root.length)));
    for (const { specifier: written, code, assertionType } of dependencies) {
      if (code?.error !== undefined) throw new Error(`The program is not complete. ${specifier}: ${code.error}`);
      const target = code?.specifier ?? "";
      if (target.startsWith("npm:")) packages.set(written, assertionType === "text" ? "text" : "module");
      else if (target.startsWith(root) && !/^(\.|file:)/.test(written)) {
        linked.set(written, decodeURI(target.slice(root.length)));
      }
    }
  }
  const folders = new Map<string, string>();
  const needed = new Set(modules.flatMap(({ npmPackage }) => npmPackage ?? []));
  for (const id of needed) {
    const { name, version, dependencies, localPath } = npmPackages[id]!;
    folders.set(`${name} ${version}`, localPath);
    for (const dependency of dependencies) needed.add(dependency); // visited by this loop too
  }
  return { files: files.sort(), linked, packages, folders };
}

/** The graph of everything that these files import, of which paths are not known before they run too. */
export async function moduleGraph(root: string, entries: readonly string[]): Promise<ModuleGraph> {
  const all = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const imports = entries.map((entry) => `import(${JSON.stringify(pathToFileURL(`${root}${entry}`).href)});\n`);
    await Deno.writeTextFile(all, imports.join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", `${root}deno.json`, all],
    }).output();
    if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
    return parseGraph(JSON.parse(new TextDecoder().decode(stdout)), pathToFileURL(root).href);
  } finally {
    await Deno.remove(all);
  }
}
