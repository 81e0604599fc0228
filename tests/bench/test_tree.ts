import { createHash, randomFillSync } from "node:crypto";

/** A folder of many small random files. */
export interface TestTree {
  readonly path: string;
  readonly name: string;
  /** Of all files together. */
  readonly size: number;
  /** SHA-256 in hex by path below the folder. */
  readonly files: ReadonlyMap<string, string>;
}

const FILES_IN_A_FOLDER = 100;

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Writes `count` files of `bytes` random bytes to `dir/lesson`. The folder must exist. */
export async function createTestTree(
  dir: string,
  count: number,
  bytes: number,
  signal: AbortSignal,
): Promise<TestTree> {
  const name = "lesson";
  const path = `${dir}/${name}`;
  const files = new Map<string, string>();
  const content = new Uint8Array(bytes);
  for (let n = 0; n < count; n++) {
    signal.throwIfAborted();
    const folder = `part ${Math.floor(n / FILES_IN_A_FOLDER)}`;
    if (n % FILES_IN_A_FOLDER === 0) await Deno.mkdir(`${path}/${folder}`, { recursive: true });
    await Deno.writeFile(`${path}/${folder}/${n}.txt`, randomFillSync(content));
    files.set(`${folder}/${n}.txt`, sha256(content));
  }
  return { path, name, size: count * bytes, files };
}

/** Throws unless the folder at `path` has exactly the files of `tree`. */
export async function checkTree(path: string, tree: TestTree): Promise<void> {
  let found = 0;
  const look = async (below: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(`${path}/${below}`)) {
      if (isDirectory) await look(`${below}${name}/`);
      else {
        const file = `${below}${name}`;
        const hash = sha256(await Deno.readFile(`${path}/${file}`));
        if (hash !== tree.files.get(file)) throw new Error(`wrong content delivered: ${file} has SHA-256 ${hash}`);
        found++;
      }
    }
  };
  await look("");
  if (found !== tree.files.size) throw new Error(`${found} of ${tree.files.size} files were delivered`);
}
