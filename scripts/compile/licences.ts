import { join } from "node:path";
import type { ModuleGraph } from "./module_graph.ts";

const LICENCE = /^(licen[cs]e|copying|notice)/i;
const DENO = "Deno, under the MIT licence: https://github.com/denoland/deno/blob/main/LICENSE.md\n";

/** The licences of all that one executable holds, which they ask to be passed on. */
export async function licences(root: string, packages: ModuleGraph["folders"]): Promise<string> {
  const parts = [`Essaim\n\n${await Deno.readTextFile(join(root, "LICENSE"))}`, DENO];
  for (const [name, folder] of [...packages].sort(([a], [b]) => a < b ? -1 : 1)) {
    const files = (await Array.fromAsync(Deno.readDir(folder))).filter(({ isFile, name }) =>
      isFile && LICENCE.test(name)
    );
    const texts = await Promise.all(files.map((file) => Deno.readTextFile(join(folder, file.name))));
    if (texts.length === 0) texts.push(await fromManifest(folder));
    parts.push(`${name}\n\n${texts.join("\n")}`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

/** Of a package that comes without the text: what its package.json says. */
async function fromManifest(folder: string): Promise<string> {
  const { license, homepage } = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
  return `Licence: ${license ?? "not stated"} ${homepage ?? ""}\n`;
}
