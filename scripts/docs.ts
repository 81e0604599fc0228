/** Writes the files that are made from the program: references and test vectors. `deno task docs`. */

import { GENERATED } from "./docs/generated.ts";

const ROOT = new URL("../", import.meta.url);

for (const [path, make] of Object.entries(GENERATED)) {
  const file = new URL(path, ROOT);
  const before = await Deno.readTextFile(file).catch(() => "");
  await Deno.writeTextFile(file, await make(before));
  console.log(path);
}
