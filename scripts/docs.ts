/** Writes the files that are made from the program: references and test vectors. `deno task docs`. */

import { GENERATED } from "./docs/generated.ts";

const ROOT = new URL("../", import.meta.url);

for (const [path, make] of Object.entries(GENERATED)) {
  await Deno.writeTextFile(new URL(path, ROOT), await make());
  console.log(path);
}
