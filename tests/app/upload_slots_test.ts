import assert from "node:assert/strict";
import { Bitfield } from "../../lib/core/bitfield.ts";
import type { FileBody } from "../../lib/core/file_body.ts";
import { Throttle } from "../../lib/core/throttle.ts";
import { codeOf, fileId } from "../fakes.ts";
import { CHUNK, freeSlots, QuickClock, testFile, until } from "../fakes_download.ts";
import { ANYONE, readAll, Serving } from "./serving_setup.ts";

Deno.test("what is sent is paced by the bucket", async () => {
  await using peer = await Serving.make({ throttle: new Throttle({ all: CHUNK, perPeer: Infinity }, 0) });
  const file = testFile(4 * CHUNK);
  await peer.share(file);
  await readAll(await peer.serve.chunks(file.manifest.id, 0, 3, ANYONE));
  assert.ok(peer.clock.elapsed >= 3_000);
});

Deno.test("what is sent to one peer is paced apart from what is sent to another", async () => {
  await using peer = await Serving.make({ throttle: new Throttle({ all: Infinity, perPeer: CHUNK }, 0) });
  const file = testFile(4 * CHUNK);
  await peer.share(file);
  const read = async (address: string) => {
    const before = peer.clock.elapsed;
    await readAll(await peer.serve.chunks(file.manifest.id, 0, 1, { kind: "anonymous", address }));
    return peer.clock.elapsed - before;
  };
  assert.equal(await read("10.0.0.1"), 1_500, "two seconds' worth, less half a second's burst");
  assert.equal(await read("10.0.0.2"), 1_500);
});

for (const rate of [1_000, 100_000, 1e9, Infinity]) {
  Deno.test(`at ${rate} bytes a second something is sent every few moments, of chunks, bundles and hash lists`, async () => {
    await using peer = await Serving.make({ throttle: new Throttle({ all: rate, perPeer: Infinity }, 0) });
    const file = testFile(CHUNK);
    await peer.share(file);
    const { id } = file.manifest;
    for (const ask of ["chunks", "bundle", "hashes"] as const) {
      const body = ask === "chunks"
        ? await peer.serve.chunks(id, 0, 0, ANYONE)
        : ask === "bundle"
        ? await peer.serve.bundle([id], CHUNK, ANYONE)
        : peer.serve.hashes(id, ANYONE);
      peer.clock.advance(3_600_000);
      const before = peer.clock.elapsed;
      const piece = new Uint8Array(Math.min(body.pieceBytes, body.length));
      await body.read(piece, new AbortController().signal);
      await body.read(new Uint8Array(Math.min(piece.length, body.length - piece.length)), new AbortController().signal);
      body.close();
      assert.ok(peer.clock.elapsed - before <= 8_000, `${peer.clock.elapsed - before} ms`);
    }
  });
}

Deno.test("an upload that nobody wants any more does not wait out its pace, and owes no more than a piece", async () => {
  const clock = new QuickClock();
  const throttle = new Throttle({ all: 1_000, perPeer: Infinity }, 0);
  await using peer = await Serving.make({ throttle, clock });
  const file = testFile(CHUNK);
  await peer.share(file);
  const body = await peer.serve.bundle([file.manifest.id], CHUNK, ANYONE);
  clock.sleep = (_ms, signal) =>
    new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));
  const gone = new AbortController();
  const reading = body.read(new Uint8Array(body.pieceBytes), gone.signal);
  const failed = assert.rejects(reading, /went away/);
  await until(() => throttle.take("", 0, 0) > 0, "the piece is taken");
  gone.abort(new Error("went away"));
  await failed;
  body.close();
  assert.equal(await freeSlots(peer.serve, file.manifest.id), 2);
  assert.ok(throttle.take("", 0, 0) <= body.pieceBytes, "at 1,000 bytes a second: a byte a millisecond");
});

Deno.test("one address has at most half of the slots, and at least one", async () => {
  for (const [uploadSlots, share] of [[1, 1], [2, 1], [3, 2], [16, 8]] as const) {
    await using peer = await Serving.make({ uploadSlots });
    const file = testFile(10);
    await peer.share(file);
    const ask = (address: string) => peer.serve.chunks(file.manifest.id, 0, 0, { kind: "anonymous", address });
    const taken: FileBody[] = [];
    for (let n = 0; n < share; n++) taken.push(await ask("127.0.0.1"));
    assert.equal(await codeOf(ask("127.0.0.1")), "busy");
    assert.ok(taken[0]!.isWaitedFor());
    for (let n = share; n < uploadSlots; n++) taken.push(await ask("10.0.0.2"));
    taken.forEach((body) => body.close());
    taken.push(await ask("127.0.0.1"));
    peer.clock.advance(60_000);
    assert.ok(!taken.at(-1)!.isWaitedFor());
    taken.at(-1)!.close();
  }
});

Deno.test("who has all that one address may have and asks for more is told to wait, and then that it is its turn", async () => {
  await using peer = await Serving.make({ uploadSlots: 2 });
  const files = [testFile(10), testFile(11)];
  for (const file of files) await peer.share(file);
  const stream = peer.serve.streams.open(ANYONE);
  await stream.next();
  const ask = (n: number) => peer.serve.chunks(files[n]!.manifest.id, 0, 0, ANYONE, stream.id);
  const taken = await ask(0);
  assert.equal(await codeOf(ask(1)), "busy");
  assert.deepEqual(await stream.next(), [{ kind: "choke" }]);
  taken.close();
  assert.deepEqual(await stream.next(), [{ kind: "unchoke" }]);
  (await ask(1)).close();
});

Deno.test("a long hash list needs a slot, a short one does not", async () => {
  await using peer = await Serving.make({ uploadSlots: 1 });
  const file = testFile(10);
  await peer.share(file);
  const long = { ...file, hashes: new Uint8Array(100_000), manifest: { ...file.manifest, id: fileId(5) } };
  peer.parts.set(long.manifest.id, { ...long, verified: Bitfield.full(1), read: () => Promise.resolve(undefined) });
  peer.record(long.manifest.id);
  const taken = await peer.serve.chunks(file.manifest.id, 0, 0, ANYONE);
  assert.equal((await readAll(peer.serve.hashes(file.manifest.id, ANYONE))).length, 32);
  assert.throws(() => peer.serve.hashes(long.manifest.id, ANYONE), { code: "busy" });
  taken.close();
  assert.equal((await readAll(peer.serve.hashes(long.manifest.id, ANYONE))).length, 100_000);
});
