import assert from "node:assert/strict";
import { contentReader } from "../../lib/adapters/content_reader.ts";
import { generation, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { type OpenPart } from "../../lib/app/download_run.ts";
import { ServeFiles, type ServePorts } from "../../lib/app/serve_file.ts";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { FileBody } from "../../lib/core/file_body.ts";
import type { FileId, Sha256, UserId } from "../../lib/core/ids.ts";
import type { Caller } from "../../lib/core/permission.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import { TokenBucket } from "../../lib/core/token_bucket.ts";
import { codeOf, FakeClock, FakeLog, fileId, hexId, peerId, recordBy, shareId } from "../fakes.ts";
import { CHUNK, type TestFile, testFile } from "../fakes_download.ts";

const SELF = peerId(1);
const ANYONE: Caller = { kind: "anonymous", address: "10.0.0.9" };
const member = (user: number): Caller => {
  return { kind: "member", address: "10.0.0.9", peer: peerId(2), user: hexId<UserId>(user, 32) };
};

/** Files of this peer in a temporary folder, as others ask for them. */
class Serving implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly changed: FileId[] = [];
  readonly parts = new Map<FileId, OpenPart>();
  readonly db;
  readonly records;
  readonly contents;
  readonly serve;
  #shares = 0;

  private constructor(readonly base: string, options: Partial<ServePorts>) {
    const log = new FakeLog();
    this.db = openPeerDatabase(`${base}/peer.db`, log);
    this.records = sqliteRecords(this.db, SELF);
    this.contents = sqliteContents(this.db);
    const { clock, records, contents } = this;
    this.serve = new ServeFiles({
      ...{ clock, log, records, contents, reader: contentReader(), generation: generation(this.db) },
      bucket: new TokenBucket(Infinity, 0),
      uploadSlots: 2,
      openPart: (file) => this.parts.get(file),
      onChanged: ({ id }) => void this.changed.push(id),
      ...options,
    });
  }

  static async make(options: Partial<ServePorts> = {}): Promise<Serving> {
    return new Serving(await Deno.makeTempDir({ prefix: "essaim-serve-" }), options);
  }

  async share(file: TestFile, changes: Partial<LiveRecord> = {}): Promise<string> {
    const { id } = file.manifest;
    const path = `${this.base}/${id}`;
    await Deno.writeFile(path, file.bytes);
    const { mtime, ino } = await Deno.stat(path);
    const sha256 = hexId<Sha256>(7, 64);
    this.contents.put({
      ...{ ...file.manifest, hashes: file.hashes, path, sha256, mtimeMs: mtime!.getTime(), inode: ino! },
    });
    this.record(id, changes);
    return path;
  }

  record(fileId: FileId, changes: Partial<LiveRecord> = {}): void {
    const record = recordBy(SELF, { fileId, shareId: shareId(++this.#shares), ...changes });
    this.records.putOwn({ record, jws: `signed ${this.#shares}` }, `/share${this.#shares}`, [fileId]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.db.close();
    await Deno.remove(this.base, { recursive: true });
  }
}

async function readAll(body: FileBody, pieceBytes = 100_000): Promise<Uint8Array> {
  const bytes = new Uint8Array(body.length);
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) await body.read(bytes.subarray(at, at + pieceBytes));
    return bytes;
  } finally {
    body.close();
  }
}

const METHODS: [string, (serve: ServeFiles, file: FileId, caller: Caller) => Promise<unknown>][] = [
  ["manifest", (serve, file, caller) => Promise.resolve().then(() => serve.manifest(file, caller))],
  ["chunks", async (serve, file, caller) => await readAll(await serve.chunks(file, 0, 0, caller))],
  ["content", async (serve, file, caller) => await readAll(await (await serve.content(file, caller)).body(0, 5))],
];

for (const [name, ask] of METHODS) {
  Deno.test(`${name} answers for a file that is not allowed exactly as for one that does not exist`, async () => {
    await using peer = await Serving.make();
    const [forClass, forBob] = [testFile(10, 1), testFile(10, 2)];
    await peer.share(forClass, { visibility: "class" });
    await peer.share(forBob, { visibility: "private", allow: [hexId<UserId>(0xb0b, 32)] });
    const refusal = async (file: FileId, caller: Caller) => {
      try {
        await ask(peer.serve, file, caller);
        return "given";
      } catch (error) {
        assert.ok(error instanceof EssaimError);
        return [error.code, error.message, error.retryAfterMs];
      }
    };
    const unknown = await refusal(fileId(99), ANYONE);
    assert.deepEqual(await refusal(forClass.manifest.id, ANYONE), unknown);
    assert.deepEqual(await refusal(forBob.manifest.id, ANYONE), unknown);
    assert.deepEqual(await refusal(forBob.manifest.id, member(0xa11ce)), unknown);
    assert.equal(await refusal(forClass.manifest.id, member(0xa11ce)), "given");
    assert.equal(await refusal(forBob.manifest.id, member(0xb0b)), "given");
    assert.equal(peer.serve.uploads, 0);
  });
}

Deno.test("a bundle leaves out what is not allowed, unknown, too large, or over the limit together", async () => {
  await using peer = await Serving.make();
  const [small, secret, second] = [testFile(10, 1), testFile(10, 2), testFile(30, 3)];
  const large = testFile(2 * CHUNK, 4);
  await peer.share(small);
  await peer.share(secret, { visibility: "class" });
  await peer.share(second);
  await peer.share(large);
  const ids = [small, secret, large, second, small].map(({ manifest }) => manifest.id);
  const given = await peer.serve.bundle([fileId(99), ...ids], 25, ANYONE);
  assert.deepEqual(given, [undefined, small.bytes, undefined, undefined, undefined, small.bytes]);
  assert.equal(peer.serve.sent, 20);
  assert.equal(peer.serve.uploads, 0);
});

Deno.test("chunks are given in any pieces, the last one shorter; what is out of range is refused", async () => {
  await using peer = await Serving.make();
  const file = testFile(2 * CHUNK + 5);
  await peer.share(file);
  const { id } = file.manifest;
  for (const [first, last] of [[0, 0], [1, 2], [2, 2], [0, 2]] as const) {
    const bytes = await readAll(await peer.serve.chunks(id, first, last, ANYONE), 77_777);
    assert.deepEqual(bytes, file.bytes.subarray(first * CHUNK, (last + 1) * CHUNK));
  }
  for (const [first, last] of [[0, 3], [2, 1], [3, 3]] as const) {
    assert.equal(await codeOf(peer.serve.chunks(id, first, last, ANYONE)), "bad-input");
  }
  assert.equal(peer.serve.uploads, 0);
});

Deno.test("past its upload slots a peer is busy and says when to ask again; a closed upload frees its slot once", async () => {
  await using peer = await Serving.make();
  const file = testFile(10);
  await peer.share(file);
  const ask = () => peer.serve.chunks(file.manifest.id, 0, 0, ANYONE);
  const one = await ask();
  const two = await ask();
  await assert.rejects(
    ask(),
    (error) => error instanceof EssaimError && error.code === "busy" && error.retryAfterMs! > 0,
  );
  assert.equal(await codeOf(peer.serve.bundle([file.manifest.id], 100, ANYONE)), "busy");
  assert.deepEqual(peer.serve.manifest(file.manifest.id, ANYONE).manifest.id, file.manifest.id);
  one.close();
  const three = await ask();
  assert.equal(peer.serve.uploads, 2);
  two.close();
  three.close();
  assert.equal(peer.serve.uploads, 0);
});

Deno.test("an upload that fails when it begins or later frees its slot", async () => {
  await using peer = await Serving.make();
  const file = testFile(CHUNK);
  const path = await peer.share(file);
  const body = await peer.serve.chunks(file.manifest.id, 0, 0, ANYONE);
  await Deno.truncate(path, 10);
  assert.equal(await codeOf(readAll(body)), "changed");
  await Deno.remove(path);
  for (let i = 0; i < 5; i++) {
    assert.equal(await codeOf(peer.serve.chunks(file.manifest.id, 0, 0, ANYONE)), "not-found");
    assert.deepEqual(await peer.serve.bundle([file.manifest.id], CHUNK, ANYONE), [undefined]);
  }
  assert.equal(peer.serve.uploads, 0);
});

const CHANGES: [string, (path: string) => Promise<void>][] = [
  ["edited", async (path) => {
    using file = await Deno.open(path, { write: true });
    await file.write(new Uint8Array([1]));
    await file.utime(1, 1);
  }],
  ["truncated", (path) => Deno.truncate(path, 5)],
  ["deleted", (path) => Deno.remove(path)],
  ["replaced", async (path) => {
    await Deno.writeFile(`${path}.new`, new Uint8Array(10));
    await Deno.rename(`${path}.new`, path);
  }],
];
for (const [how, change] of CHANGES) {
  Deno.test(`a shared file that was ${how} is a 404, and the scanner is told`, async () => {
    await using peer = await Serving.make();
    const file = testFile(10);
    const { id } = file.manifest;
    await change(await peer.share(file));
    await assert.rejects(
      peer.serve.content(id, ANYONE),
      (error) => error instanceof EssaimError && error.status === 404,
    );
    await assert.rejects(
      peer.serve.chunks(id, 0, 0, ANYONE),
      (error) => error instanceof EssaimError && error.status === 404,
    );
    assert.deepEqual(new Set(peer.changed), new Set([id]));
  });
}

Deno.test("of a file on its way here only the proved chunks are given, and not as a whole", async () => {
  await using peer = await Serving.make();
  const file = testFile(4 * CHUNK);
  const { id } = file.manifest;
  const verified = new Bitfield(4);
  verified.add(1);
  verified.add(2);
  const chunk = (index: number) => file.bytes.slice(index * CHUNK, (index + 1) * CHUNK);
  peer.parts.set(id, { ...file, verified, read: (index) => Promise.resolve(chunk(index)) });
  assert.equal(await codeOf(peer.serve.chunks(id, 1, 1, ANYONE)), "not-found");
  peer.record(id);
  assert.deepEqual([...peer.serve.manifest(id, ANYONE).have], [1, 2]);
  assert.deepEqual(await readAll(await peer.serve.chunks(id, 1, 2, ANYONE)), file.bytes.slice(CHUNK, 3 * CHUNK));
  for (const [first, last] of [[0, 0], [0, 1], [2, 3]] as const) {
    assert.equal(await codeOf(peer.serve.chunks(id, first, last, ANYONE)), "not-found");
  }
  assert.equal(await codeOf(peer.serve.content(id, ANYONE)), "not-found");
  verified.add(3);
  await readAll(await peer.serve.chunks(id, 2, 3, ANYONE));
  assert.equal(peer.serve.uploads, 0);
});

Deno.test("a withdrawn share is not given any more, nor remembered", async () => {
  await using peer = await Serving.make();
  const file = testFile(10);
  const { id } = file.manifest;
  await peer.share(file);
  await readAll(await peer.serve.chunks(id, 0, 0, ANYONE));
  const { owner, shareId } = recordBy(SELF);
  const tombstone = { owner, shareId, version: 2, at: "2026-01-02T03:04:05.678Z", deleted: true } as const;
  peer.records.putOwn({ record: tombstone, jws: "gone" }, "", []);
  assert.equal(await codeOf(peer.serve.chunks(id, 0, 0, ANYONE)), "not-found");
});

Deno.test("what is sent is paced by the bucket", async () => {
  await using peer = await Serving.make({ bucket: new TokenBucket(CHUNK, 0) });
  const file = testFile(4 * CHUNK);
  await peer.share(file);
  await readAll(await peer.serve.chunks(file.manifest.id, 0, 3, ANYONE));
  assert.ok(peer.clock.elapsed >= 3_000);
  assert.equal(peer.serve.sent, 4 * CHUNK);
});
