import { basename, dirname, join } from "node:path";
import type { FileMoves } from "../disk_ports.ts";
import { asFileError } from "./file_errors.ts";
import { syncFolder } from "./files.ts";
import { giveName } from "./give_name.ts";

/** Moves on the local disks. */
export function fileMoves(): FileMoves {
  return {
    bringNear: (path, folder) =>
      attempt(path, async () => {
        const [from, to] = await Promise.all([Deno.lstat(path), Deno.stat(folder)]);
        if (from.dev === to.dev) return path;
        // Scans leave this name out, and the next start sweeps it away.
        const copy = join(folder, `.essaim-${crypto.randomUUID()}.move`);
        try {
          await copyWhole(path, copy);
          return copy;
        } catch (error) {
          await Deno.remove(copy, { recursive: true }).catch(() => {});
          throw error;
        }
      }, folder),
    rename: (from, to) => attempt(to, () => giveName(from, to)),
    remove: (path) => attempt(path, () => removeWhole(path)),
    makeFolder: (path) => attempt(path, () => Deno.mkdir(path, { recursive: true })),
    async sync(folders) {
      for (const folder of new Set(folders)) await attempt(folder, () => syncFolder(folder));
    },
    async names(folder) {
      try {
        return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return [];
        throw asFileError(error, folder, folder);
      }
    },
  };
}

/** Also the time of each file, so that it counts as unchanged. Links and special files are left out. */
async function copyWhole(from: string, to: string): Promise<void> {
  const info = await Deno.lstat(from);
  if (info.isDirectory) {
    await Deno.mkdir(to);
    for await (const { name } of Deno.readDir(from)) await copyWhole(join(from, name), join(to, name));
    return await syncFolder(to);
  }
  if (!info.isFile) return;
  await Deno.copyFile(from, to);
  using file = await Deno.open(to, { read: true, write: true });
  if (info.mtime) await file.utime(info.atime ?? info.mtime, info.mtime);
  await file.sync();
}

async function removeWhole(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function attempt<T>(path: string, work: () => Promise<T>, folder = dirname(path)): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFileError(error, basename(path), folder);
  }
}
