import { sha256Of } from "../../lib/adapters/hash_file.ts";
import { fileMoves } from "../../lib/adapters/file_moves.ts";
import { fileHasher } from "../../lib/adapters/file_hasher.ts";
import { folderReader } from "../../lib/adapters/folder_reader.ts";
import { atomically, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteChoices, sqliteGroups } from "../../lib/adapters/sqlite_groups.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import type { People } from "../../lib/app/people.ts";
import { ShareFiles, type SharingOptions } from "../../lib/app/share_file.ts";
import type { UserId } from "../../lib/core/ids.ts";
import { parseListing } from "../../lib/core/listing.ts";
import type { Joined } from "../../lib/core/membership.ts";
import type { ShareRecord } from "../../lib/core/share_record.ts";
import type { FileHasher } from "../../lib/disk_ports.ts";
import type { Identity } from "../../lib/ports.ts";
import { CLASS_ID, FakeClock, FakeLog, peerId, shareId, userId } from "../fakes.ts";

export const QUIET_MS = 2_000;
export const ALICE = peerId(0xa11ce);

/** Signs with a sentence instead of a key. */
export const fakeIdentity: Identity = {
  peerId: ALICE,
  publicKey: { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) },
  signRecord: <R extends ShareRecord>(record: R) =>
    Promise.resolve({ record, jws: `signed.${record.shareId}.${record.version}` }),
  signAnnounce: () => Promise.resolve("signed.announce.1"),
  signLease: (lease) => Promise.resolve(JSON.stringify(lease)),
  signJoin: (request) => Promise.resolve(JSON.stringify(request)),
  signRenew: (request) => Promise.resolve(JSON.stringify(request)),
};

export { userId } from "../fakes.ts";
export const CLASS = CLASS_ID;
export const [ME, BOB, CHLOE, DAVE] = [0xa, 0xb, 0xc, 0xd].map(userId) as [UserId, UserId, UserId, UserId];

/** A class that this computer is in or not, as the test says. */
export class FakeMembership {
  current: Joined | undefined = joined();
  removed = false;
  names = new Map([[BOB, "bob"], [CHLOE, "chloé"], [DAVE, "dave"]]);

  people(): { user: UserId; name: string }[] {
    return Array.from(this.names, ([user, name]) => ({ user, name }));
  }
}

export function joined(classId = CLASS, user = ME): Joined {
  const { publicKey: key } = fakeIdentity;
  return {
    class: { id: classId, name: "Terminale S2" },
    me: { peerId: ALICE, user, name: "alice", key, notBefore: 0, notAfter: Date.UTC(2100, 0) },
    certificate: "AAAA" as Joined["certificate"],
  };
}

/** A real folder and database in a temporary place, a clock that moves when told, and a count of what was hashed. */
export class Sharing implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly hashed: string[] = [];
  readonly folders = folderReader({ ignore: [".*", "*.part"], log: this.log });
  readonly moves = fileMoves();
  readonly membership = new FakeMembership();
  #ids = 0;
  #hasher = fileHasher(0);
  db;
  people!: People;
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

  /** Name and readers of each live share, by name: "notes.txt private bob". */
  readers(): string[] {
    return this.records.ownShares().map(({ signed: { record } }) => {
      const names = record.allow.map((user) => this.membership.names.get(user) ?? user);
      return [record.name, record.visibility, ...names].join(" ");
    }).sort();
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
    this.people = { membership: this.membership, groups: sqliteGroups(this.db), choices: sqliteChoices(this.db) };
    const share = new ShareFiles({
      people: this.people,
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

/** Paths in the listing of a folder share. */
export function listed(s: Sharing, folder: string): string[] {
  const { fileId } = s.records.ownShareAt(folder)!.signed.record;
  return parseListing(s.contents.listing(fileId)!.bytes).files.map(({ path }) => path);
}
