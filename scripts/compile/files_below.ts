import { join } from "node:path";

/** Paths of all files of a folder, from `root` and with slashes; those of `root` itself when none is named. */
export async function* filesBelow(root: string, folder = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) yield* filesBelow(root, path);
    else yield path;
  }
}
