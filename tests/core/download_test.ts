import assert from "node:assert/strict";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { next, outlook } from "../../lib/core/download.ts";
import { type Action, type DownloadLimits, type DownloadState, newDownload } from "../../lib/core/download_state.ts";
import type { FileId, PeerId } from "../../lib/core/ids.ts";
import { due } from "../../lib/core/schedule.ts";

const MIB = 1024 * 1024;
const LIMITS: DownloadLimits = { requestsPerPeer: 4, peers: 3, requests: 8, stallMs: 10_000, threshold: 0 };
const peer = (n: number) => n.toString(16).padStart(32, "0") as PeerId;

function download(
  chunks: number,
  limits: Partial<DownloadLimits> = {},
  verified = new Bitfield(chunks),
): DownloadState {
  const manifest = { id: "a".repeat(64) as FileId, size: chunks * MIB, chunkSize: MIB };
  return newDownload(manifest, verified, { ...LIMITS, ...limits });
}

/** Finds the peer and answers what it holds; returns the actions that follow. */
function ready(state: DownloadState, id: PeerId, have: Bitfield, now = 0): Action[] {
  next(state, { kind: "found", peer: id, moved: false }, now);
  assert.deepEqual(due(state, now, 0).filter((a) => a.kind === "ask"), [{ kind: "ask", peer: id }]);
  next(state, { kind: "answered", peer: id, have }, now);
  return due(state, now, 0);
}

const ofKind = <K extends Action["kind"]>(actions: readonly Action[], kind: K) =>
  actions.filter((action): action is Extract<Action, { kind: K }> => action.kind === kind);

Deno.test("the first requests go to a peer as soon as it said what it holds, and no chunk is asked twice", () => {
  const state = download(10);
  const requests = ofKind(ready(state, peer(1), Bitfield.full(10)), "request");
  assert.equal(requests.length, 2);
  assert.equal(new Set(requests.map((request) => request.first)).size, 2);
  assert.deepEqual(due(state, 1, 0.5), []);
});

Deno.test("the chunk that the fewest peers hold is asked first", () => {
  const state = download(4);
  const holders = [[peer(1), [0, 1, 2]], [peer(2), [1, 2, 3]]] as const;
  for (const [id] of holders) next(state, { kind: "found", peer: id, moved: false }, 0);
  assert.equal(ofKind(due(state, 0, 0), "ask").length, 2);
  for (const [id, chunks] of holders) {
    const have = new Bitfield(4);
    for (const chunk of chunks) have.add(chunk);
    next(state, { kind: "answered", peer: id, have }, 0);
  }
  const asked = ofKind(due(state, 0, 0), "request");
  assert.equal(asked.find((request) => request.peer === peer(1))!.first, 0);
  assert.equal(asked.find((request) => request.peer === peer(2))!.first, 3);
});

Deno.test("a small file is asked as one run of one peer, and of another when that one is busy", () => {
  const state = download(9, { threshold: 10 * MIB });
  assert.deepEqual(ofKind(ready(state, peer(1), Bitfield.full(9)), "request").map(({ first, last }) => [first, last]), [
    [0, 8],
  ]);
  assert.deepEqual(ofKind(ready(state, peer(2), Bitfield.full(9), 1), "request"), []);
  next(state, { kind: "verified", id: 1, chunk: 0 }, 2);
  next(state, { kind: "failed", id: 1, why: "busy", retryAfterMs: 5_000 }, 3);
  const [again] = ofKind(due(state, 3, 0), "request");
  assert.deepEqual([again?.peer, again?.first, again?.last], [peer(2), 1, 8]);
});

Deno.test("small chunks are asked for together, up to 1 MiB", () => {
  const manifest = { id: "a".repeat(64) as FileId, size: 16 * MIB, chunkSize: MIB / 4 };
  const state = newDownload(manifest, new Bitfield(64), LIMITS);
  for (const request of ofKind(ready(state, peer(1), Bitfield.full(64)), "request")) {
    assert.equal(request.last - request.first, 3);
  }
});

Deno.test("a peer that sends a bad chunk is questioned, then banned, and its chunks go to others", () => {
  const state = download(4);
  const [first] = ofKind(ready(state, peer(1), Bitfield.full(4)), "request");
  ready(state, peer(2), Bitfield.full(4), 1);
  next(state, { kind: "corrupt", id: first!.id }, 2);
  for (const request of [...state.requests.values()].filter((request) => request.peer === peer(1))) {
    next(state, { kind: "failed", id: request.id, why: "unreachable" }, 2);
  }
  assert.deepEqual(ofKind(due(state, 3, 0), "question"), [{ kind: "question", peer: peer(1) }]);
  next(state, { kind: "confirmed", peer: peer(1) }, 4);
  assert.equal(state.sources.get(peer(1))!.standing.kind, "banned");
  assert.deepEqual(ofKind(due(state, 60_000, 0), "ask"), [], "still banned after a minute");
  assert.ok(ofKind(due(state, 11 * 60_000, 0), "ask").some((action) => action.peer === peer(1)));
});

Deno.test("a peer whose file changed is cleared: asked again later, not banned", () => {
  const state = download(4);
  for (const request of ofKind(ready(state, peer(1), Bitfield.full(4)), "request")) {
    next(state, { kind: "corrupt", id: request.id }, 1);
  }
  due(state, 1, 0);
  next(state, { kind: "silent", peer: peer(1), why: "not-found" }, 2);
  assert.equal(state.sources.get(peer(1))!.standing.kind, "to-ask");
  assert.deepEqual(outlook(state), { kind: "waiting", missing: 4 });
});

Deno.test("a request without a byte for the stall time is given to another peer", () => {
  const state = download(1);
  const [first] = ofKind(ready(state, peer(1), Bitfield.full(1)), "request");
  ready(state, peer(2), Bitfield.full(1), 100);
  next(state, { kind: "bytes", id: first!.id, count: 10 }, 500);
  const endgame = ofKind(due(state, 5_000, 0), "request");
  assert.deepEqual(endgame.map((request) => request.peer), [peer(2)], "near the end the second peer is asked as well");
  const actions = due(state, 10_600, 0);
  assert.deepEqual(ofKind(actions, "abort").map(({ id }) => id), [first!.id]);
});

Deno.test("when a chunk came from one of two peers, the other request is stopped", () => {
  const state = download(2);
  ready(state, peer(1), Bitfield.full(2));
  ready(state, peer(2), Bitfield.full(2), 0);
  const [copy] = ofKind(due(state, 2_000, 0), "request");
  next(state, { kind: "verified", id: copy!.id, chunk: copy!.first }, 2_100);
  next(state, { kind: "finished", id: copy!.id }, 2_100);
  const stopped = ofKind(due(state, 2_100, 0), "abort");
  assert.equal(stopped.length, 1);
  assert.notEqual(stopped[0]!.id, copy!.id);
});

Deno.test("a partial source is asked again for what it holds, and its new chunks are used", () => {
  const state = download(2);
  assert.deepEqual(ofKind(ready(state, peer(1), new Bitfield(2)), "request"), []);
  assert.deepEqual(ofKind(due(state, 1_000, 0), "ask"), []);
  assert.equal(ofKind(due(state, 2_000, 0), "ask").length, 1);
  next(state, { kind: "answered", peer: peer(1), have: Bitfield.full(2) }, 2_001);
  assert.equal(ofKind(due(state, 2_001, 0), "request").length, 2);
});

Deno.test("without anyone who holds the last chunk it says how much is missing", () => {
  const state = download(3);
  const have = new Bitfield(3);
  have.add(0);
  const [request] = ofKind(ready(state, peer(1), have), "request");
  next(state, { kind: "verified", id: request!.id, chunk: 0 }, 1);
  next(state, { kind: "finished", id: request!.id }, 1);
  due(state, 1, 0);
  assert.deepEqual(outlook(state), { kind: "waiting", missing: 2 });
});

Deno.test("a file of 100 GB is scheduled chunk by chunk without looking at all of them each time", () => {
  const chunks = 100_000;
  const state = download(chunks);
  ready(state, peer(1), Bitfield.full(chunks));
  for (let turn = 0; !state.verified.complete; turn++) {
    for (const { id, open } of [...state.requests.values()]) {
      for (const chunk of [...open]) next(state, { kind: "verified", id, chunk }, turn);
      next(state, { kind: "finished", id }, turn);
    }
    due(state, turn, (turn * 0.618) % 1);
  }
  assert.deepEqual(outlook(state), { kind: "complete" });
});

Deno.test("a source that was unreachable is asked at once when it is found at another address", () => {
  const state = download(2);
  next(state, { kind: "found", peer: peer(1), moved: false }, 0);
  for (let now = 0; now < 300_000; now += 1_000) {
    if (due(state, now, 0).length > 0) next(state, { kind: "silent", peer: peer(1), why: "unreachable" }, now);
  }
  next(state, { kind: "found", peer: peer(1), moved: false }, 300_000);
  assert.deepEqual(due(state, 300_000, 0), [], "it rests");
  next(state, { kind: "found", peer: peer(1), moved: true }, 300_000);
  assert.deepEqual(due(state, 300_000, 0), [{ kind: "ask", peer: peer(1) }]);
});

Deno.test("sources that only ever failed make room for new ones", () => {
  const state = download(2);
  for (let n = 0; n < 64; n++) next(state, { kind: "found", peer: peer(n), moved: false }, 0);
  due(state, 0, 0);
  for (let n = 0; n < 63; n++) next(state, { kind: "silent", peer: peer(n), why: "unreachable" }, 0);
  next(state, { kind: "answered", peer: peer(63), have: new Bitfield(2) }, 0);
  for (let n = 64; n < 200; n++) next(state, { kind: "found", peer: peer(n), moved: false }, 0);
  assert.equal(state.sources.size, 64);
  assert.ok(state.sources.has(peer(63)) && state.sources.has(peer(64)));
});

Deno.test("where this computer is what limits, few requests are under way, of the sources that bring most", () => {
  const chunks = 1_000;
  const state = download(chunks, { peers: 8, requests: 16 });
  for (const n of [1, 2, 3, 4]) ready(state, peer(n), Bitfield.full(chunks));
  assert.equal(state.requests.size, 5);
  for (const request of [...state.requests.values()]) {
    const count = request.peer === peer(3) ? 400 * MIB : 20 * MIB;
    next(state, { kind: "bytes", id: request.id, count }, 600);
    for (const chunk of [...request.open]) next(state, { kind: "verified", id: request.id, chunk }, 600);
    next(state, { kind: "finished", id: request.id }, 600);
  }
  const asked = ofKind(due(state, 600, 0), "request").map((request) => request.peer);
  assert.deepEqual([asked.length, asked[0]], [4, peer(3)]);
  const other = [...state.requests.values()].find((request) => request.peer !== peer(3))!;
  for (const chunk of [...other.open]) next(state, { kind: "verified", id: other.id, chunk }, 601);
  next(state, { kind: "finished", id: other.id }, 601);
  assert.deepEqual(ofKind(due(state, 601, 0), "request").map((request) => request.peer), [peer(3)]);
});

Deno.test("a source that stands still does not keep the others from being asked, however fast it was", () => {
  const chunks = 1_000;
  const state = download(chunks, { peers: 8, requests: 16 });
  for (const n of [1, 2, 3, 4]) ready(state, peer(n), Bitfield.full(chunks));
  const [first] = state.requests.values();
  next(state, { kind: "bytes", id: first!.id, count: 400 * MIB }, 600);
  for (const { id } of state.requests.values()) next(state, { kind: "bytes", id, count: MIB }, 600);
  assert.deepEqual(ofKind(due(state, 1_099, 0), "request"), []);
  assert.ok(ofKind(due(state, 1_100, 0), "request").length > 0);
});

Deno.test("sources of which none is faster than a gigabit link are all used, however many they are", () => {
  const chunks = 1_000;
  const state = download(chunks, { peers: 8, requests: 16 });
  const all = [1, 2, 3, 4, 5, 6].map(peer);
  for (const one of all) ready(state, one, Bitfield.full(chunks));
  for (const one of all) {
    const [first] = [...state.requests.values()].filter((request) => request.peer === one);
    next(state, { kind: "bytes", id: first!.id, count: 60 * MIB }, 600);
  }
  for (const { id, open } of [...state.requests.values()]) {
    for (const chunk of [...open]) next(state, { kind: "verified", id, chunk }, 600);
    next(state, { kind: "finished", id }, 600);
  }
  assert.equal(new Set(ofKind(due(state, 600, 0), "request").map((request) => request.peer)).size, 6);
});
