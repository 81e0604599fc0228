import assert from "node:assert/strict";
import { ServeFiles } from "../../lib/app/serve_file.ts";
import type { Given } from "../../lib/app/watch_activity.ts";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { parseBundle } from "../../lib/core/bundle.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { FileId, Sha256, UserId } from "../../lib/core/ids.ts";
import { encodeListing } from "../../lib/core/listing.ts";
import type { Caller } from "../../lib/core/permission.ts";
import type { LiveRecord, ShareRecord } from "../../lib/core/share_record.ts";
import { CLASS_ID, codeOf, fileId, hexId, keyOf, peerId, recordBy, shareId, userId } from "../fakes.ts";
import { CHUNK, freeSlots, type TestFile, testFile } from "../fakes_download.ts";
import { ANYONE, ME, member, readAll, SELF, Serving } from "./serving_setup.ts";

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
  });
}

Deno.test("nothing of a file is read for who may not have it, which would take longer than nothing", async () => {
  await using peer = await Serving.make();
  const secret = testFile(10, 1);
  await peer.share(secret, { visibility: "class" });
  let reads = 0;
  const { of } = peer.contents;
  peer.contents.of = (file) => {
    reads++;
    return of(file);
  };
  for (const [, ask] of METHODS) await assert.rejects(ask(peer.serve, secret.manifest.id, ANYONE));
  assert.equal(reads, 0);
  await METHODS[0]![1](peer.serve, secret.manifest.id, member(5));
  assert.equal(reads, 1);
});

Deno.test("a bundle leaves out what is not allowed, unknown, too large, or over the limit together", async () => {
  await using peer = await Serving.make();
  const [small, secret, second] = [testFile(10, 1), testFile(10, 2), testFile(30, 3)];
  const large = testFile(2 * CHUNK, 4);
  await peer.share(small);
  await peer.share(secret, { visibility: "class" });
  await peer.share(second);
  await peer.share(large);
  const ids = [small, secret, large, second, small].map(({ manifest }) => manifest.id);
  const body = await readAll(await peer.serve.bundle([fileId(99), ...ids], 25, ANYONE));
  const sizes = [1, 10, 10, 2 * CHUNK, 30, 10].map((size) => ({ size }));
  assert.deepEqual(parseBundle(body, sizes), [undefined, small.bytes, undefined, undefined, undefined, small.bytes]);
  assert.equal(await freeSlots(peer.serve, small.manifest.id), 2);
});

Deno.test("what is given is told by share and caller, each byte once; what is refused is not", async () => {
  const given: Given[] = [];
  let sent = 0;
  await using peer = await Serving.make({
    onGiven: (one) => void given.push(one),
    onSent: (bytes) => void (sent += bytes),
  });
  const [film, small, secret] = [testFile(2 * CHUNK, 1), testFile(10, 2), testFile(10, 3)];
  await peer.share(film, { name: "film" });
  await peer.share(small, { name: "small" });
  await peer.share(secret, { name: "secret", visibility: "class" });
  await readAll(await peer.serve.chunks(film.manifest.id, 0, 1, ANYONE));
  await readAll(await (await peer.serve.content(small.manifest.id, ANYONE)).body(2, 5));
  const ids = [small, secret].map(({ manifest }) => manifest.id);
  const bundle = await readAll(await peer.serve.bundle(ids, 1_000, ANYONE));
  const byName = Map.groupBy(given, ({ name }) => name);
  const bytes = (name: string) => byName.get(name)?.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.deepEqual([bytes("film"), bytes("small"), bytes("secret")], [2 * CHUNK, 13, undefined]);
  assert.ok(given.every(({ caller }) => caller === ANYONE));
  assert.equal(sent, 2 * CHUNK + 3 + bundle.length);
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
  assert.equal(await freeSlots(peer.serve, id), 2);
});

Deno.test("past its upload slots a peer is busy and says when to ask again; a closed upload frees its slot once", async () => {
  await using peer = await Serving.make();
  const file = testFile(10);
  await peer.share(file);
  const { id } = file.manifest;
  const ask = (host = 1) => peer.serve.chunks(id, 0, 0, { kind: "anonymous", address: `10.0.0.${host}` });
  const one = await ask(1);
  const two = await ask(2);
  await assert.rejects(
    ask(3),
    (error) => error instanceof EssaimError && error.code === "busy" && error.retryAfterMs! > 0,
  );
  assert.equal(await codeOf(peer.serve.bundle([file.manifest.id], 100, ANYONE)), "busy");
  assert.deepEqual(peer.serve.manifest(file.manifest.id, ANYONE).manifest.id, file.manifest.id);
  one.close();
  const three = await ask();
  assert.equal(await codeOf(ask(3)), "busy");
  two.close();
  three.close();
  assert.equal(await freeSlots(peer.serve, id), 2);
});

Deno.test("an upload that fails when it begins or later frees its slot", async () => {
  await using peer = await Serving.make();
  const file = testFile(CHUNK);
  const path = await peer.share(file);
  const body = await peer.serve.chunks(file.manifest.id, 0, 0, ANYONE);
  await Deno.truncate(path, 10);
  assert.equal(await codeOf(readAll(body)), "not-found");
  await Deno.remove(path);
  for (let i = 0; i < 5; i++) {
    assert.equal(await codeOf(peer.serve.chunks(file.manifest.id, 0, 0, ANYONE)), "not-found");
    const bundle = await readAll(await peer.serve.bundle([file.manifest.id], CHUNK, ANYONE));
    assert.deepEqual(parseBundle(bundle, [{ size: CHUNK }]), [undefined]);
  }
  const other = testFile(5);
  await peer.share(other);
  assert.equal(await freeSlots(peer.serve, other.manifest.id), 2);
});

/** What is answered for a file that was never there. */
const UNKNOWN = { code: "not-found", message: "There is no such file here." };
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
      UNKNOWN,
    );
    await assert.rejects(
      peer.serve.chunks(id, 0, 0, ANYONE),
      UNKNOWN,
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

Deno.test("a run is at most 16 MiB, or one chunk", async () => {
  await using peer = await Serving.make();
  const chunkSize = 8 * 1024 * 1024;
  const file = testFile(3 * chunkSize, 1, chunkSize);
  await peer.share(file);
  const { id } = file.manifest;
  assert.equal(await codeOf(peer.serve.chunks(id, 0, 2, ANYONE)), "bad-input");
  (await peer.serve.chunks(id, 1, 2, ANYONE)).close();
});

Deno.test("a copy that vanished does not hide another one that is there", async () => {
  await using peer = await Serving.make();
  const file = testFile(10);
  const path = await peer.share(file);
  const content = peer.contents.at(path)!;
  for (const name of ["0", "zz"]) peer.contents.put({ ...content, path: `${peer.base}/${name}` });
  const { id } = file.manifest;
  assert.deepEqual(await readAll(await peer.serve.chunks(id, 0, 0, ANYONE)), file.bytes);
  const told = peer.changed.length;
  assert.deepEqual(await readAll(await (await peer.serve.content(id, ANYONE)).body(0, 10)), file.bytes);
  assert.ok(told <= 2 && peer.changed.length === told, "that a copy vanished is told once");
});

Deno.test("a file of a shared folder has its name in the folder, or one made of its id", async () => {
  await using peer = await Serving.make();
  const [file, other] = [testFile(10), testFile(11)];
  await peer.hold(file);
  await peer.hold(other);
  const bytes = encodeListing({ files: [{ path: "a/notes.txt", size: 10, id: file.manifest.id }], emptyFolders: [] });
  const listing = { ...testFile(5).manifest, hashes: new Uint8Array(32), sha256: hexId<Sha256>(1, 64) };
  const folder = recordBy(SELF, { kind: "folder", name: "class", fileId: listing.id, shareId: shareId(50) });
  peer.records.putOwn({ record: folder, jws: "folder" }, "/class", [listing.id, file.manifest.id, other.manifest.id]);
  peer.contents.putListing(listing, bytes);
  const nameOf = async ({ manifest: { id } }: TestFile) => (await peer.serve.content(id, ANYONE)).name;
  assert.equal(await nameOf(file), "notes.txt");
  assert.equal(await nameOf(other), `${other.manifest.id}.bin`);
});

Deno.test("what is being sent stops when access ends, to whom it ended and to nobody else", async (t) => {
  const bob = hexId<UserId>(0xb0b, 32);
  const changes: [string, Partial<LiveRecord> | undefined][] = [
    ["taken back", undefined],
    ["for others", { visibility: "private", allow: [hexId<UserId>(0xca41, 32)] }],
    ["still for bob", { visibility: "private", allow: [bob], name: "renamed" }],
  ];
  for (const [name, change] of changes) {
    await t.step(name, async () => {
      await using peer = await Serving.make();
      const film = testFile(3 * CHUNK);
      const { id } = film.manifest;
      await peer.share(film, { visibility: "private", allow: [bob] });
      const body = await (await peer.serve.content(id, member(0xb0b))).body(0, 3 * CHUNK);
      const { signal } = new AbortController();
      const piece = new Uint8Array(CHUNK);
      await body.read(piece, signal);
      const { record, jws } = peer.records.ownShare(shareId(1))!.signed;
      const { shareId: share, owner, at } = record;
      const next: ShareRecord = change
        ? { ...record, ...change, version: 2, user: ME }
        : { shareId: share, owner, at, version: 2, deleted: true };
      peer.records.putOwn({ record: next, jws: `${jws} again` }, "/share1", [id]);
      const goesOn = await codeOf(body.read(piece, signal).then(() => ({})));
      body.close();
      assert.equal(goesOn, change?.name === undefined ? "not-found" : undefined);
    });
  }
});

Deno.test("what is handed on for an owner stops in the middle when the lease ends, or the owner is removed", async () => {
  let revoked = false;
  await using peer = await Serving.make({ isRevoked: () => revoked });
  const film = testFile(3 * CHUNK);
  const owner = peerId(7);
  const record = { ...recordBy(owner, { fileId: film.manifest.id }), visibility: "class" as const, user: userId(7) };
  const proof = { key: keyOf(owner) };
  peer.records.putForeign({ record: { ...record, class: CLASS_ID }, jws: "a.b.c" }, proof, [film.manifest.id]);
  await peer.hold(film);
  const { signal } = new AbortController();
  const piece = new Uint8Array(CHUNK);
  for (const end of [() => peer.clock.advance(1_000), () => void (revoked = true)]) {
    peer.records.applyLease(owner, { revision: 1, until: peer.clock.now() + 1_000 }, [record.shareId]);
    const body = await peer.serve.chunks(film.manifest.id, 0, 2, member(5));
    await body.read(piece, signal);
    end();
    assert.equal(await codeOf(body.read(piece, signal).then(() => ({}))), "not-found");
    body.close();
  }
});

Deno.test("a file that is not what it was is named in the log only when it is public", async () => {
  for (const visibility of ["public", "class"] as const) {
    await using peer = await Serving.make();
    const film = testFile(10);
    const path = await peer.share(film, { visibility });
    const ask = () => peer.serve.chunks(film.manifest.id, 0, 0, member(5));
    await Deno.writeFile(path, new Uint8Array(11));
    assert.equal(await codeOf(ask().then(() => ({}))), "not-found");
    await Deno.remove(path);
    await Deno.mkdir(path);
    assert.equal(await codeOf(ask().then(() => ({}))), "not-found");
    assert.ok(peer.log.codes.includes("content-changed"));
    assert.equal(peer.log.text.includes(path), visibility === "public");
  }
});
