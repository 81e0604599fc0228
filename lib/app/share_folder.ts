import { listFolder, shareableName } from "../core/folder_listing.ts";
import { EssaimError } from "../core/errors.ts";
import { toHex } from "../core/ids.ts";
import type { Sha256 } from "../core/ids.ts";
import { encodeListing, MAX_LISTING_BYTES } from "../core/listing.ts";
import { chunkSizeFor, fileIdOf, HASH_BYTES } from "../core/manifest.ts";
import { type DiskChanges, fileDraft, type Walked } from "./disk_changes.ts";
import { baseName } from "./share_tree.ts";
import type { Draft, ShareWriter } from "./share_writer.ts";

/**
 * Brings one folder share up to date with what was found on disk, and the shares that files in it have of their own; see
 * publishFolder.
 */
export async function followFolder(
  changes: DiskChanges,
  path: string,
  { files, emptyFolders, unreadable }: Walked,
  draft: Pick<Draft, "visibility" | "allow" | "explicit" | "name" | "shareId">,
): Promise<void> {
  const { writer, options: { chunkSize, listed } } = changes;
  const { contents, records } = writer.ports;
  const plan = await changes.plan(contents.below(path), files, unreadable);
  const empties = emptyFolders.toSorted().join("\n");
  if (listed.get(path) === empties && plan.hash.length + plan.moved.length + plan.gone.length === 0) return;
  listed.delete(path); // until all below is stored: a scan that ends early is made good by the next
  await changes.moveFiles(plan);
  await changes.hash(
    plan,
    (content) => records.ownShareAt(content.path)?.signed.record.kind === "file" ? [fileDraft(content)] : [],
  );
  changes.forget(plan.gone);
  listed.set(path, empties); // before the listing is made: what others store from here on removes it again
  try {
    const left = await publishFolder(writer, path, { ...draft, emptyFolders, chunkSize });
    for (const name of left) changes.problem(`${path}/${name}`, "bad-name", "its path is too long");
  } catch (error) {
    listed.delete(path);
    throw error;
  }
}

export interface FolderShareOptions extends Pick<Draft, "visibility" | "allow" | "explicit" | "name" | "shareId"> {
  readonly emptyFolders: readonly string[];
  readonly chunkSize: number;
  /** Where its files are known, when the folder is about to move to its path. */
  readonly known?: string | undefined;
  /** Stored together with it. */
  readonly alongside?: (() => void) | undefined;
}

/**
 * Publishes a folder as one share whose content is the listing of what is known below it; does nothing when the listing
 * is the one already shared. Resolves to the paths left out because they are too deep or too long.
 */
export async function publishFolder(
  writer: ShareWriter,
  path: string,
  { emptyFolders, chunkSize, known = path, alongside = () => {}, ...draft }: FolderShareOptions,
): Promise<readonly string[]> {
  const { contents, records, hash } = writer.ports;
  const inside = (below: string) => below.slice(known.length).replace(/^\//, "");
  const { listing, left } = listFolder({
    files: Array.from(contents.below(known), ({ path, size, id }) => ({ path: inside(path), size, id })),
    emptyFolders: emptyFolders.map(inside),
  });
  const bytes = encodeListing(listing);
  if (bytes.length > MAX_LISTING_BYTES) {
    throw new EssaimError("too-large", `The folder ${path} has too many files to be shared as one. Share its parts.`);
  }
  const file = { size: bytes.length, chunkSize: chunkSizeFor(bytes.length, chunkSize) };
  const hashes = hashChunks(bytes, file.chunkSize, (chunk) => hash(chunk));
  const id = fileIdOf(file.size, file.chunkSize, hashes, hash);
  const sha256 = toHex(hash(bytes)) as Sha256;
  const isStored = records.ownShareAt(path)?.signed.record.fileId === id;
  await writer.publish([{
    ...draft,
    path,
    kind: "folder",
    newName: shareableName(baseName(path)),
    fileId: id,
    size: file.size,
    sha256,
    total: { size: listing.files.reduce((sum, { size }) => sum + size, 0), files: listing.files.length },
    grants: [id, ...listing.files.map(({ id }) => id)],
  }], () => {
    alongside();
    if (!isStored) contents.putListing({ id, ...file, sha256, hashes }, bytes);
  });
  return left;
}

function hashChunks(bytes: Uint8Array, chunkSize: number, hash: (chunk: Uint8Array) => Uint8Array): Uint8Array {
  const hashes = new Uint8Array(Math.ceil(bytes.length / chunkSize) * HASH_BYTES);
  for (let index = 0; index * chunkSize < bytes.length; index++) {
    hashes.set(hash(bytes.subarray(index * chunkSize, (index + 1) * chunkSize)), index * HASH_BYTES);
  }
  return hashes;
}
