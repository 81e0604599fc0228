import { EssaimError } from "../core/errors.ts";
import type { Content, ContentReader, OpenContent } from "../ports.ts";

/** Reads shared files, sure each time that they are still what was hashed. */
export function contentReader(): ContentReader {
  return {
    async open(content) {
      let file: Deno.FsFile;
      try {
        file = await Deno.open(content.path);
      } catch (cause) {
        throw new EssaimError("not-found", `${content.path} cannot be read (any more).`, { cause });
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
    const { size, mtime, ino } = await this.file.stat();
    const { content } = this;
    if (size !== content.size || mtime?.getTime() !== content.mtimeMs || ino !== content.inode) throw this.#changed();
  }

  [Symbol.dispose](): void {
    this.file.close();
  }

  #changed(): EssaimError {
    return new EssaimError("changed", `${this.content.path} changed since it was shared; it is scanned again.`);
  }
}
