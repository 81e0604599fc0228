import { fileHasher } from "../../lib/adapters/file_hasher.ts";
import { folderReader } from "../../lib/adapters/folder_reader.ts";
import { sha256Of } from "../../lib/adapters/hash_file.ts";
import { partFiles } from "../../lib/adapters/part_files.ts";
import { atomically, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteDownloads } from "../../lib/adapters/sqlite_downloads.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { Downloads, type DownloadsPorts } from "../../lib/app/downloads.ts";
import { FindFiles } from "../../lib/app/find_files.ts";
import { SourceFinder } from "../../lib/app/find_sources.ts";
import { TrackerLink } from "../../lib/app/tracker_link.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { FileId, Sha256, UserId } from "../../lib/core/ids.ts";
import type { DownloadStatus } from "../../lib/core/local_messages.ts";
import { encodeListing } from "../../lib/core/listing.ts";
import { fileIdOf } from "../../lib/core/manifest.ts";
import { Reputation } from "../../lib/core/reputation.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import type { TrackerClient } from "../../lib/ports.ts";
import { CLASS_ID, FakeClass, FakeLog, keyOf, peerId, recordBy, shareId, trustingSignatures } from "../fakes.ts";
import { FakeNetwork, LIMITS, QuickClock, type TestFile, testFile, until } from "../fakes_download.ts";

export const SELF = peerId(0x5e1f);
export const OWNER = peerId(1);

/** All downloads of one peer over a real folder and database, with sources in memory and time that flies. */
export class Downloading implements AsyncDisposable {
  readonly clock = new QuickClock();
  readonly members = new FakeClass(this.clock);
  readonly log = new FakeLog();
  readonly network = new FakeNetwork();
  readonly told: string[] = [];
  readonly shared = new Map<FileId, LiveRecord>();
  /** Whose computers the sources are that are in the class, by their number. */
  readonly users = new Map<number, UserId>();
  isTrackerAway = false;
  readonly files = partFiles();
  #hasher = fileHasher(0);
  #ids = 0;
  db;
  records;
  contents;
  store;
  downloads;

  private constructor(readonly base: string, readonly options: Partial<DownloadsPorts>) {
    this.network.add(1);
    this.db = openPeerDatabase(`${base}/peer.db`, this.log);
    [this.records, this.contents, this.store, this.downloads] = this.#open();
  }

  static async make(options: Partial<DownloadsPorts> = {}): Promise<Downloading> {
    const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "essaim-downloads-" }));
    const downloading = new Downloading(base, options);
    downloading.downloads.start();
    return downloading;
  }

  /** What the owner shares, all of it found by any search. */
  readonly tracker = {
    filePeers: (file: FileId) => this.#filePeers(file),
    search: () =>
      Promise.resolve({
        results: [...this.shared.values()].map(({ fileId, owner, ...record }) => (
          { ...record, id: fileId, ownerId: owner, owner: "alice", peers: this.network.sources.size }
        )),
      }),
  } as unknown as TrackerClient;

  /** Searches of this peer. */
  find(tracker?: TrackerClient): FindFiles {
    return new FindFiles({
      tracker: new TrackerLink(() => tracker, () => {}),
      ...{ records: this.records, downloads: this.downloads, log: this.log, name: () => "me" },
      ...{ signatures: trustingSignatures, members: this.members },
      neighbours: new Neighbours(SELF, this.clock),
      links: { tracker: () => "http://10.0.0.1:5000", here: () => "http://10.0.0.2:5001" },
    });
  }

  get out(): string {
    return `${this.base}/downloads`;
  }

  /** The owner shares a file. */
  share(name: string, file: TestFile, changes: Partial<LiveRecord> = {}): TestFile {
    const { id, size } = file.manifest;
    this.network.files.set(id, file);
    const owner = changes.visibility && changes.visibility !== "public"
      ? { user: this.users.get(1), class: CLASS_ID }
      : {};
    this.shared.set(id, {
      ...recordBy(OWNER, { name, fileId: id, size, shareId: shareId(this.shared.size + 1) }),
      sha256: sha256Of(file.bytes).toHex() as Sha256,
      ...owner,
      ...changes,
    });
    return file;
  }

  shareFolder(name: string, files: Readonly<Record<string, TestFile>>, changes: Partial<LiveRecord> = {}): TestFile {
    const listed = Object.entries(files).map(([path, { manifest }]) => ({ path, ...manifest }));
    for (const file of Object.values(files)) this.network.files.set(file.manifest.id, file);
    const listing = fileOf(encodeListing({ files: listed, emptyFolders: [] }));
    const size = listed.reduce((sum, { size }) => sum + size, 0);
    return this.share(name, listing, { kind: "folder", total: { size, files: listed.length }, ...changes });
  }

  atomically<T>(change: () => T): T {
    return atomically(this.db)(change);
  }

  add(file: TestFile, out?: string) {
    return this.downloads.add({ fileId: file.manifest.id, out }, new AbortController().signal);
  }

  async reaches(id: string, status: DownloadStatus): Promise<void> {
    await until(() => this.downloads.get(id).status === status, `the download is ${status}`);
  }

  /** Adds a download and waits for its end; the final path. */
  async fetch(file: TestFile): Promise<string> {
    const { id } = await this.add(file);
    await this.reaches(id, "complete");
    return this.downloads.get(id).path!;
  }

  async names(): Promise<string[]> {
    return (await Array.fromAsync(Deno.readDir(this.out), ({ name }) => name)).sort();
  }

  /** As after kill -9: nothing is said or written any more by the old one, except what it already did. */
  async restart(change: () => void | Promise<void> = () => {}): Promise<void> {
    await this.downloads.close();
    await change();
    this.db.close();
    this.db = openPeerDatabase(`${this.base}/peer.db`, this.log);
    [this.records, this.contents, this.store, this.downloads] = this.#open();
    this.downloads.start();
  }

  #open() {
    const { clock, log, network } = this;
    const records = sqliteRecords(this.db, SELF);
    const contents = sqliteContents(this.db);
    const store = sqliteDownloads(this.db);
    const neighbours = new Neighbours(SELF, clock);
    const reputation = new Reputation();
    const finder = new SourceFinder({
      tracker: this.tracker,
      ...{ signatures: trustingSignatures, members: this.members },
      neighbours,
      reputation,
      clock,
      log,
    });
    const downloads = new Downloads({
      ...{ clock, log, store, records, contents, finder, neighbours, reputation, hash: sha256Of, peers: network },
      atomically: atomically(this.db),
      files: this.files,
      folders: folderReader({ ignore: [], log }),
      hasher: this.#hasher,
      leases: { confirm: () => Promise.resolve() },
      limits: { ...LIMITS, stallMs: 1e9 },
      memory: 64 * 1024 * 1024,
      pace: () => 0,
      parallel: 2,
      defaultOut: this.out,
      newId: () => (++this.#ids).toString(16).padStart(16, "0"),
      onChange: (kind) => void this.told.push(kind),
      ...this.options,
    });
    return [records, contents, store, downloads] as const;
  }

  #filePeers(file: FileId) {
    const record = this.shared.get(file);
    if (this.isTrackerAway) return Promise.reject(new EssaimError("unreachable", "The tracker is away."));
    if (!record && !this.network.files.has(file)) return Promise.reject(new EssaimError("not-found", "Nobody."));
    const peers = [...this.network.sources.keys()].map((number) => ({
      ...{ peerId: peerId(number), name: `peer ${number}`, host: "fake", port: number, have: 1, of: 1 },
      ...this.users.has(number) ? { user: this.users.get(number)!, memberPort: number } : {},
    }));
    const owner = this.users.get(1);
    const certificates = owner === undefined ? {} : { [OWNER]: this.members.enrol(OWNER, owner) };
    const records = record ? [JSON.stringify(record)] : [];
    return Promise.resolve({ records, keys: { [OWNER]: keyOf(OWNER) }, certificates, peers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.downloads.close();
    this.#hasher[Symbol.dispose]();
    this.db.close();
    await Deno.remove(this.base, { recursive: true });
  }
}

/** A file with this content, of one chunk. */
function fileOf(bytes: Uint8Array<ArrayBuffer>): TestFile {
  const { manifest: { chunkSize } } = testFile(0);
  const hashes = sha256Of(bytes);
  const id = fileIdOf(bytes.length, chunkSize, hashes, sha256Of);
  return { bytes, hashes, manifest: { id, size: bytes.length, chunkSize } };
}
