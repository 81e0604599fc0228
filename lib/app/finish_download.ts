import type { Holding } from "../core/messages.ts";
import type { ContentStore, DownloadRow } from "../store_ports.ts";
import type { DownloadRun } from "./download_run.ts";
import { FolderRun } from "./folder_run.ts";

/** Fetches all of it, gives it its name and stores it as complete. Rejects with what ended the run. */
export async function finishDownload(
  run: DownloadRun,
  soFar: (row: DownloadRow) => Partial<DownloadRow>,
  signal: AbortSignal,
): Promise<DownloadRow> {
  const { row } = run;
  const { clock, atomically, store } = run.ports;
  const folder = row.kind === "folder" ? new FolderRun(run) : undefined;
  return await run.run(async (signal) => {
    const { path, keep } = folder ? await folder.fetch(signal) : await run.fetchSingle(signal);
    const now: DownloadRow = { ...row, ...soFar(row), state: "complete", path, finishedAt: clock.now() };
    atomically(() => {
      keep();
      store.removePart(row.id, "");
      store.put(now);
    });
    return now;
  }, signal);
}

/** How much of a download this peer holds for others; undefined: nothing. */
export function holdingOf(
  row: DownloadRow,
  run: DownloadRun | undefined,
  { contents }: { readonly contents: ContentStore },
): Holding | undefined {
  if (row.state === "complete") {
    const changed = row.kind === "file" && contents.of(row.ref.fileId).length === 0;
    return changed ? undefined : { ...row.ref, have: 1, of: 1 };
  }
  const part = run?.part;
  if (!part || part.verified.count === 0 || row.kind !== "file") return undefined;
  return { ...row.ref, have: part.verified.count, of: part.verified.length };
}
