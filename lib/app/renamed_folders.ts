import { sameFile } from "../core/scan.ts";
import type { Place } from "../disk_ports.ts";
import { gently, selfAndAbove } from "./share_tree.ts";
import type { SharingPorts } from "./share_writer.ts";

/** Files of a folder that are looked for in its new place before it counts as another one. */
const MOST_COMPARED = 1_000;

/**
 * Where folders that are no longer at their paths are now, below `root`: the same folder (inode) with at least one of
 * the files that it held. An inode alone may be that of a deleted folder, used again.
 */
export async function renamedFolders(
  ports: SharingPorts,
  root: string,
  missing: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const { contents, folders, clock } = ports;
  const wanted = new Map(missing.flatMap((path) => {
    const inode = contents.folderInode(path) ?? 0;
    return inode === 0 ? [] : [[inode, path] as const];
  }));
  const found = new Map<string, string>();
  if (wanted.size === 0) return found;
  const looked = new Set<string>([root]);
  for await (const { files } of folders.walk(root, signal)) {
    for await (const { path } of gently(files, clock)) {
      for (const folder of selfAndAbove(path.slice(0, path.lastIndexOf("/")))) {
        if (looked.has(folder) || folder.length <= root.length) break;
        looked.add(folder);
        const inode = await inodeAt(folder);
        const before = inode === undefined ? undefined : wanted.get(inode);
        if (before !== undefined && await holdsWhatWasIn(before, folder)) found.set(before, folder);
      }
      if (found.size === wanted.size) return found;
    }
  }
  return found;

  async function inodeAt(folder: string): Promise<number | undefined> {
    const place = await at(folder);
    return place?.kind === "folder" ? place.inode : undefined;
  }

  async function holdsWhatWasIn(before: string, folder: string): Promise<boolean> {
    let compared = 0;
    for (const known of contents.below(before)) {
      const place = await at(folder + known.path.slice(before.length));
      if (place?.kind === "file" && sameFile(place, known)) return true;
      if (++compared >= MOST_COMPARED) return false;
    }
    return false;
  }

  /** Nothing, where it cannot be read. */
  async function at(path: string): Promise<Place | undefined> {
    return await folders.lookExactly(path).catch(() => undefined);
  }
}
