import { join } from "node:path";
import type { Log } from "../ports.ts";

/** What downloads, probes for room and moves name their unfinished files: part_path.ts, part_files.ts, file_moves.ts. */
const LEFTOVER = /^\.essaim-([0-9a-f-]+)\.(?:part|listing|folder|room|move)$/;

/** What was written so lately may belong to another peer that puts its downloads here. */
const LATELY_MS = 24 * 60 * 60_000;

/** Deletes what downloads that nobody knows any more, and moves, left directly in `folder` more than a day before `now`. */
export async function sweepParts(folder: string, known: ReadonlySet<string>, now: number, log: Log): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const [, id] = LEFTOVER.exec(name) ?? [];
      if (id === undefined || known.has(id)) continue;
      await sweep(join(folder, name), now, log);
    }
  } catch (error) {
    log.warning("leftovers-kept", `Leftovers in ${folder} cannot be deleted: ${error}`);
  }
}

async function sweep(path: string, now: number, log: Log): Promise<void> {
  try {
    const { mtime } = await Deno.lstat(path);
    if (now - (mtime?.getTime() ?? now) < LATELY_MS) return;
    await Deno.remove(path, { recursive: true });
    log.info("leftover-deleted", `${path} was left by something interrupted and was deleted.`);
  } catch (error) {
    log.warning("leftovers-kept", `${path} cannot be deleted: ${error}`);
  }
}
