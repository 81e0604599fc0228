import { EssaimError } from "../core/errors.ts";
import { type Listing, MAX_LISTING_BYTES, parseListing } from "../core/listing.ts";
import { chunkCount } from "../core/manifest.ts";
import { alternatives } from "../core/safe_path.ts";
import type { LiveRecord } from "../core/share_record.ts";
import type { Content } from "../ports.ts";
import type { DownloadRun } from "./download_run.ts";
import { fetchFolder, refuseOtherTotal } from "./fetch_folder.ts";

const HASHED_TOGETHER = 1_000;
const NOBODY = "Nobody reachable has what is still missing of this folder. It goes on by itself when somebody does.";

/** The run of a folder share: first its listing, then its files into a hidden tree, which gets its name when all are there. */
export class FolderRun {
  #listing: Listing | undefined;

  constructor(readonly run: DownloadRun) {}

  async fetch(signal: AbortSignal): Promise<string> {
    const { run } = this;
    const { ports, row } = run;
    const root = run.partPath(".folder");
    const listing = this.#listing ??= await this.#fetchListing(signal);
    const resumed = await ports.files.exists(root);
    await ports.files.makeFolder(root);
    run.doneBefore = 0;
    run.phase = "fetching";
    await fetchFolder(ports, ports.files, {
      root,
      listing,
      resumed,
      find: (signal) => run.find(signal),
      addressOf: (peer) => run.addressOf(peer),
      onLiar: (peer, file) => run.onLiar(peer, file.id),
      onFile: (file, from) => {
        run.doneBefore += file.size;
        if (from) run.gave(from, file.size);
      },
      onWait: (waiting) => run.phase = waiting ? { waiting: NOBODY } : "fetching",
      fetchLarge: (file, path, signal) => run.fetchPart(file.path, file.id, file.size, path, signal),
    }, signal);
    return await ports.files.publish(root, row.out, alternatives(row.name));
  }

  /** Remembers every file of the published tree, each hashed once more as it now stands. */
  async keepContents(path: string, signal: AbortSignal): Promise<() => void> {
    const { run } = this;
    const { ports, row } = run;
    const files = this.#listing!.files;
    const contents: Content[] = [];
    for (const [chunkSize, members] of this.#byChunkSize()) {
      for (let first = 0; first < members.length; first += HASHED_TOGETHER) {
        const paths = members.slice(first, first + HASHED_TOGETHER).map((member) =>
          ports.files.join(path, ...member.split("/"))
        );
        for (const outcome of await ports.hasher.hash(paths, chunkSize, { signal })) {
          if ("content" in outcome) contents.push(outcome.content);
        }
      }
    }
    const ids = new Set(files.map(({ id }) => id));
    return () => {
      for (const content of contents) if (ids.has(content.id)) ports.contents.put(content);
      for (const { path } of files) ports.store.removePart(row.id, path);
    };
  }

  #byChunkSize(): Map<number, string[]> {
    const { ports, row } = this.run;
    const record = ports.contents.listing(row.ref.fileId);
    const groups = new Map<number, string[]>();
    for (const { path } of this.#listing!.files) {
      const chunkSize = ports.store.part(row.id, path)?.manifest.chunkSize ?? record!.manifest.chunkSize;
      groups.set(chunkSize, [...groups.get(chunkSize) ?? [], path]);
    }
    return groups;
  }

  async #fetchListing(signal: AbortSignal): Promise<Listing> {
    const { run } = this;
    const { ports, row } = run;
    const signed = ports.records.get(row.ref)!;
    const record = signed.record as LiveRecord;
    let kept = ports.contents.listing(row.ref.fileId);
    if (!kept) {
      if (record.size > MAX_LISTING_BYTES) throw new EssaimError("bad-content", "The folder's listing is too long.");
      const path = run.partPath(".listing");
      await run.fetchPart("", row.ref.fileId, record.size, path, signal);
      const { manifest, hashes } = ports.store.part(row.id, "")!;
      const bytes = await ports.files.readWhole(path, record.size);
      if (!bytes || chunkCount(manifest) === 0) throw new EssaimError("not-found", "The folder's listing vanished.");
      kept = { manifest, hashes, bytes };
      ports.contents.putListing({ ...manifest, sha256: record.sha256, hashes }, bytes);
      await ports.files.remove(path);
    }
    const listing = parseListing(kept.bytes);
    refuseOtherTotal(listing, record.total);
    const key = ports.records.keyOf(record.owner)!;
    ports.records.putForeign(signed, key, [row.ref.fileId, ...listing.files.map(({ id }) => id)]);
    return listing;
  }
}
