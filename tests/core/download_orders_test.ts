import assert from "node:assert/strict";
import fc from "fast-check";
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

/* Whatever order of answers, losses, lies and restarts: the promises below hold, and with one honest peer it ends complete. */

interface Move {
  readonly kind: "deliver" | "lie" | "refuse" | "cut" | "silence" | "wait" | "restart" | "found";
  readonly at: number;
  readonly ms: number;
}

const moves = fc.array(
  fc.record({
    kind: fc.constantFrom<Move["kind"]>(
      ...[
        "deliver",
        "deliver",
        "deliver",
        "lie",
        "refuse",
        "cut",
        "silence",
        "wait",
        "restart",
        "found",
      ] as const,
    ),
    at: fc.nat(1_000),
    ms: fc.nat(20_000),
  }),
  { maxLength: 120 },
);

class World {
  now = 0;
  readonly pending: Action[] = [];
  readonly haves: Bitfield[];

  constructor(
    public state: DownloadState,
    readonly chunks: number,
    readonly limits: DownloadLimits,
    masks: readonly number[],
  ) {
    this.haves = masks.map((mask) => {
      const have = new Bitfield(chunks);
      for (let chunk = 0; chunk < chunks; chunk++) if (mask & (1 << chunk)) have.add(chunk);
      return have;
    });
  }

  haveOf(id: PeerId): Bitfield {
    return (this.haves[parseInt(id, 16)] ?? Bitfield.full(this.chunks)).clone();
  }

  act(roll: number): void {
    for (const action of due(this.state, this.now, roll)) {
      if (action.kind === "abort") {
        const place = this.pending.findIndex((other) => other.kind === "request" && other.id === action.id);
        if (place >= 0) this.pending.splice(place, 1);
        continue;
      }
      if (action.kind === "request") this.checkRequest(action);
      this.pending.push(action);
    }
    this.checkLimits();
  }

  checkRequest({ peer: from, first, last }: Extract<Action, { kind: "request" }>): void {
    for (let chunk = first; chunk <= last; chunk++) {
      assert.ok(!this.state.verified.has(chunk), `chunk ${chunk} is asked although it is there`);
      assert.ok(this.haveOf(from).has(chunk), `chunk ${chunk} is asked of a peer that does not hold it`);
      const copies = [...this.state.requests.values()].filter((request) => request.open.has(chunk)).length;
      assert.ok(copies <= 2, `chunk ${chunk} is asked of ${copies} peers at once`);
    }
  }

  checkLimits(): void {
    const { requests, sources } = this.state;
    assert.ok(requests.size <= this.limits.requests);
    for (const source of sources.values()) {
      const own = [...requests.values()].filter((request) => request.peer === source.peer).length;
      assert.equal(source.inFlight, own);
      assert.ok(own <= this.limits.requestsPerPeer);
    }
  }

  answer(action: Action, move: Move["kind"]): void {
    if (action.kind === "ask" || action.kind === "question") {
      const { peer: from } = action;
      if (move === "refuse") next(this.state, { kind: "silent", peer: from, why: "unreachable" }, this.now);
      else if (move === "cut") next(this.state, { kind: "silent", peer: from, why: "not-found" }, this.now);
      else if (action.kind === "ask") {
        next(this.state, { kind: "answered", peer: from, have: this.haveOf(from) }, this.now);
      } else next(this.state, { kind: "confirmed", peer: from }, this.now);
      return;
    }
    if (action.kind !== "request") return;
    const { id, first, last } = action;
    const until = move === "deliver" ? last : Math.floor((first + last) / 2);
    if (move === "lie") return void next(this.state, { kind: "corrupt", id }, this.now);
    if (move === "refuse") return void next(this.state, { kind: "failed", id, why: "busy" }, this.now);
    for (let chunk = first; chunk <= until; chunk++) next(this.state, { kind: "verified", id, chunk }, this.now);
    next(this.state, { kind: "finished", id }, this.now);
  }

  restart(): void {
    this.pending.length = 0;
    this.state = newDownload(this.state.manifest, this.state.verified.clone(), this.limits);
    this.find();
  }

  find(): void {
    for (let n = 0; n <= this.haves.length; n++) {
      next(this.state, { kind: "found", peer: peer(n), moved: false }, this.now);
    }
  }
}

for (const threshold of [0, 10 * MIB]) {
  Deno.test(`in any order of answers, losses, lies and restarts it ends complete (${threshold ? "one run" : "spread"})`, () => {
    const scenario = fc.tuple(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.nat(255), { maxLength: 4 }),
      moves,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
    );
    fc.assert(
      fc.property(scenario, ([chunks, masks, script, roll]) => {
        const limits = { ...LIMITS, threshold };
        const world = new World(download(chunks, limits), chunks, limits, masks);
        world.find();
        for (const { kind, at, ms } of script) {
          world.act(roll);
          if (kind === "wait") world.now += ms;
          else if (kind === "restart") world.restart();
          else if (kind === "found") world.find();
          else if (kind === "silence") world.pending.splice(at % (world.pending.length || 1), 1);
          else {
            const [action] = world.pending.splice(at % (world.pending.length || 1), 1);
            if (action) world.answer(action, kind);
          }
          world.now += 10;
        }
        for (let turn = 0; turn < 3_000 && !world.state.verified.complete; turn++) {
          world.act(roll);
          const action = world.pending.shift();
          if (action) world.answer(action, "deliver");
          else world.now += 5_000;
        }
        assert.deepEqual(outlook(world.state), { kind: "complete" });
        world.act(roll);
        assert.deepEqual(due(world.state, world.now, roll), []);
        assert.equal(world.state.requests.size, 0);
      }),
      { numRuns: 500 },
    );
  });
}
