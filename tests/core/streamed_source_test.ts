import assert from "node:assert/strict";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { next, outlook } from "../../lib/core/download.ts";
import { type Action, type DownloadEvent, type DownloadState, newDownload } from "../../lib/core/download_state.ts";
import type { FileId, PeerId } from "../../lib/core/ids.ts";
import { due } from "../../lib/core/schedule.ts";

/* What sources push over their event streams. */

const MIB = 1024 * 1024;
const LIMITS = { requestsPerPeer: 4, peers: 8, requests: 8, stallMs: 10_000, threshold: 0 };
const peer = (n: number) => n.toString(16).padStart(32, "0") as PeerId;
const [ANA, BOB] = [peer(1), peer(2)];

function download(chunks: number, threshold = 0): DownloadState {
  const manifest = { id: "a".repeat(64) as FileId, size: chunks * MIB, chunkSize: MIB };
  return newDownload(manifest, new Bitfield(chunks), { ...LIMITS, threshold });
}

function tell(state: DownloadState, now: number, ...events: DownloadEvent[]): Action[] {
  for (const event of events) next(state, event, now);
  return due(state, now, 0);
}

/** A source with a stream that was asked and holds these. */
function streamed(state: DownloadState, who: PeerId, chunks: Iterable<number>, ...events: DownloadEvent[]): Action[] {
  tell(state, 0, { kind: "found", peer: who, moved: false }, { kind: "streams", peer: who, on: true });
  const have = new Bitfield(state.verified.length);
  for (const chunk of chunks) have.add(chunk);
  return tell(state, 0, { kind: "answered", peer: who, have }, ...events);
}

const done = (id: number, chunk: number): DownloadEvent[] => [
  { kind: "verified", id, chunk },
  { kind: "finished", id },
];

const asked = (actions: readonly Action[]) =>
  actions.flatMap((action) => action.kind === "request" ? [action.first] : []);

Deno.test("a chunk that a source says it gained is asked of it at once, without polling", () => {
  const state = download(4);
  assert.deepEqual(streamed(state, ANA, []), []);
  assert.deepEqual(tell(state, 5_000), []);
  assert.deepEqual(asked(tell(state, 5_001, { kind: "gained", peer: ANA, chunks: [3] })), [3]);
});

Deno.test("a source whose stream ended is polled again", () => {
  const state = download(4);
  streamed(state, ANA, []);
  assert.deepEqual(tell(state, 10, { kind: "streams", peer: ANA, on: false }), [{ kind: "ask", peer: ANA }]);
});

Deno.test("what is gained between question and answer is not lost", () => {
  const state = download(4);
  tell(state, 0, { kind: "found", peer: ANA, moved: false }, { kind: "streams", peer: ANA, on: true });
  const gained = { kind: "gained", peer: ANA, chunks: [2] } as const;
  assert.deepEqual(asked(tell(state, 1, gained, { kind: "answered", peer: ANA, have: new Bitfield(4) })), [2]);
});

Deno.test("a fellow pupil that had nothing when it was asked is used as soon as it gains a chunk", () => {
  const state = download(4);
  tell(state, 0, { kind: "found", peer: ANA, moved: false }, { kind: "streams", peer: ANA, on: true });
  tell(state, 1, { kind: "silent", peer: ANA, why: "not-found" });
  assert.deepEqual(asked(tell(state, 2, { kind: "gained", peer: ANA, chunks: [1] })), [1]);
});

Deno.test("a source that was given up for not sending is not asked sooner because it gains chunks", () => {
  const state = download(4);
  streamed(state, ANA, [0]);
  tell(state, 10_000);
  assert.deepEqual(asked(tell(state, 10_001, { kind: "gained", peer: ANA, chunks: [1] })), []);
});

Deno.test("one that gains the last chunk counts like any that holds all", () => {
  const state = download(3);
  streamed(state, ANA, [0, 1]);
  tell(state, 1, { kind: "gained", peer: ANA, chunks: [2, 2, 7] });
  for (const chunk of [0, 1, 2]) assert.equal(state.availability.holders(chunk), 0);
});

Deno.test("of a source that offers, only what it offers is asked, until it offers everything", () => {
  const state = download(6);
  assert.deepEqual(asked(streamed(state, ANA, [0, 1, 2, 3, 4, 5], { kind: "offered", peer: ANA, chunks: [4] })), [4]);
  assert.deepEqual(asked(tell(state, 1, { kind: "offered", peer: ANA, chunks: [5] })), [], "one at a time");
  assert.deepEqual(asked(tell(state, 2, ...done(1, 4))), [5]);
  assert.deepEqual(asked(tell(state, 3, { kind: "offered", peer: ANA, chunks: undefined })), [0]);
});

Deno.test("a source that offers nothing wanted for a while is asked for whatever it holds", () => {
  const state = download(6);
  streamed(state, ANA, [0, 1, 2, 3, 4, 5], { kind: "offered", peer: ANA, chunks: [] });
  assert.deepEqual(asked(tell(state, 1_000)), []);
  assert.equal(asked(tell(state, 3_000)).length, 2);
});

Deno.test("who is choked asks others, and this one again when it is unchoked", () => {
  const state = download(2);
  streamed(state, ANA, [0, 1]);
  tell(state, 1, { kind: "failed", id: 1, why: "busy" }, { kind: "failed", id: 2, why: "busy" });
  assert.deepEqual(outlook(state), { kind: "moving" });
  assert.deepEqual(asked(streamed(state, BOB, [0])), [0]);
  assert.deepEqual(asked(tell(state, 100, { kind: "unchoked", peer: ANA })), [1]);
});

Deno.test("one that chokes for ever is tried again and again", () => {
  const state = download(2);
  let tried = asked(streamed(state, ANA, [0, 1])).length;
  for (let now = 0; now < 60_000; now += 500) {
    for (const id of [...state.requests.keys()]) next(state, { kind: "failed", id, why: "busy" }, now);
    tried += asked(due(state, now, 0)).length;
  }
  assert.ok(tried > 10 && tried < 60, `${tried} times`);
});

Deno.test("a small file is spread when its source offers parts of it", () => {
  const state = download(8, 100 * MIB);
  streamed(state, ANA, [0, 1, 2, 3, 4, 5, 6, 7], { kind: "offered", peer: ANA, chunks: [6, 7] });
  const runs = () => [...state.requests.values()].map(({ first, last }) => [first, last]);
  assert.deepEqual(runs(), [[6, 6]]);
  tell(state, 1, ...done(1, 6));
  assert.deepEqual(runs(), [[7, 7]]);
});

Deno.test("of many sources so many are asked as are enough, the others when those bring nothing", () => {
  const many = Array.from({ length: 40 }, (_, n) => peer(n + 1));
  const state = download(6);
  const asks = (actions: Action[]) => actions.flatMap((action) => action.kind === "ask" ? [action.peer] : []);
  const first = asks(tell(state, 0, ...many.map((peer) => ({ kind: "found", peer, moved: false }) as const)));
  assert.deepEqual(first, many.slice(0, 24));
  const listening = (peer: PeerId): DownloadEvent[] => [
    { kind: "streams", peer, on: true },
    { kind: "silent", peer, why: "not-found" },
  ];
  assert.deepEqual(asks(tell(state, 1, ...first.slice(1).flatMap(listening))), []);
  const have = new Bitfield(6);
  have.add(0);
  assert.deepEqual(asks(tell(state, 2, { kind: "answered", peer: ANA, have })), [], "something is on its way");
  assert.deepEqual(asks(tell(state, 3, ...done(1, 0))), many.slice(24), "nobody has anything else");
});
