import assert from "node:assert/strict";
import { type EventStream, EventStreams } from "../../lib/app/event_streams.ts";
import { Bitfield } from "../../lib/core/bitfield.ts";
import type { FileId, UserId } from "../../lib/core/ids.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { HEARTBEAT_MS, type StreamEvent } from "../../lib/core/stream_events.ts";
import { CLASS_ID, fileId, hexId, PatientClock, peerId, userId } from "../fakes.ts";
import { CHUNK, nextTurn, testFile } from "../fakes_download.ts";
import { ANYONE, member, Serving } from "./serving_setup.ts";

const FILE = fileId(1);
const other: Caller = { kind: "anonymous", address: "10.0.0.10" };

/** Streams of a peer that holds what `files` says, for whom `hidden` does not forbid it. */
class Telling {
  readonly clock = new PatientClock();
  readonly files = new Map<FileId, Bitfield>();
  readonly hidden = new Set<Caller>();
  judged = 0;
  readonly streams = new EventStreams({
    clock: this.clock,
    visible: (file, caller) => {
      this.judged++;
      return this.hidden.has(caller) ? undefined : this.files.get(file);
    },
  });

  gain(chunk: number, file = FILE): void {
    if (!this.files.has(file)) this.files.set(file, new Bitfield(5_000));
    this.files.get(file)!.add(chunk);
    this.streams.verified(file, chunk);
  }

  /** A stream that has told its id. */
  async open(caller = ANYONE): Promise<EventStream> {
    const stream = this.streams.open(caller);
    assert.deepEqual(await stream.next(), [{ kind: "stream", id: stream.id }]);
    return stream;
  }

  /** What comes of the stream until it waits for longer than `ms`. */
  async heard(stream: EventStream, ms = 1_000): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    const until = this.clock.elapsed + ms;
    let isOver = false;
    const listening = (async () => {
      while (!isOver) events.push(...await stream.next() ?? []);
    })();
    while (this.clock.elapsed < until) {
      await nextTurn();
      this.clock.advance(Math.min(10, until - this.clock.elapsed));
    }
    isOver = true;
    this.streams.indexChanged({ epoch: hexId(9, 32), version: 9 });
    await listening;
    return events.filter(({ kind }) => kind !== "index");
  }
}

const have = (...chunks: [number, number][]) => ({
  kind: "have",
  file: FILE,
  chunks: chunks.map(([first, last]) => ({ first, last })),
});

Deno.test("what is verified is told at once, and what follows soon after in one event", async () => {
  const telling = new Telling();
  const stream = await telling.open();
  stream.follow(FILE);
  telling.gain(3);
  assert.deepEqual(await stream.next(), [have([3, 3])]);
  for (const chunk of [7, 5, 4]) telling.gain(chunk);
  const next = stream.next();
  await nextTurn();
  telling.gain(6);
  telling.clock.advance(50);
  assert.deepEqual(await next, [have([4, 7])]);
});

Deno.test("nothing is told of files that were not asked for", async () => {
  const telling = new Telling();
  const stream = await telling.open();
  telling.gain(1);
  telling.streams.began(FILE);
  stream.tell({ kind: "offer", file: FILE, chunks: "all" });
  assert.deepEqual(await telling.heard(stream), []);
});

Deno.test("who asked for a file that was not here yet is told once it begins to be", async () => {
  const telling = new Telling();
  const stream = await telling.open();
  stream.follow(FILE);
  telling.gain(0);
  telling.files.get(FILE)!.add(1); // found on the disk again
  telling.streams.began(FILE);
  assert.deepEqual(await telling.heard(stream), [have([0, 1])]);
});

Deno.test("more than can be remembered is told as all that is there", async () => {
  const telling = new Telling();
  const stream = await telling.open();
  stream.follow(FILE);
  for (let chunk = 0; chunk < 5_000; chunk++) telling.gain(chunk);
  assert.deepEqual(await telling.heard(stream), [have([0, 4_999])]);
});

Deno.test("whether it may be told is judged again each time", async () => {
  const telling = new Telling();
  const stream = await telling.open();
  stream.follow(FILE);
  telling.gain(1);
  assert.equal((await telling.heard(stream)).length, 1);
  telling.hidden.add(ANYONE);
  telling.gain(2);
  stream.tell({ kind: "offer", file: FILE, chunks: "all" });
  const { judged } = telling;
  assert.deepEqual(await telling.heard(stream), []);
  assert.ok(telling.judged > judged);
  telling.hidden.clear();
  telling.gain(3);
  assert.deepEqual(await telling.heard(stream), [have([3, 3])]);
});

Deno.test("when something is told says nothing about files that the asker may not know of", async () => {
  const telling = new Telling();
  const stream = await telling.open();
  stream.follow(fileId(2)); // not visible
  stream.follow(FILE);
  const next = stream.next();
  telling.streams.verified(fileId(2), 0);
  await nextTurn();
  telling.gain(1);
  await nextTurn();
  assert.deepEqual(await Promise.race([next, nextTurn().then(() => "later")]), [have([1, 1])]);
});

Deno.test("a stream answers only to the id, the address and the computer for which it was opened", async () => {
  const telling = new Telling();
  const stream = await telling.open();
  assert.equal(telling.streams.of(stream.id, { ...ANYONE }), stream);
  for (const caller of [other, member(2), { kind: "local" } as const]) {
    assert.equal(telling.streams.of(stream.id, caller), undefined);
  }
  for (const id of [null, "", hexId(1, 32)]) assert.equal(telling.streams.of(id, ANYONE), undefined);
  const one = { kind: "member", address: "10.0.0.9", class: CLASS_ID, peer: peerId(2), user: userId(2) } as const;
  const mine = await telling.open(one);
  assert.equal(telling.streams.of(mine.id, { ...one, address: "10.0.0.77" }), mine);
  assert.equal(telling.streams.of(mine.id, { ...one, peer: peerId(3) }), undefined);
  mine.close();
  assert.equal(telling.streams.of(mine.id, one), undefined);
});

Deno.test("only so many streams are open, in all and from one address; closed ones leave their places", async () => {
  const telling = new Telling();
  const from = (address: string): Caller => ({ kind: "anonymous", address });
  const open = (address: string) => telling.streams.open(from(address));
  const first = open("10.0.0.1");
  for (let n = 1; n < 16; n++) open("10.0.0.1");
  assert.throws(() => open("10.0.0.1"), { code: "busy" });
  first.close();
  open("10.0.0.1");
  for (let n = 16; n < 96; n++) open(`10.0.1.${n}`);
  assert.throws(() => open("10.0.2.1"), { code: "busy" });
  telling.streams[Symbol.dispose]();
  assert.equal(await first.next(), undefined);
  open("10.0.2.1");
});

Deno.test("a stream gives signs of life, and ends when it is of no use or very old", async () => {
  const telling = new Telling();
  const [used, unused] = [await telling.open(), await telling.open()];
  used.follow(FILE);
  const beats = async (stream: EventStream) => {
    let count = 0;
    for (;;) {
      const next = stream.next();
      for (let ms = 0; ms < HEARTBEAT_MS; ms += 5_000) {
        await nextTurn();
        telling.clock.advance(5_000);
      }
      const events = await next;
      if (events === undefined) return count;
      assert.deepEqual(events, []);
      count++;
    }
  };
  assert.ok(await beats(unused) <= 4);
  const count = await beats(used);
  assert.ok(count > 30 && count <= 40, `${count}`);
});

Deno.test("of many files followed on one stream those asked for longest ago are forgotten", async () => {
  const telling = new Telling();
  const stream = await telling.open();
  for (let n = 1; n <= 65; n++) stream.follow(fileId(n));
  for (const n of [1, 2, 65]) telling.gain(0, fileId(n));
  const files = (await telling.heard(stream)).map((event) => event.kind === "have" && event.file);
  assert.deepEqual(files, [fileId(2), fileId(65)]);
});

Deno.test("of a slot and of an offer only the latest word is told", async () => {
  const telling = new Telling();
  telling.gain(0);
  const stream = await telling.open();
  stream.follow(FILE);
  stream.tell({ kind: "choke" });
  stream.tell({ kind: "offer", file: FILE, chunks: [{ first: 0, last: 0 }] });
  stream.tell({ kind: "unchoke" });
  stream.tell({ kind: "offer", file: FILE, chunks: "all" });
  assert.deepEqual(await telling.heard(stream), [{ kind: "unchoke" }, { kind: "offer", file: FILE, chunks: "all" }]);
});

Deno.test("a peer pushes of its files what it would answer when asked: nothing of hidden, unshared or ended ones", async () => {
  await using peer = await Serving.make();
  const file = testFile(2 * CHUNK);
  const { id } = file.manifest;
  const have = new Bitfield(2);
  have.add(0);
  peer.parts.set(id, { ...file, verified: have, read: () => Promise.resolve(undefined) });
  const reader = member(2);
  const streams = [ANYONE, member(3), reader].map((caller) => peer.serve.streams.open(caller));
  for (const stream of streams) {
    await stream.next();
    stream.follow(id);
  }
  const told = async () => {
    peer.serve.streams.began(id);
    const heard: unknown[] = [];
    for (const stream of streams) {
      stream.tell({ kind: "choke" }); // so that there is something to hear in any case
      peer.clock.advance(100);
      heard.push((await stream.next())!.filter(({ kind }) => kind === "have").length);
    }
    return heard;
  };
  const share = (changes: object) => peer.records.putOwn(peer.recordOf(id, changes), "/share", [id]);
  assert.deepEqual(await told(), [0, 0, 0]);
  share({ visibility: "private", allow: [userId(2) as UserId] });
  assert.deepEqual(await told(), [0, 0, 1]);
  share({ visibility: "class", version: 2 });
  assert.deepEqual(await told(), [0, 1, 1]);
  share({ visibility: "public", version: 3 });
  assert.deepEqual(await told(), [1, 1, 1]);
  peer.parts.delete(id);
  assert.deepEqual(await told(), [0, 0, 0]);
});
