import { EssaimError } from "../core/errors.ts";
import type { FileId } from "../core/ids.ts";
import type { DownloadRow } from "../store_ports.ts";
import type { DownloadPorts } from "./download_run.ts";

/** Whether what was downloaded is still as it came; of a folder, whether it is still there. */
export async function isUnchanged(
  { folders, files, contents }: Pick<DownloadPorts, "folders" | "files" | "contents">,
  { kind, path, ref }: DownloadRow,
): Promise<boolean> {
  if (path === undefined) return false;
  if (kind === "folder") return await files.exists(path);
  const content = contents.at(path);
  const place = await folders.lookExactly(path);
  return place?.kind === "file" && content?.id === ref.fileId && place.size === content.size &&
    place.mtimeMs === content.mtimeMs && place.inode === content.inode;
}

/** Throws `conflict` when the file is shared from here. */
export function refuseOwn(
  { records, contents, neighbours }: Pick<DownloadPorts, "records" | "contents" | "neighbours">,
  file: FileId,
  name: string,
): void {
  if (!records.granting(file).some(({ owner, fileId }) => owner === neighbours.self && fileId === file)) return;
  const [own] = contents.of(file);
  const where = own ? `: ${own.path}` : "";
  throw new EssaimError("conflict", `${name} is already here${where}. There is nothing to fetch.`);
}
