import { sha256Of } from "../../lib/adapters/hash_file.ts";
import { fileMoves } from "../../lib/adapters/file_moves.ts";
import { fileHasher } from "../../lib/adapters/file_hasher.ts";
import { folderReader } from "../../lib/adapters/folder_reader.ts";
import { atomically, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { ShareFiles, type SharingOptions } from "../../lib/app/share_file.ts";
import type { ShareRecord } from "../../lib/core/share_record.ts";
import type { FileHasher, Identity } from "../../lib/ports.ts";
import { FakeClock, FakeLog, peerId, shareId } from "../fakes.ts";

export const QUIET_MS = 2_000;
export const ALICE = peerId(0xa11ce);

/** Signs with a sentence instead of a key. */
export const fakeIdentity: Identity = {
  peerId: ALICE,
  publicKey: { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) },
  signRecord: <R extends ShareRecord>(record: R) =>
    Promise.resolve({ record, jws: `signed.${record.shareId}.${record.version}` }),
  signAnnounce: () => Promise.resolve("signed.announce.1"),
};

/** A real folder and database in a temporary place, a clock that moves when told, and a count of what was hashed. */
export class Sharing implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly hashed: string[] = [];
  readonly folders = folderReader({ ignore: [".*", "*.part"], log: this.log });
  readonly moves = fileMoves();
  #ids = 0;
  #hasher = fileHasher(0);
  db;
  records;
  contents;
  share;

  private constructor(readonly base: string, readonly options: Partial<SharingOptions>) {
    this.db = openPeerDatabase(`${base}/data/peer.db`, this.log);
    [this.records, this.contents, this.share] = this.#open();
  }

  static async make(options: Partial<SharingOptions> = {}): Promise<Sharing> {
    const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "essaim-sharing-" }));
    for (const name of ["data", "shared", "elsewhere"]) await Deno.mkdir(`${base}/${name}`);
    return new Sharing(base, options);
  }

  get root(): string {
    return `${this.base}/shared`;
  }

  /** As a start of the program after a clean or unclean end. */
  restart(): void {
    this.db.close();
    this.db = openPeerDatabase(`${this.base}/data/peer.db`, this.log);
    [this.records, this.contents, this.share] = this.#open();
    this.hashed.length = 0;
  }

  /** Scans until nothing waits. */
  async settle(): Promise<void> {
    await this.share.rescan();
    this.clock.advance(QUIET_MS);
    await this.share.rescan();
  }

  async write(path: string, text: string): Promise<string> {
    const whole = path.startsWith("/") ? path : `${this.root}/${path}`;
    await Deno.mkdir(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(whole, text);
    return whole;
  }

  /** Name, version and path below the base of each live share, by name. */
  shares(): string[] {
    return this.records.ownShares().map(({ signed: { record }, path }) =>
      `${record.name} v${record.version} ${path.slice(this.base.length + 1)}`
    ).sort();
  }

  names(): string[] {
    return this.records.ownShares().map(({ signed }) => signed.record.name).sort();
  }

  #open() {
    const records = sqliteRecords(this.db, ALICE);
    const contents = sqliteContents(this.db);
    const hasher: FileHasher = {
      hash: (paths, chunkSize, options) => {
        this.hashed.push(...paths);
        return this.#hasher.hash(paths, chunkSize, options);
      },
      [Symbol.dispose]() {},
    };
    const share = new ShareFiles({
      identity: fakeIdentity,
      records,
      contents,
      atomically: atomically(this.db),
      folders: this.folders,
      moves: this.moves,
      hasher,
      hash: sha256Of,
      newShareId: () => shareId(++this.#ids + this.clock.elapsed * 1000),
      clock: this.clock,
      log: this.log,
    }, {
      sharedFolder: this.root,
      defaultVisibility: "public",
      quietPeriodMs: QUIET_MS,
      chunkSize: () => 1 << 20,
      keptPrivate: [`${this.base}/data`],
      ...this.options,
    });
    return [records, contents, share] as const;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.db.close();
    this.#hasher[Symbol.dispose]();
    await Deno.remove(this.base, { recursive: true });
  }
}
