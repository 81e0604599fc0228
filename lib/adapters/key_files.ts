import { dirname } from "node:path";
import { EssaimError } from "../core/errors.ts";
import { asFileError } from "./file_errors.ts";
import { removeIfThere, syncFolder, writeAll } from "./files.ts";

/** Files that only their owner may read (mode 0600), in a folder of their own (0700). `what`: "this peer's key". */

const OTHERS_MAY = 0o077;

/**
 * The text of such a file; undefined when there is none, "" when it is no file or longer than `maxBytes`. Throws
 * `unreadable` when others may read it or its folder.
 */
export async function readPrivate(path: string, what: string, maxBytes: number): Promise<string | undefined> {
  try {
    const found = await Deno.stat(path);
    refuseOpenMode(dirname(path), (await Deno.stat(dirname(path))).mode, "700", what);
    refuseOpenMode(path, found.mode, "600", what);
    if (!found.isFile || found.size > maxBytes) return "";
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    if (cause instanceof EssaimError) throw cause;
    throw new EssaimError("unreadable", `Cannot read ${what} in ${path}. Check its permissions.`, { cause });
  }
}

/**
 * The file with this text is on the disk afterwards, in place of an earlier one, or the earlier one is untouched. The
 * folder is made. Throws `unwritable`, `disk-full`.
 */
export async function writePrivate(path: string, text: string, what: string): Promise<void> {
  const folder = dirname(path);
  const temporary = `${path}.new`;
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await removeIfThere(temporary);
    {
      using file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
      await writeAll(file, new TextEncoder().encode(text));
      await file.sync();
    }
    await Deno.rename(temporary, path);
    await syncFolder(folder);
  } catch (cause) {
    await removeIfThere(temporary).catch(() => {});
    const error = asFileError(cause, path, folder);
    if (error instanceof EssaimError && error.code === "disk-full") throw error;
    throw new EssaimError("unwritable", `Cannot store ${what} in ${folder}. Check permissions and free space.`, {
      cause,
    });
  }
}

/** `mode` is null on Windows, where a user's folder is closed to others by itself. */
function refuseOpenMode(path: string, mode: number | null, wanted: string, what: string): void {
  if (mode === null || Deno.build.os === "windows" || (mode & OTHERS_MAY) === 0) return;
  throw new EssaimError(
    "unreadable",
    `Others on this computer may read ${path}, which holds ${what}. Run: chmod ${wanted} '${path}' ` +
      `(on a disk without permissions, such as a USB stick, choose another data folder).`,
  );
}
