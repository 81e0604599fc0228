import { dirname, join } from "node:path";
import { pagesBuilder } from "../../routes/pages.tsx";
import { PERMISSIONS } from "./deno_compile.ts";
import { filesBelow } from "./files_below.ts";
import { licences } from "./licences.ts";
import { type ModuleGraph, moduleGraph } from "./module_graph.ts";
import { vendor, vendoredPath } from "./vendor.ts";

/** Folders whose modules are found by their names when the program runs. */
const FOUND_BY_NAME = ["routes", "islands"];
const STATIC = "static";
const PACKAGES = "packages";

/** What of deno.json matters to the running program. */
interface Project {
  readonly unstable: readonly string[];
  readonly permissions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
}

/**
 * Writes the program into a folder as it is, with all that it needs: the packages it uses, bundled, and the scripts of
 * its islands, bundled. It runs there with no network and nothing cached. Gives the paths of its modules.
 */
export async function writeProgramTree(root: string, folder: string): Promise<readonly string[]> {
  const found = await Promise.all(FOUND_BY_NAME.map((name) => Array.fromAsync(filesBelow(root, name))));
  const graph = await moduleGraph(root, ["main.ts", ...found.flat().filter((path) => /\.tsx?$/.test(path))]);
  const assets = await Array.fromAsync(filesBelow(root, STATIC));
  for (const path of [...graph.files, ...assets]) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.copyFile(join(root, path), join(folder, path));
  }
  await vendor(graph.packages, join(folder, PACKAGES));
  await Deno.writeTextFile(join(folder, "LICENSES.txt"), await licences(root, graph.folders));
  // The tracker's pages have the same islands.
  await pagesBuilder("peer", join(folder, "_fresh")).build({ mode: "production", snapshot: "disk" });
  const project = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as Project;
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(programConfig(project, graph), undefined, 2));
  return graph.files;
}

/** The deno.json of the program tree: the same permissions, and an import map that leads to what lies in the tree. */
export function programConfig(
  { unstable, permissions, compilerOptions: { jsx, jsxImportSource } }: Project,
  { linked, packages }: ModuleGraph,
) {
  const imports: Record<string, string> = {};
  for (const [specifier, path] of linked) imports[specifier] = `./${path}`;
  for (const [specifier, as] of packages) imports[specifier] = `./${PACKAGES}/${vendoredPath(specifier, as)}`;
  // `deno compile` builds one set in: for `start`, which starts the other programs, and for all the rest.
  const executable = { ...permissions["essaim"], run: true };
  return {
    unstable,
    permissions: { ...permissions, [PERMISSIONS]: executable },
    compilerOptions: { jsx, jsxImportSource },
    imports,
    lock: false,
  };
}
