import { dirname, join } from "node:path";
import { EssaimError } from "../core/errors.ts";
import { chunkLength, type Manifest } from "../core/manifest.ts";
import type { PartFile, PartFiles, SmallFile } from "../disk_ports.ts";
import { asFileError } from "./file_errors.ts";
import { syncFolder, writeAll } from "./files.ts";
import { giveName } from "./give_name.ts";

/** A chunk that begins with this many zeros was most likely never written. */
const HOLE_PROBE_BYTES = 4096;

/** Small files that are open at a time. */
const SYNCED_TOGETHER = 64;

/** Downloads on the local disk. */
export function partFiles(): PartFiles {
  return {
    async open(path, manifest) {
      const file = await attempt(path, () => Deno.open(path, { read: true, write: true, create: true }));
      try {
        const { isFile, size } = await file.stat();
        if (!isFile) throw new EssaimError("unwritable", `${path} is not a file. Remove it.`);
        // What somebody appended is in no chunk, so nothing else would notice it.
        if (size > manifest.size) await file.truncate(manifest.size);
        return new LocalPart(path, file, manifest);
      } catch (error) {
        file.close();
        throw error;
      }
    },

    async publish(part, folder, names) {
      for (const name of names) {
        const path = join(folder, name);
        if (await attempt(path, () => giveName(part, path))) {
          await syncFolder(folder);
          return path;
        }
      }
      throw new EssaimError("unwritable", `Every name for ${part} is taken in ${folder}. Move some files away.`);
    },

    async remove(path) {
      await attempt(path, () => Deno.remove(path, { recursive: true })).catch(ignoreMissing);
    },

    async makeFolder(path) {
      await attempt(path, () => Deno.mkdir(path, { recursive: true }));
    },

    async writeSmall(files) {
      for (let first = 0; first < files.length; first += SYNCED_TOGETHER) {
        await writeTogether(files.slice(first, first + SYNCED_TOGETHER));
      }
    },

    async syncSmall(paths, signal) {
      for (let first = 0; first < paths.length; first += SYNCED_TOGETHER) {
        signal.throwIfAborted();
        await Promise.all(
          paths.slice(first, first + SYNCED_TOGETHER).map((path) =>
            attempt(path, async () => {
              using file = await Deno.open(path, { write: true }); // Windows syncs only what may be written
              await file.syncData();
            })
          ),
        );
      }
    },

    async readWhole(path, size) {
      try {
        return (await Deno.stat(path)).size === size ? await Deno.readFile(path) : undefined;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },

    async hasRoom(folder, bytes) {
      const probe = join(folder, `.essaim-${crypto.randomUUID()}.room`);
      try {
        await Deno.writeFile(probe, new Uint8Array(bytes), { createNew: true });
        return true;
      } catch {
        return false;
      } finally {
        await Deno.remove(probe).catch(() => {});
      }
    },

    async exists(path) {
      try {
        await Deno.lstat(path);
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
    },

    join,
  };
}

class LocalPart implements PartFile {
  /** Reads and writes share one file position, so they take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly path: string, readonly file: Deno.FsFile, readonly manifest: Manifest) {}

  write(index: number, bytes: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      this.file.seekSync(index * this.manifest.chunkSize, Deno.SeekMode.Start); // it does not wait for the disk
      await writeAll(this.file, bytes);
    });
  }

  read(index: number, { skipHoles } = { skipHoles: false }): Promise<Uint8Array | undefined> {
    return this.#inTurn(async () => {
      const length = chunkLength(this.manifest, index);
      const buffer = new Uint8Array(length);
      const probe = Math.min(length, HOLE_PROBE_BYTES);
      await this.file.seek(index * this.manifest.chunkSize, Deno.SeekMode.Start);
      if (!await this.#fill(buffer.subarray(0, probe))) return undefined;
      if (skipHoles && length > probe && buffer.subarray(0, probe).every((byte) => byte === 0)) return undefined;
      return await this.#fill(buffer.subarray(probe)) ? buffer : undefined;
    });
  }

  sync(): Promise<void> {
    return attempt(this.path, () => this.file.syncData());
  }

  async stat(): Promise<{ size: number; mtimeMs: number }> {
    const { size, mtime } = await this.file.stat();
    return { size, mtimeMs: mtime?.getTime() ?? 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    this.file.close();
  }

  async #fill(buffer: Uint8Array): Promise<boolean> {
    for (let filled = 0; filled < buffer.length;) {
      const count = await this.file.read(buffer.subarray(filled));
      if (count === null) return false;
      filled += count;
    }
    return true;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => attempt(this.path, work));
    this.#turn = result.catch(() => {});
    return result;
  }
}

/**
 * Writing blocks: handing each step to another thread would take longer than the step. Syncing does not, and all wait at
 * once, since a file system commits together what waits together.
 */
async function writeTogether(files: readonly SmallFile[]): Promise<void> {
  const open: Deno.FsFile[] = [];
  try {
    for (const { path, bytes } of files) {
      await attempt(path, () => {
        const file = Deno.openSync(path, { write: true, create: true, truncate: true });
        open.push(file);
        for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
      });
    }
    await Promise.all(open.map((file, i) => attempt(files[i]!.path, () => file.syncData())));
  } finally {
    for (const file of open) file.close();
  }
}

async function attempt<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFileError(error, path, dirname(path));
  }
}

function ignoreMissing(error: unknown): void {
  if (error instanceof EssaimError && error.code === "not-found") return;
  throw error;
}
