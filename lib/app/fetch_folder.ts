import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import type { ListedFile, Listing } from "../core/listing.ts";
import { MIN_CHUNK_SIZE, provesSmallFile } from "../core/manifest.ts";
import { MAX_BUNDLE_FILES } from "../core/messages.ts";
import type { PartFiles } from "../disk_ports.ts";
import type { Address } from "../ports.ts";
import { waitTurn } from "./bandwidth.ts";
import type { FetchTools } from "./fetch_file.ts";

/** Files up to this size travel in bundles: any chunk size holds them in one chunk. */
export const MAX_BUNDLED_BYTES = MIN_CHUNK_SIZE;
const MAX_BUNDLE_BYTES = 4 * 1024 * 1024;
const BUNDLES_AT_ONCE = 4;
const WAIT_MS = 1_000;

export interface FolderJob {
  /** Folder that the tree is made in. */
  readonly root: string;
  readonly listing: Listing;
  /** Whether files may be there from before. */
  readonly resumed: boolean;
  find(signal: AbortSignal): Promise<PeerId[]>;
  addressOf(peer: PeerId): Address | undefined;
  onLiar(peer: PeerId, file: ListedFile): void;
  /** A file is there, complete and proved; `chunkSize` when it is small. */
  onFile(file: ListedFile, from: PeerId | undefined, chunkSize: number | undefined): void;
  /** `waiting`: nobody gives what is missing. */
  onWait(waiting: boolean): void;
  /** Fetches a larger file to its place in the tree. */
  fetchLarge(file: ListedFile, path: string, signal: AbortSignal): Promise<void>;
}

/** Makes the tree of a folder share below `root`, small files by bundles from several peers at once, then the large ones. */
export async function fetchFolder(
  tools: FetchTools,
  files: PartFiles,
  job: FolderJob,
  signal: AbortSignal,
): Promise<void> {
  const place = (path: string) => files.join(job.root, ...path.split("/"));
  for (const folder of foldersOf(job.listing)) await files.makeFolder(place(folder));
  const missing: ListedFile[] = [];
  const empty: ListedFile[] = [];
  const found: { readonly file: ListedFile; readonly chunkSize: number }[] = [];
  for (const file of job.listing.files) {
    signal.throwIfAborted();
    if (file.size > MAX_BUNDLED_BYTES) continue;
    const bytes = file.size === 0
      ? new Uint8Array()
      : job.resumed
      ? await files.readWhole(place(file.path), file.size)
      : undefined;
    const chunkSize = bytes && provesSmallFile(file.id, bytes, tools.hash);
    if (chunkSize === undefined) missing.push(file);
    else if (file.size === 0) empty.push(file);
    else found.push({ file, chunkSize });
  }
  await files.syncSmall(found.map(({ file: { path } }) => place(path)), signal);
  for (const { file, chunkSize } of found) job.onFile(file, undefined, chunkSize);
  await files.writeSmall(empty.map(({ path }) => ({ path: place(path), bytes: new Uint8Array() })));
  for (const file of empty) job.onFile(file, undefined, provesSmallFile(file.id, new Uint8Array(), tools.hash));
  await fetchSmall(tools, files, job, missing, place, signal);
  for (const file of job.listing.files) {
    if (file.size <= MAX_BUNDLED_BYTES) continue;
    await job.fetchLarge(file, place(file.path), signal);
    job.onFile(file, undefined, undefined);
  }
}

function foldersOf({ files, emptyFolders }: Listing): Set<string> {
  const folders = new Set(emptyFolders);
  for (const { path } of files) {
    const slash = path.lastIndexOf("/");
    if (slash > 0) folders.add(path.slice(0, slash));
  }
  return folders;
}

/** Bundles of missing files, each asked of one peer; what a peer does not give is asked of the next one. */
async function fetchSmall(
  tools: FetchTools,
  files: PartFiles,
  job: FolderJob,
  missing: ListedFile[],
  place: (path: string) => string,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = tools;
  let queue = missing;
  while (queue.length > 0) {
    const peers = await job.find(signal);
    const bundles = bundlesOf(queue);
    queue = [];
    let given = 0;
    const failed = new Set<PeerId>();
    let busy = false;
    let turn = Math.floor(clock.random() * peers.length);
    const worker = async () => {
      for (let bundle = bundles.shift(); bundle; bundle = bundles.shift()) {
        const left = await fetchBundle(
          tools,
          files,
          job,
          bundle,
          peers,
          failed,
          () => busy = true,
          turn++,
          place,
          signal,
        );
        given += bundle.length - left.length;
        queue.push(...left);
      }
    };
    await Promise.all(Array.from({ length: BUNDLES_AT_ONCE }, worker));
    job.onWait(queue.length > 0 && given === 0 && !busy);
    if (queue.length > 0) await clock.sleep(WAIT_MS, signal);
  }
}

function bundlesOf(files: readonly ListedFile[]): ListedFile[][] {
  const bundles: ListedFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = bundles.at(-1);
    if (!last || last.length >= MAX_BUNDLE_FILES || bytes + file.size > MAX_BUNDLE_BYTES) {
      bundles.push([file]);
      bytes = file.size;
    } else {
      last.push(file);
      bytes += file.size;
    }
  }
  return bundles;
}

/** Fetches and stores a bundle; returns the files that are still missing. `failed`: those not to be asked in this round. */
async function fetchBundle(
  tools: FetchTools,
  files: PartFiles,
  job: FolderJob,
  bundle: ListedFile[],
  peers: readonly PeerId[],
  failed: Set<PeerId>,
  onBusy: () => void,
  turn: number,
  place: (path: string) => string,
  signal: AbortSignal,
): Promise<ListedFile[]> {
  let missing = bundle;
  for (let i = 0; i < peers.length && missing.length > 0; i++) {
    const peer = peers[(turn + i) % peers.length]!;
    const address = job.addressOf(peer);
    if (!address || failed.has(peer)) continue;
    let contents: (Uint8Array | undefined)[];
    try {
      contents = await tools.peers.bundle(address, missing, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { code } = asEssaimError(error);
      if (code === "internal") throw error;
      if (code === "busy") onBusy();
      else failed.add(peer);
      continue;
    }
    const wait = tools.pace(peer, contents.reduce((sum, content) => sum + (content?.length ?? 0), 0));
    if (wait > 0) await waitTurn(tools.clock, wait, () => tools.pace(peer, 0), signal);
    missing = await storeBundle(tools, files, job, missing, contents, peer, place);
  }
  return missing;
}

async function storeBundle(
  tools: FetchTools,
  files: PartFiles,
  job: FolderJob,
  bundle: readonly ListedFile[],
  contents: readonly (Uint8Array | undefined)[],
  peer: PeerId,
  place: (path: string) => string,
): Promise<ListedFile[]> {
  const missing: ListedFile[] = [];
  const proved: { readonly file: ListedFile; readonly bytes: Uint8Array; readonly chunkSize: number }[] = [];
  for (const [i, file] of bundle.entries()) {
    const bytes = contents[i];
    const chunkSize = bytes && provesSmallFile(file.id, bytes, tools.hash, proved.at(-1)?.chunkSize);
    if (bytes && chunkSize !== undefined) {
      proved.push({ file, bytes, chunkSize });
      continue;
    }
    if (bytes) job.onLiar(peer, file);
    missing.push(file);
  }
  await files.writeSmall(proved.map(({ file, bytes }) => ({ path: place(file.path), bytes })));
  for (const { file, chunkSize } of proved) job.onFile(file, peer, chunkSize);
  return missing;
}

/** The listing and its record have to agree, else a person would be shown one size and given another. */
export function refuseOtherTotal(listing: Listing, total: { size: number; files: number } | undefined): void {
  const size = listing.files.reduce((sum, file) => sum + file.size, 0);
  if (total && (total.size !== size || total.files !== listing.files.length)) {
    throw new EssaimError("bad-content", "The folder's listing is not what its owner signed.");
  }
}
