import { EssaimError } from "../core/errors.ts";
import { type Listing, MAX_LISTING_BYTES, parseListing } from "../core/listing.ts";
import { chunkCount } from "../core/manifest.ts";
import { alternatives } from "../core/safe_path.ts";
import type { LiveRecord } from "../core/share_record.ts";
import type { Content } from "../ports.ts";
import type { DownloadRun, Published } from "./download_run.ts";
import { fetchFolder, refuseOtherTotal } from "./fetch_folder.ts";

const HASHED_TOGETHER = 1_000;
const NOBODY = "Nobody reachable has what is still missing of this folder. It goes on by itself when somebody does.";

/** A file of the folder as it stands on the disk. */
interface Member {
  readonly member: string;
  readonly content: Content;
}

/** The run of a folder share: first its listing, then its files into a hidden tree, which gets its name when all are there. */
export class FolderRun {
  #listing: Listing | undefined;

  constructor(readonly run: DownloadRun) {}

  async fetch(signal: AbortSignal): Promise<Published> {
    const { run } = this;
    const { ports, row } = run;
    const root = run.partPath(".folder");
    const listing = this.#listing ??= await this.#fetchListing(signal);
    const resumed = await ports.files.exists(root);
    const published = resumed ? undefined : await this.#publishedBefore(signal);
    if (published) return published;
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
    const contents = await this.#hashTree(root, signal, "go on");
    const path = await ports.files.publish(root, row.out, alternatives(row.name));
    return this.#published(path, contents);
  }

  #published(path: string, contents: readonly Member[]): Published {
    const { ports, row } = this.run;
    const keep = () => {
      for (const { member, content } of contents) {
        ports.contents.put({ ...content, path: ports.files.join(path, ...member.split("/")) });
      }
      for (const { path } of this.#listing!.files) ports.store.removePart(row.id, path);
    };
    return { path, keep };
  }

  /** After a crash between giving the name and noting it: the whole tree, found under one of its names. */
  async #publishedBefore(signal: AbortSignal): Promise<Published | undefined> {
    const { ports, row } = this.run;
    if (this.#listing!.files.length === 0) return undefined;
    for (const name of alternatives(row.name)) {
      const path = ports.files.join(row.out, name);
      if (!await ports.files.exists(path)) return undefined;
      const contents = await this.#hashTree(path, signal, "stop");
      if (contents.length === this.#listing!.files.length) return this.#published(path, contents);
    }
  }

  /** The listed files that stand below `root` as they should, each hashed once more. `atOther`: when one is another. */
  async #hashTree(root: string, signal: AbortSignal, atOther: "stop" | "go on"): Promise<Member[]> {
    const { ports } = this.run;
    const ids = new Map(this.#listing!.files.map(({ path, id }) => [path, id]));
    const contents: Member[] = [];
    for (const [chunkSize, members] of this.#byChunkSize()) {
      for (let first = 0; first < members.length; first += HASHED_TOGETHER) {
        const batch = members.slice(first, first + HASHED_TOGETHER);
        const paths = batch.map((member) => ports.files.join(root, ...member.split("/")));
        for (const [i, outcome] of (await ports.hasher.hash(paths, chunkSize, { signal })).entries()) {
          const member = batch[i]!;
          if ("content" in outcome && outcome.content.id === ids.get(member)) {
            contents.push({ member, content: outcome.content });
          } else if (atOther === "stop") return contents;
        }
      }
    }
    return contents;
  }

  #byChunkSize(): Map<number, string[]> {
    const { ports, row } = this.run;
    const usual = ports.contents.listing(row.ref.fileId)!.manifest.chunkSize;
    return Map.groupBy(
      this.#listing!.files.map(({ path }) => path),
      (path) => ports.store.part(row.id, path)?.manifest.chunkSize ?? usual,
    );
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
