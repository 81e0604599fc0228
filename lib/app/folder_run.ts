import { EssaimError } from "../core/errors.ts";
import { type ListedFile, type Listing, MAX_LISTING_BYTES, parseListing } from "../core/listing.ts";
import { chunkCount, provesSmallFile } from "../core/manifest.ts";
import { alternatives } from "../core/safe_path.ts";
import type { LiveRecord, SignedRecord } from "../core/share_record.ts";
import type { Content } from "../store_ports.ts";
import { loggedName } from "./logged.ts";
import type { DownloadRun, Published } from "./download_run.ts";
import { fetchFolder, MAX_BUNDLED_BYTES, refuseOtherTotal } from "./fetch_folder.ts";

const HASHED_TOGETHER = 1_000;
/** Then something else changes the members; the download waits and tries again later. */
const MAX_AGAIN = 3;
/** Before what turned out wrong is fetched again. */
const AGAIN_AFTER_MS = 1_000;
const NOBODY = "Nobody reachable has what is still missing of this folder. It goes on by itself when somebody does.";

/** A file of the folder as it stands on the disk. */
interface Member {
  readonly member: string;
  readonly content: Content;
}

/** The run of a folder share: first its listing, then its files into a hidden tree, which gets its name when all are there. */
export class FolderRun {
  #listing: Listing | undefined;
  /** Of the small files, by path; the larger ones have a part in the store. */
  readonly #chunkSizes = new Map<string, number>();

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
    await this.#fetchTree(root, listing, resumed, signal);
    let checked = await this.#hashTree(root, signal);
    for (let again = 0; checked.wrong.length > 0; again++) {
      if (again === MAX_AGAIN) {
        throw new EssaimError(
          "unwritable",
          `${
            checked.wrong[0]
          } of ${row.name} is changed as soon as it is stored, by an antivirus perhaps. Allow it there.`,
        );
      }
      await this.#drop(root, checked.wrong);
      await ports.clock.sleep(AGAIN_AFTER_MS, signal);
      await this.#fetchTree(root, listing, true, signal);
      checked = await this.#hashTree(root, signal);
    }
    const path = await ports.files.publish(root, row.out, alternatives(row.name));
    return this.#published(path, checked.members);
  }

  async #fetchTree(root: string, listing: Listing, resumed: boolean, signal: AbortSignal): Promise<void> {
    const { run } = this;
    const { ports } = run;
    run.doneBefore = 0;
    run.phase = "fetching";
    ports.hasher.hash([], 1).catch(() => {}); // what checks the files at the end starts while they come
    await fetchFolder(ports, ports.files, {
      root,
      listing,
      resumed,
      find: (signal) => run.find(signal),
      addressOf: (peer) => run.addressOf(peer),
      onLiar: (peer, file) => run.onLiar(peer, file.id),
      onFile: (file, from, chunkSize) => {
        run.doneBefore += file.size;
        if (chunkSize !== undefined) this.#chunkSizes.set(file.path, chunkSize);
        if (from) run.gave(from, file.size);
      },
      onWait: (waiting) => run.phase = waiting ? { waiting: NOBODY, why: { code: "no-source" } } : "fetching",
      fetchLarge: (file, path, signal) => run.fetchPart(file.path, file.id, file.size, path, signal),
    }, signal);
  }

  /** Whoever changed them after they were proved: they are fetched again. */
  async #drop(root: string, wrong: readonly string[]): Promise<void> {
    const { ports, row } = this.run;
    for (const member of wrong) {
      ports.log.warning("member-changed", `${loggedName(row)}: a file changed while it came; it is fetched again.`);
      await ports.files.remove(ports.files.join(root, ...member.split("/")));
      ports.store.removePart(row.id, member);
    }
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
      const { members, wrong } = await this.#hashTree(path, signal);
      if (wrong.length === 0) return this.#published(path, members);
    }
  }

  /** All listed files below `root`, each hashed once more; `wrong`: paths of those that are not what was listed. */
  async #hashTree(root: string, signal: AbortSignal): Promise<{ members: Member[]; wrong: string[] }> {
    const { ports } = this.run;
    const ids = new Map(this.#listing!.files.map(({ path, id }) => [path, id]));
    const members: Member[] = [];
    const wrong: string[] = [];
    for (const [chunkSize, paths] of await this.#byChunkSize(root)) {
      for (let first = 0; first < paths.length; first += HASHED_TOGETHER) {
        const batch = paths.slice(first, first + HASHED_TOGETHER);
        const places = batch.map((member) => ports.files.join(root, ...member.split("/")));
        for (const [i, outcome] of (await ports.hasher.hash(places, chunkSize, { signal })).entries()) {
          const member = batch[i]!;
          if ("content" in outcome && outcome.content.id === ids.get(member)) {
            members.push({ member, content: outcome.content });
          } else wrong.push(member);
        }
      }
    }
    return { members, wrong };
  }

  async #byChunkSize(root: string): Promise<Map<number, string[]>> {
    const { ports, row } = this.run;
    const usual = ports.contents.listing(row.ref.fileId)!.manifest.chunkSize;
    const groups = new Map<number, string[]>();
    for (const file of this.#listing!.files) {
      const known = ports.store.part(row.id, file.path)?.manifest.chunkSize ?? this.#chunkSizes.get(file.path);
      const chunkSize = known ?? await this.#provenChunkSize(root, file) ?? usual;
      const group = groups.get(chunkSize);
      if (group) group.push(file.path);
      else groups.set(chunkSize, [file.path]);
    }
    return groups;
  }

  /** After a restart nothing is remembered of the small files. */
  async #provenChunkSize(root: string, file: ListedFile): Promise<number | undefined> {
    const { files, hash } = this.run.ports;
    if (file.size > MAX_BUNDLED_BYTES) return undefined;
    const bytes = await files.readWhole(files.join(root, ...file.path.split("/")), file.size);
    const chunkSize = bytes && provesSmallFile(file.id, bytes, hash);
    if (chunkSize !== undefined) this.#chunkSizes.set(file.path, chunkSize);
    return chunkSize;
  }

  async #fetchListing(signal: AbortSignal): Promise<Listing> {
    const { run } = this;
    const { ports, row } = run;
    const { record } = await this.#record(signal);
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
    const proof = { key: ports.records.keyOf(record.owner)! };
    const signed = await this.#record(signal); // a newer one may have come meanwhile
    ports.records.putForeign(signed, proof, [row.ref.fileId, ...listing.files.map(({ id }) => id)]);
    return listing;
  }

  async #record(signal: AbortSignal): Promise<SignedRecord<LiveRecord>> {
    const { row } = this.run;
    const { record, jws } = await this.run.record(signal);
    if (!record.deleted && record.fileId === row.ref.fileId) return { record, jws };
    throw new EssaimError(
      "conflict",
      `${row.name} was changed by its owner meanwhile. Fetch it again: it will be the new one.`,
    );
  }
}
