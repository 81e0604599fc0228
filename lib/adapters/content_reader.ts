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
      } catch (cause) {
        const isGone = cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory;
        const why = isGone ? "is not there any more" : `cannot be opened: ${cause}`;
        throw new EssaimError(isGone ? "not-found" : "unreadable", `${content.path} ${why}.`, { cause });
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
      if (count === null) throw this.#changed();
      filled += count;
    }
  }

  async check(): Promise<void> {
    const info = await this.file.stat();
    const { size, mtimeMs, inode } = this.content;
    const isSame = info.size === size && info.mtime?.getTime() === mtimeMs && inodeOf(info) === inode;
    if (!isSame) throw this.#changed();
  }

  [Symbol.dispose](): void {
    this.file.close();
  }

  #changed(): EssaimError {
    return new EssaimError("changed", `${this.content.path} changed since it was shared; it is scanned again.`);
  }
}
