import { contentReader } from "../../lib/adapters/content_reader.ts";
import { generation, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { type OpenPart } from "../../lib/app/download_run.ts";
import { ServeFiles, type ServePorts } from "../../lib/app/serve_file.ts";
import type { FileBody } from "../../lib/core/file_body.ts";
import type { FileId, Sha256 } from "../../lib/core/ids.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { isRestricted, type LiveRecord } from "../../lib/core/share_record.ts";
import { Throttle } from "../../lib/core/throttle.ts";
import { CLASS_ID, FakeClock, FakeLog, hexId, peerId, recordBy, shareId, userId } from "../fakes.ts";
import { type TestFile } from "../fakes_download.ts";

export const SELF = peerId(1);
/** Whose computer it is. */
export const ME = userId(1);
export const ANYONE: Caller = { kind: "anonymous", address: "10.0.0.9" };
export const member = (user: number): Caller => {
  return { kind: "member", address: "10.0.0.9", class: CLASS_ID, peer: peerId(2), user: userId(user) };
};

/** Files of this peer in a temporary folder, as others ask for them. */
export class Serving implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly changed: FileId[] = [];
  readonly parts = new Map<FileId, OpenPart>();
  readonly db;
  readonly records;
  readonly contents;
  readonly serve;
  #shares = 0;

  private constructor(readonly base: string, options: Partial<ServePorts>) {
    const { log } = this;
    this.db = openPeerDatabase(`${base}/peer.db`, log);
    this.records = sqliteRecords(this.db, SELF);
    this.contents = sqliteContents(this.db);
    const { clock, records, contents } = this;
    this.serve = new ServeFiles({
      ...{ clock, log, records, contents, reader: contentReader(), generation: generation(this.db) },
      throttle: new Throttle({ all: Infinity, perPeer: Infinity }, 0),
      uploadSlots: 2,
      self: SELF,
      isWhole: () => true,
      openPart: (file) => this.parts.get(file),
      onChanged: ({ id }) => void this.changed.push(id),
      isRevoked: () => false,
      refresh: () => Promise.resolve(),
      ...options,
    });
  }

  static async make(options: Partial<ServePorts> = {}): Promise<Serving> {
    return new Serving(await Deno.makeTempDir({ prefix: "essaim-serve-" }), options);
  }

  async share(file: TestFile, changes: Partial<LiveRecord> = {}): Promise<string> {
    this.record(file.manifest.id, changes);
    return await this.hold(file);
  }

  async hold(file: TestFile): Promise<string> {
    const { id } = file.manifest;
    const path = `${this.base}/${id}`;
    await Deno.writeFile(path, file.bytes);
    const { mtime, ino } = await Deno.stat(path);
    const sha256 = hexId<Sha256>(7, 64);
    this.contents.put({
      ...{ ...file.manifest, hashes: file.hashes, path, sha256, mtimeMs: mtime!.getTime(), inode: Number(ino) },
    });
    return path;
  }

  record(fileId: FileId, changes: Partial<LiveRecord> = {}): void {
    const signed = this.recordOf(fileId, { shareId: shareId(++this.#shares), ...changes });
    this.records.putOwn(signed, `/share${this.#shares}`, [fileId]);
  }

  recordOf(fileId: FileId, changes: Partial<LiveRecord> = {}) {
    const plain = recordBy(SELF, { fileId, ...changes });
    const record = isRestricted(plain) ? { ...plain, user: ME, class: CLASS_ID, ...changes } : plain;
    return { record, jws: `signed ${record.shareId} ${record.version}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.db.close();
    await Deno.remove(this.base, { recursive: true });
  }
}

export async function readAll(body: FileBody, pieceBytes = 100_000): Promise<Uint8Array> {
  const bytes = new Uint8Array(body.length);
  try {
    const { signal } = new AbortController();
    for (let at = 0; at < bytes.length; at += pieceBytes) await body.read(bytes.subarray(at, at + pieceBytes), signal);
    return bytes;
  } finally {
    body.close();
  }
}
