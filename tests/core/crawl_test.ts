import assert from "node:assert/strict";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { next } from "../../lib/core/download.ts";
import { type DownloadLimits, newDownload } from "../../lib/core/download_state.ts";
import type { FileId, PeerId } from "../../lib/core/ids.ts";
import { due } from "../../lib/core/schedule.ts";

const MIB = 1024 * 1024;
const LIMITS: DownloadLimits = { requestsPerPeer: 4, peers: 3, requests: 8, stallMs: 10_000, threshold: 0 };
const peer = (n: number) => n.toString(16).padStart(32, "0") as PeerId;
const fileOf = (chunks: number, chunkSize: number) => {
  return { id: "a".repeat(64) as FileId, size: chunks * chunkSize, chunkSize };
};

/* Sources that send one byte now and then, and good ones, over virtual time: a byte or a whole chunk at each step. */

const CRAWL_EVERY_MS = 9_000;

/** Runs a download with peers 1 to `crawlers` that crawl and one good one; milliseconds until it is complete. */
function crawl(
  crawlers: number,
  limits: Partial<DownloadLimits>,
  options: { chunkSize?: number; goodFrom?: number; goodFails?: boolean } = {},
): number {
  const { chunkSize = MIB, goodFrom = 0, goodFails = false } = options;
  const chunks = 12;
  const state = newDownload(fileOf(chunks, chunkSize), new Bitfield(chunks), { ...LIMITS, ...limits });
  const good = peer(crawlers + 1);
  for (let n = 1; n <= crawlers; n++) next(state, { kind: "found", peer: peer(n), moved: false }, 0);
  let failed = !goodFails;
  for (let now = 0; now < 3_600_000; now += 500) {
    if (now >= goodFrom) next(state, { kind: "found", peer: good, moved: false }, now);
    for (const action of due(state, now, (now * 0.618) % 1)) {
      if (action.kind !== "ask") continue;
      if (action.peer === good && !failed) {
        failed = true;
        next(state, { kind: "silent", peer: good, why: "unreachable" }, now);
      } else next(state, { kind: "answered", peer: action.peer, have: Bitfield.full(chunks) }, now);
    }
    due(state, now, (now * 0.618) % 1);
    for (const { id, peer: from, open, lastByteAt } of [...state.requests.values()]) {
      if (from !== good) {
        if (now - lastByteAt >= CRAWL_EVERY_MS) next(state, { kind: "bytes", id, count: 1 }, now);
        continue;
      }
      const [chunk] = open;
      next(state, { kind: "bytes", id, count: chunkSize }, now);
      if (chunk !== undefined) next(state, { kind: "verified", id, chunk }, now);
      if (open.size === 0) next(state, { kind: "finished", id }, now);
    }
    if (state.verified.complete) return now;
  }
  return Infinity;
}

for (const threshold of [0, 1e9]) {
  Deno.test(`sources that crawl never hold up a file that a good source has (${threshold ? "one run" : "spread"})`, () => {
    for (const requests of [1, 2, 10, 100]) {
      for (const crawlers of [1, 3, 8, 40]) {
        for (const chunkSize of [MIB / 4, MIB, 16 * MIB]) {
          for (const options of [{}, { goodFrom: 60_000 }, { goodFails: true }]) {
            const took = crawl(crawlers, { requests, threshold }, { chunkSize, ...options });
            const what = JSON.stringify({ requests, crawlers, chunkSize, ...options });
            assert.ok(took <= 15 * 60_000, `${took / 1000} s with ${what}`);
          }
        }
      }
    }
  });
}

Deno.test("sources that are all slow are left the time to bring a chunk", () => {
  const state = newDownload(fileOf(2, MIB), new Bitfield(2), { ...LIMITS, peers: 1, requests: 2 });
  for (const n of [1, 2, 3]) next(state, { kind: "found", peer: peer(n), moved: false }, 0);
  const came = new Map<number, number>();
  let now = 0;
  for (; now < 10 * 3_600_000 && !state.verified.complete; now += 1_000) {
    for (const action of due(state, now, 0.5)) {
      if (action.kind === "ask") next(state, { kind: "answered", peer: action.peer, have: Bitfield.full(2) }, now);
    }
    for (const { id, first } of [...state.requests.values()]) {
      next(state, { kind: "bytes", id, count: 500 }, now);
      came.set(id, (came.get(id) ?? 0) + 500);
      if (came.get(id)! < MIB) continue;
      next(state, { kind: "verified", id, chunk: first }, now);
      next(state, { kind: "finished", id }, now);
    }
  }
  assert.ok(state.verified.complete);
});

Deno.test("a small file that one source sends slowly is asked of a second one as well", () => {
  const state = newDownload(fileOf(4, MIB), new Bitfield(4), { ...LIMITS, threshold: 1e9 });
  for (const n of [1, 2]) next(state, { kind: "found", peer: peer(n), moved: false }, 0);
  due(state, 0, 0);
  for (const n of [1, 2]) next(state, { kind: "answered", peer: peer(n), have: Bitfield.full(4) }, 0);
  due(state, 0, 0);
  for (let now = 0; now < 9_000; now += 1_000) {
    next(state, { kind: "bytes", id: 1, count: 50_000 }, now);
    assert.equal(due(state, now, 0).length, 0);
  }
  const [more] = due(state, 10_000, 0);
  assert.ok(more?.kind === "request" && more.peer === peer(2));
  assert.ok(state.requests.has(1));
});

Deno.test("a source that holds nothing wanted is not searched again until something is wanted again", () => {
  const state = newDownload(fileOf(4, MIB), new Bitfield(4), LIMITS);
  const have = new Bitfield(4);
  have.add(3);
  state.verified.add(3);
  state.availability.take(3);
  let looked = 0;
  const { rarest } = state.availability;
  state.availability.rarest = (has, roll) => (looked++, rarest.call(state.availability, has, roll));
  next(state, { kind: "found", peer: peer(1), moved: false }, 0);
  due(state, 0, 0);
  next(state, { kind: "answered", peer: peer(1), have }, 0);
  for (let now = 1; now < 10; now++) due(state, now, 0);
  assert.equal(looked, 1);
  state.availability.take(0);
  state.availability.putBack(0);
  due(state, 10, 0);
  assert.equal(looked, 2);
});

/** Bytes received until the file is complete over one link of `rate` bytes a second that all requests share evenly. */
function overOneLink(rate: number, chunks: number, sources: number, limits: Partial<DownloadLimits>): number {
  const state = newDownload(fileOf(chunks, MIB), new Bitfield(chunks), {
    ...LIMITS,
    peers: 8,
    requests: 10,
    ...limits,
  });
  const STEP_MS = 250;
  const pending = new Map<number, number>();
  let received = 0;
  for (let n = 1; n <= sources; n++) next(state, { kind: "found", peer: peer(n), moved: false }, 0);
  for (let now = 0; !state.verified.complete; now += STEP_MS) {
    assert.ok(now < 36_000_000, "it never ends");
    for (const action of due(state, now, (now * 0.618) % 1)) {
      if (action.kind === "ask") next(state, { kind: "answered", peer: action.peer, have: Bitfield.full(chunks) }, now);
    }
    const share = rate * STEP_MS / 1_000 / Math.max(1, state.requests.size);
    for (const { id, open } of [...state.requests.values()]) {
      received += share;
      next(state, { kind: "bytes", id, count: share }, now);
      let bytes = (pending.get(id) ?? 0) + share;
      for (const chunk of [...open]) {
        if (bytes < MIB) break;
        bytes -= MIB;
        next(state, { kind: "verified", id, chunk }, now);
      }
      pending.set(id, bytes);
      if (open.size === 0) next(state, { kind: "finished", id }, now);
    }
  }
  return received;
}

for (
  const [what, rate, chunks, threshold] of [
    ["a small file over a weak link", 66_000, 9, 10 * MIB],
    ["a large file over a third of a weak link", 22_000, 20, 0],
    ["a small file over a better link", 500_000, 9, 10 * MIB],
  ] as const
) {
  Deno.test(`${what}, slow for every source, is not fetched several times over`, () => {
    const received = overOneLink(rate, chunks, 20, { threshold });
    assert.ok(received < 1.2 * chunks * MIB, `${(received / chunks / MIB).toFixed(2)} times the file`);
  });
}
