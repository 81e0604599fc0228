import type { PartFiles } from "../disk_ports.ts";
import type { DownloadRow } from "../store_ports.ts";

/** What an unfinished download leaves in its folder. */
const PART_SUFFIXES = [".part", ".listing", ".folder"] as const;
export type PartSuffix = typeof PART_SUFFIXES[number];

/** Hidden, next to its final place, so that giving it its name moves no bytes. */
export function partPath(files: PartFiles, { out, id }: DownloadRow, suffix: PartSuffix): string {
  return files.join(out, `.essaim-${id}${suffix}`);
}

export async function removeParts(files: PartFiles, row: DownloadRow): Promise<void> {
  for (const suffix of PART_SUFFIXES) await files.remove(partPath(files, row, suffix));
}
