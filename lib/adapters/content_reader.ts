import { EssaimError } from "../core/errors.ts";
import type { ContentReader, OpenContent } from "../disk_ports.ts";
import type { Content } from "../store_ports.ts";
import { inodeOf } from "./inode.ts";

/** Reads shared files, sure each time that they are still what was hashed. */
export function contentReader(): ContentReader {
  return {
    async open(content) {
      let file: Deno.FsFile;
      try {
        file = await Deno.open(content.path);
      } catch (error) {
        throw explained(content, error);
      }
      const open = new OpenFile(file, content);
      try {
        await open.check();
        return open;
      } catch (error) {
        file.close();
        throw error;
      }
    },

    readSmall(content) {
      try {
        using file = Deno.openSync(content.path);
        const bytes = new Uint8Array(content.size);
        for (let filled = 0; filled < bytes.length;) {
          const count = file.readSync(bytes.subarray(filled));
          if (count === null) throw changed(content);
          filled += count;
        }
        if (!isSame(file.statSync(), content)) throw changed(content);
        return bytes;
      } catch (error) {
        throw explained(content, error);
      }
    },
  };
}

class OpenFile implements OpenContent {
  #position = 0;

  constructor(readonly file: Deno.FsFile, readonly content: Content) {}

  async read(offset: number, into: Uint8Array): Promise<void> {
    if (offset !== this.#position) await this.file.seek(offset, Deno.SeekMode.Start);
    this.#position = offset + into.length;
    for (let filled = 0; filled < into.length;) {
      const count = await this.file.read(into.subarray(filled));
      if (count === null) throw changed(this.content);
      filled += count;
    }
  }

  async check(): Promise<void> {
    if (!isSame(await this.file.stat(), this.content)) throw changed(this.content);
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

function isSame(info: Deno.FileInfo, { size, mtimeMs, inode }: Content): boolean {
  return info.size === size && info.mtime?.getTime() === mtimeMs && inodeOf(info) === inode;
}

function changed({ path }: Content): EssaimError {
  return new EssaimError("changed", `${path} changed since it was shared; it is scanned again.`);
}

function explained({ path }: Content, cause: unknown): EssaimError {
  if (cause instanceof EssaimError) return cause;
  const isGone = cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory;
  const why = isGone ? "is not there any more" : `cannot be opened: ${cause}`;
  return new EssaimError(isGone ? "not-found" : "unreadable", `${path} ${why}.`, { cause });
}
