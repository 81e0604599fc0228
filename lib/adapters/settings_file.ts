import { dirname } from "node:path";
import type { SettingsFile } from "../disk_ports.ts";
import { asFileError } from "./file_errors.ts";
import { removeIfThere, syncFolder, writeAll } from "./files.ts";

/** The configuration file at `path`. */
export function settingsFile(path: string): SettingsFile {
  return {
    async read() {
      try {
        return await Deno.readTextFile(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return "";
        throw asFileError(error, path, dirname(path));
      }
    },
    async write(text) {
      const temporary = `${path}.new`;
      try {
        {
          using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
          await writeAll(file, new TextEncoder().encode(text));
          await file.sync();
        }
        await Deno.rename(temporary, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await removeIfThere(temporary).catch(() => {});
        throw asFileError(error, path, dirname(path));
      }
    },
  };
}
