import { EssaimError } from "../core/errors.ts";
import type { ShareId } from "../core/ids.ts";
import { isWithin } from "../core/scan.ts";
import type { Clock } from "../ports.ts";
import type { ContentStore, RecordStore } from "../store_ports.ts";
import type { SharingPorts } from "./share_writer.ts";

/** Items taken from a store without letting other events in: a few milliseconds. */
const AT_ONCE = 2_000;

/** The items, with pauses between them. */
export async function* gently<T>(items: Iterable<T>, clock: Clock): AsyncGenerator<T> {
  let count = 0;
  for (const item of items) {
    if (++count % AT_ONCE === 0) await clock.sleep(0);
    yield item;
  }
}

/** Own folder shares; they are few and come before the files. */
export function folderShares(records: RecordStore): Map<string, ShareId> {
  const folders = new Map<string, ShareId>();
  for (const { path, shareId, state } of records.ownPaths()) {
    if (state === "file") break;
    if (state === "folder") folders.set(path, shareId);
  }
  return folders;
}

/** Whether `among` has `path` or a folder above it. */
export function coveredBy(path: string, among: { readonly size: number; has(path: string): boolean }): boolean {
  if (among.size === 0) return false;
  for (const candidate of selfAndAbove(path)) if (among.has(candidate)) return true;
  return false;
}

/** "/a/b" → "/a/b", "/a". */
export function* selfAndAbove(path: string): Generator<string> {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) yield path.slice(0, end);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Remembers which folder `path` is now, so that another disk in its place is noticed. */
export async function rememberFolder({ folders, contents }: SharingPorts, path: string): Promise<void> {
  const place = await folders.lookExactly(path);
  if (place?.kind === "folder" && contents.folderInode(path) !== place.inode) {
    contents.putFolderInode(path, place.inode);
  }
}

/** Whether `path` is a folder, and the one that was there before: then what is missing in it was deleted. */
export async function isSameFolder({ folders, contents }: SharingPorts, path: string): Promise<boolean> {
  try {
    const place = await folders.lookExactly(path);
    return place?.kind === "folder" && place.inode === (contents.folderInode(path) ?? place.inode);
  } catch (error) {
    if (error instanceof EssaimError && error.code === "unreadable") return false;
    throw error;
  }
}

/** What is known of a file, or of all files of a folder, holds at another path, or no more. */
export function moveKnown(contents: ContentStore, from: string, to: string | undefined): void {
  for (const { path } of [...contents.below(from)]) {
    if (to === undefined) contents.forget(path);
    else contents.move(path, to + path.slice(from.length));
  }
}

/** Refuses, as the shared folder, one that holds or is held in what must never leave this computer. */
export function refuseAsSharedFolder(path: string, keptPrivate: readonly string[]): void {
  const secret = keptPrivate.find((secret) => isWithin(secret, path) || isWithin(path, secret));
  if (secret === undefined) return;
  throw new EssaimError(
    "bad-config",
    `peer.shared_folder cannot be ${path}: ${secret} in it holds this computer's keys or private data. ` +
      "Choose a folder beside the data folder, or one inside it such as shared_files.",
    { details: { key: "peer.shared_folder" } },
  );
}

/** Refuses a folder or file that holds, or is held in, what must never leave this computer (its keys and database). */
export function refusePrivate(path: string, keptPrivate: readonly string[]): void {
  const secret = keptPrivate.find((secret) => isWithin(secret, path) || isWithin(path, secret));
  if (secret === undefined) return;
  throw new EssaimError("bad-input", `${path} cannot be shared: ${secret} holds this computer's keys or private data.`);
}
