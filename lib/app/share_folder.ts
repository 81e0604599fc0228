import { listFolder, shareableName } from "../core/folder_listing.ts";
import { EssaimError } from "../core/errors.ts";
import { toHex } from "../core/ids.ts";
import type { Sha256, ShareId } from "../core/ids.ts";
import { encodeListing, MAX_LISTING_BYTES } from "../core/listing.ts";
import { chunkSizeFor, fileIdOf, HASH_BYTES } from "../core/manifest.ts";
import { isWithin } from "../core/scan.ts";
import { isRestricted } from "../core/share_record.ts";
import { isAsWide } from "../core/sharing_choice.ts";
import type { Content } from "../store_ports.ts";
import { type DiskChanges, fileDraft, type Walked } from "./disk_changes.ts";
import { expand, ofThisClass } from "./people.ts";
import { baseName, coveredBy, gently, moveKnown, selfAndAbove } from "./share_tree.ts";
import type { Draft, ShareWriter } from "./share_writer.ts";

/**
 * Brings one folder share up to date with what was found on disk, and the shares that files in it have of their own; see
 * publishFolder.
 */
export async function followFolder(
  changes: DiskChanges,
  path: string,
  { files, emptyFolders, unreadable }: Walked,
  draft: Pick<Draft, "visibility" | "allow" | "groups" | "explicit" | "name" | "shareId">,
): Promise<void> {
  const { writer, options: { chunkSize, listed } } = changes;
  const { contents } = writer.ports;
  const plan = await changes.plan(contents.below(path), files, unreadable);
  const empties = emptyFolders.toSorted().join("\n");
  if (listed.get(path) === empties && plan.hash.length + plan.moved.length + plan.gone.length === 0) return;
  listed.delete(path); // until all below is stored: a scan that ends early is made good by the next
  changes.past.miss(plan.gone);
  await changes.moveFiles(plan);
  await changes.hash(plan, (content) => ownDrafts(changes, path, content));
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

/**
 * A folder share whose folder is at `to` now stays the same share, with the shares inside it and what was withdrawn there.
 * Does nothing where `to` is shared or withdrawn already.
 */
export async function moveFolderShare(changes: DiskChanges, from: string, to: string): Promise<void> {
  const { writer, options: { listed } } = changes;
  const { contents, records, clock } = writer.ports;
  if (coveredBy(to, writer.withdrawn) || records.ownShareAt(to)) return;
  const moved: ShareId[] = [];
  for await (const { path, shareId, state } of gently(records.ownPaths(), clock)) {
    if (state !== "withdrawn" && isWithin(path, from)) moved.push(shareId);
  }
  const withdrawn = [...writer.withdrawn].filter(([path]) => isWithin(path, from));
  listed.delete(from);
  await writer.move(moved, from, to, () => moveKnown(contents, from, to));
  await writer.bury(withdrawn.map(([path, shareId]) => ({ shareId, path: to + path.slice(from.length) })));
}

/** The share that a file of a folder share has by itself: its own, or the one for fewer people with which it came there. */
async function ownDrafts(changes: DiskChanges, folder: string, content: Content): Promise<Draft[]> {
  const { records, contents } = changes.writer.ports;
  if (records.ownShareAt(content.path)?.signed.record.kind === "file") return [fileDraft(content)];
  const around = records.ownShareAt(folder);
  if (around === undefined || contents.at(content.path) !== undefined) return [];
  const { shareId } = around.signed.record;
  if (records.granting(content.id).some((record) => record.shareId === shareId)) return [];
  const draft = await changes.newDraft(content);
  return draft.inherited && !changes.past.isAsWide(draft.inherited, around) ? [draft] : [];
}

export interface FolderShareOptions
  extends Pick<Draft, "visibility" | "allow" | "groups" | "explicit" | "name" | "shareId" | "from"> {
  readonly emptyFolders: readonly string[];
  readonly chunkSize: number;
  /** Where its files are known, when the folder is about to move to its path. */
  readonly known?: string | undefined;
  /** Stored together with it. */
  readonly alongside?: (() => void) | undefined;
}

/**
 * Publishes a folder as one share whose content is the listing of what is known below it, without what is for fewer
 * people by itself; does nothing when the listing is the one already shared. Resolves to the paths left out because they
 * are too deep or too long.
 */
export async function publishFolder(
  writer: ShareWriter,
  path: string,
  { emptyFolders, chunkSize, known = path, alongside = () => {}, ...draft }: FolderShareOptions,
): Promise<readonly string[]> {
  const { contents, records, hash } = writer.ports;
  const inside = (below: string) => below.slice(known.length).replace(/^\//, "");
  const isForFewer = forFewer(writer, path, draft);
  const { listing, left } = listFolder({
    files: Array.from(contents.below(known), ({ path, size, id }) => ({ path: inside(path), size, id }))
      .filter((file) => !isForFewer(`${path}/${file.path}`)),
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

/** Tells what below a folder share is for fewer people than it, or was before it was withdrawn or vanished. */
function forFewer(
  writer: ShareWriter,
  folder: string,
  draft: Pick<Draft, "from" | "visibility" | "allow" | "groups">,
): (path: string) => boolean {
  const { records, people } = writer.ports;
  if (!people?.choices.hasRestricted()) return () => false;
  const wanted = writer.choiceFor({ path: folder, ...draft });
  const readers = { visibility: wanted.visibility, allow: expand(wanted, people) };
  const narrow = new Set(
    people.choices.restrictedBelow(folder).filter(({ signed }) => !isAsWide(signed.record, readers))
      .map(({ path }) => path),
  );
  const past = new Set(
    people.choices.pastBelow(folder).filter((past) => {
      const choice = ofThisClass(past, people);
      return !isAsWide({ visibility: choice.visibility, allow: expand(choice, people) }, readers);
    }).map(({ path }) => path),
  );
  return (path) => {
    if (!coveredBy(path, narrow) && !coveredBy(path, past)) return false;
    for (const above of selfAndAbove(path)) {
      if (above === folder) return false;
      if (narrow.has(above) || past.has(above)) return true;
      const share = records.ownShareAt(above)?.signed.record;
      if (share) return isRestricted(share) && !isAsWide(share, readers);
    }
    return false;
  };
}

function hashChunks(bytes: Uint8Array, chunkSize: number, hash: (chunk: Uint8Array) => Uint8Array): Uint8Array {
  const hashes = new Uint8Array(Math.ceil(bytes.length / chunkSize) * HASH_BYTES);
  for (let index = 0; index * chunkSize < bytes.length; index++) {
    hashes.set(hash(bytes.subarray(index * chunkSize, (index + 1) * chunkSize)), index * HASH_BYTES);
  }
  return hashes;
}
