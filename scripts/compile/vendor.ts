import { dirname, join } from "node:path";
import type { ModuleGraph } from "./module_graph.ts";

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Source of a module that has the same exports as a package, whether that is CommonJS or not. `names`: the exports when
 * Deno loads it; the bundler may take another build of the package, which lacks `default`.
 */
export function reexport(specifier: string, names: readonly string[]): string {
  const exported = names.filter((name) => IDENTIFIER.test(name)); // CommonJS also gives "module.exports"
  return [
    `import * as all from ${JSON.stringify(specifier)};`,
    ...exported.map((name, index) => `const export${index} = all.${name};`),
    `export { ${exported.map((name, index) => `export${index} as ${name}`).join(", ")} };`,
    "",
  ].join("\n");
}

/** Where a specifier's module or text stands below the folder of packages. */
export function vendoredPath(specifier: string, as: "module" | "text"): string {
  return as === "text" ? specifier : `${specifier}.js`;
}

/**
 * Puts what the program uses of packages into a folder, bundled and minified, one module a specifier, what several
 * need in modules of their own. Must run with the import map of the program.
 */
export async function vendor(packages: ModuleGraph["packages"], folder: string): Promise<void> {
  const sources = await Deno.makeTempDir();
  try {
    const entrypoints: string[] = [];
    for (const [specifier, as] of packages) {
      const path = vendoredPath(specifier, as);
      if (as === "text") {
        const { default: text } = await import(specifier, { with: { type: "text" } });
        await write(join(folder, path), text);
      } else {
        await write(join(sources, path), reexport(specifier, Object.keys(await import(specifier))));
        entrypoints.push(join(sources, path));
      }
    }
    const { success, errors } = await Deno.bundle({
      entrypoints,
      outputDir: folder,
      format: "esm",
      platform: "deno",
      minify: true,
      codeSplitting: true,
    });
    if (!success) throw new Error(`The packages cannot be bundled: ${errors.map(({ text }) => text).join("; ")}`);
  } finally {
    await Deno.remove(sources, { recursive: true });
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}
