import assert from "node:assert/strict";
import { createHash, randomFillSync } from "node:crypto";
import { dirname, relative } from "node:path";

export const MB = 1_000_000;

/** Random bytes at `path`, whose folder is made. */
export async function randomFile(path: string, size: number): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, randomBytes(size));
  return path;
}

export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  return randomFillSync(new Uint8Array(size));
}

export async function sha256(path: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex");
}

/** Every file below `folder` by its relative path, with its hash; folders as "folder". */
export async function tree(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const walk = async (at: string) => {
    for await (const { name, isDirectory } of Deno.readDir(at)) {
      const path = `${at}/${name}`;
      found.set(relative(folder, path), isDirectory ? "folder" : await sha256(path));
      if (isDirectory) await walk(path);
    }
  };
  await walk(folder);
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1));
}

export async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** Names in a folder, without what is hidden. */
export function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => !name.startsWith(".")).sort();
}

/** Writes bytes in the middle of a file, in place. */
export async function overwrite(path: string, at: number, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(at, Deno.SeekMode.Start);
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}

export async function assertSameFile(path: string | undefined, original: string): Promise<void> {
  assert.equal(await sha256(path!), await sha256(original));
}
