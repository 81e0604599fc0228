import { join } from "node:path";
import type { Log } from "../ports.ts";

/** What downloads and probes for room name their unfinished files; see part_path.ts and part_files.ts. */
const LEFTOVER = /^\.essaim-([0-9a-f-]+)\.(?:part|listing|folder|room)$/;

/** Deletes what downloads that nobody knows any more left directly in `folder`. No other process may use the folder. */
export async function sweepParts(folder: string, known: ReadonlySet<string>, log: Log): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const [, id] = LEFTOVER.exec(name) ?? [];
      if (id === undefined || known.has(id)) continue;
      await Deno.remove(join(folder, name), { recursive: true });
      log.info("leftover-deleted", `${name} belonged to no download any more and was deleted.`, { folder });
    }
  } catch (error) {
    log.warning("leftovers-kept", `Leftovers in ${folder} cannot be deleted: ${error}`);
  }
}
