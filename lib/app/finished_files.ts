import { EssaimError } from "../core/errors.ts";
import type { Download } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import type { Desktop, DiskFile, FolderReader } from "../disk_ports.ts";
import type { Downloads } from "./downloads.ts";
import { baseName } from "./share_tree.ts";

export interface FinishedFilesPorts {
  readonly downloads: Downloads;
  readonly folders: FolderReader;
  readonly desktop: Desktop;
}

/** What somebody does with what was fetched. */
export class FinishedFiles {
  constructor(readonly ports: FinishedFilesPorts) {}

  /**
   * Opens the folder of a download on the screen of this computer. Throws `not-found` when it is not there any more,
   * `no-desktop` where there is nothing to open it with; each says where it is, also as `path` in the details.
   */
  async reveal(id: string): Promise<void> {
    const { downloads, folders, desktop } = this.ports;
    const { path = undefined, out, name } = downloads.get(id);
    const wanted = path ?? out;
    if (!await folders.lookExactly(portable(wanted))) throw gone(name, wanted);
    await desktop.reveal(wanted, path === undefined ? "folder" : "item");
  }

  /** The whole file as it is on the disk. Throws `not-found`, `conflict` for what is not complete or a folder. */
  async content(id: string): Promise<DiskFile & { readonly name: string }> {
    const { downloads, desktop } = this.ports;
    const download = downloads.get(id);
    const { path, kind, name } = download;
    if (download.status !== "complete" || path === undefined) {
      throw new EssaimError("conflict", `${printable(name)} is not complete yet.`);
    }
    if (kind === "folder") {
      throw new EssaimError("conflict", `${printable(name)} is a folder: open it at ${printable(path)}.`);
    }
    const file = await desktop.read(path);
    if (!file) throw gone(name, path);
    return { ...file, name: nameOf(download, path) };
  }
}

/** As it lies on the disk: another file may have had its name. */
function nameOf({ name }: Download, path: string): string {
  return baseName(portable(path)) || name;
}

function portable(path: string): string {
  return path.replaceAll("\\", "/");
}

function gone(name: string, path: string): EssaimError {
  return new EssaimError("not-found", `${printable(name)} is not there any more: it was at ${printable(path)}.`, {
    details: { path },
  });
}
