import assert from "node:assert/strict";
import fc from "fast-check";
import { sha256Of } from "../../lib/adapters/hash_file.ts";
import { fetchFile, type FetchJob } from "../../lib/app/fetch_file.ts";
import { Bitfield, parseBitfield } from "../../lib/core/bitfield.ts";
import type { DownloadState } from "../../lib/core/download_state.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import { chunkCount } from "../../lib/core/manifest.ts";
import { codeOf, peerId } from "../fakes.ts";
import {
  type Behaviour,
  CHUNK,
  FakeNetwork,
  type FakeSource,
  honest,
  LIMITS,
  MemoryPart,
  nextTurn,
  QuickClock,
  stalls,
  testFile,
  until,
} from "../fakes_download.ts";

/** One job with its surroundings; sources are numbered from 1. */
class Fetching {
  readonly clock = new QuickClock();
  readonly network: FakeNetwork;
  readonly part: MemoryPart;
  readonly verified: Bitfield;
  readonly liars: PeerId[] = [];
  readonly found: PeerId[] = [];
  readonly stop = new AbortController();
  marked: Bitfield;
  state: DownloadState | undefined;

  constructor(readonly file = testFile(20 * CHUNK + 5), ...sources: FakeSource[]) {
    this.network = new FakeNetwork(file);
    this.part = new MemoryPart(file.manifest);
    this.verified = new Bitfield(chunkCount(file.manifest));
    this.marked = this.verified.clone();
    sources.forEach((source, i) => this.found.push(this.network.add(i + 1, source)));
  }

  run(changes: Partial<FetchJob> = {}): Promise<void> {
    const { clock, network, part, verified, file } = this;
    return fetchFile({ clock, peers: network, hash: sha256Of, pace: () => 0 }, {
      ...{ manifest: file.manifest, hashes: file.hashes, limits: LIMITS, part, verified },
      find: () => Promise.resolve([...this.found]),
      addressOf: network.addressOf,
      mark: (marks) => this.marked = parseBitfield(marks, verified.length),
      onLiar: (peer) => this.liars.push(peer),
      onState: (state) => this.state = state,
      ...changes,
    }, this.stop.signal);
  }

  /** Everything proved is marked, and is what it should be. */
  check(): void {
    assert.deepEqual([...this.marked], [...this.verified]);
    for (const index of this.verified) assert.deepEqual(this.part.chunks.get(index), this.#chunk(index));
  }

  checkWhole(): void {
    this.check();
    assert.ok(this.verified.complete);
    assert.deepEqual(this.part.whole(), this.file.bytes);
  }

  askedOf(): number[] {
    return [...new Set(this.network.asked.map(({ peer }) => peer))].sort();
  }

  #chunk(index: number): Uint8Array {
    return this.file.bytes.slice(index * CHUNK, (index + 1) * CHUNK);
  }
}

const wrong: Behaviour = async ({ first, give, sink }) => {
  await give(first, new Uint8Array(CHUNK));
  sink.signal.throwIfAborted();
};
const breaksOff = (why: ConstructorParameters<typeof EssaimError>[0], retryAfterMs?: number): Behaviour => () =>
  Promise.reject(new EssaimError(why, why, retryAfterMs === undefined ? {} : { retryAfterMs }));

Deno.test("a file comes from several sources at once, each chunk once", async () => {
  const fetching = new Fetching(undefined, {}, {}, {});
  await fetching.run();
  fetching.checkWhole();
  assert.deepEqual(fetching.askedOf(), [1, 2, 3]);
  assert.equal(fetching.part.writes, 21);
});

Deno.test("of all who begin together nobody hears of the others for the first time only after 5 s", async () => {
  const fetching = new Fetching(undefined, { behaviour: stalls }, {});
  const lookedAt: number[] = [];
  const find = () => {
    lookedAt.push(fetching.clock.elapsed);
    return Promise.resolve(fetching.found.slice(0, lookedAt.length));
  };
  await fetching.run({ find, limits: { ...LIMITS, stallMs: 60_000 } });
  fetching.checkWhole();
  assert.equal(lookedAt[1], 1_500);
});

Deno.test("an empty file is complete without any source", async () => {
  const fetching = new Fetching(testFile(0));
  await fetching.run();
  fetching.checkWhole();
});

Deno.test("what was proved before is not asked again", async () => {
  const fetching = new Fetching(undefined, {});
  for (let i = 0; i < 15; i++) {
    fetching.verified.add(i);
    await fetching.part.write(i, fetching.file.bytes.slice(i * CHUNK, (i + 1) * CHUNK));
  }
  await fetching.run();
  assert.ok(fetching.network.asked.every(({ first }) => first >= 15));
  assert.deepEqual(fetching.part.whole(), fetching.file.bytes);
});

Deno.test("a source that disappears half-way loses its work to the others", async () => {
  const first: FakeSource = {};
  first.behaviour = async (request) => {
    first.gone = true;
    await request.give(request.first);
    throw new EssaimError("unreachable", "The connection broke off.");
  };
  const fetching = new Fetching(undefined, first, {});
  await fetching.run();
  fetching.checkWhole();
  assert.deepEqual(fetching.liars, []);
});

Deno.test("a source that stalls loses its work to the others", async () => {
  const fetching = new Fetching(undefined, { behaviour: stalls }, {});
  await fetching.run();
  fetching.checkWhole();
});

for (const [kind, limits] of [["spread", LIMITS], ["asked as one run", { ...LIMITS, threshold: Infinity }]] as const) {
  Deno.test(`two sources that trickle byte by byte do not hold up a file ${kind}`, async () => {
    const trickles: Behaviour = async ({ sink }) => {
      for (;;) {
        await sink.onBytes(1);
        await fetching.clock.sleep(5_000, sink.signal);
      }
    };
    const fetching = new Fetching(testFile(4 * CHUNK), { behaviour: trickles }, { behaviour: trickles }, {});
    await fetching.run({ limits });
    fetching.checkWhole();
  });
}

Deno.test("a source that says to have more than it gives is left alone and the rest goes on", async () => {
  const fetching = new Fetching(undefined, { behaviour: breaksOff("not-found") }, {});
  await fetching.run();
  fetching.checkWhole();
  assert.ok(fetching.network.asked.filter(({ peer }) => peer === 1).length <= LIMITS.requestsPerPeer);
});

Deno.test("a source that sends wrong bytes is reported as a liar, dropped, and the file completes", async () => {
  const fetching = new Fetching(undefined, { behaviour: wrong }, {});
  await fetching.run();
  fetching.checkWhole();
  assert.deepEqual(fetching.liars, [peerId(1)]);
  assert.ok(fetching.network.asked.filter(({ peer }) => peer === 1).length <= LIMITS.requestsPerPeer);
});

Deno.test("a source whose file changed is no liar", async () => {
  const changed: FakeSource = {};
  changed.behaviour = async (request) => {
    changed.forgot = true;
    await wrong(request);
  };
  const fetching = new Fetching(undefined, changed, {});
  await fetching.run();
  fetching.checkWhole();
  assert.deepEqual(fetching.liars, []);
});

Deno.test("a busy source is asked again when it said, not before", async () => {
  let busy = 3;
  const times: number[] = [];
  const source: FakeSource = {
    behaviour: async (request) => {
      times.push(fetching.clock.elapsed);
      if (busy-- > 0) throw new EssaimError("busy", "busy", { retryAfterMs: 7_000 });
      await honest(request);
    },
  };
  const fetching = new Fetching(testFile(CHUNK), source);
  await fetching.run();
  fetching.checkWhole();
  times.slice(1, 4).forEach((time, i) => assert.ok(time - times[i]! >= 7_000, String(times)));
});

Deno.test("a full disk ends the fetch as disk-full, with everything proved marked", async () => {
  const fetching = new Fetching(undefined, {}, {});
  fetching.part.room = 7 * CHUNK;
  assert.equal(await codeOf(fetching.run()), "disk-full");
  assert.equal(fetching.verified.count, 7);
  fetching.check();
  fetching.part.room = Infinity;
  await fetching.run();
  fetching.checkWhole();
});

Deno.test("a mark that fails ends the fetch with its reason, even a last one", async () => {
  for (const failing of [0, 1]) {
    const fetching = new Fetching(undefined, {});
    let marks = 0;
    const full = new EssaimError("disk-full", "The disk of the database is full.");
    const run = fetching.run({
      mark: () => {
        if (marks++ >= failing) throw full;
        fetching.stop.abort(new EssaimError("cancelled", "stopped"));
      },
    });
    assert.ok(["disk-full", "cancelled"].includes(await codeOf(run) ?? ""));
  }
});

Deno.test("when it is stopped, all that was proved is marked and nothing goes on", async () => {
  const fetching = new Fetching(undefined, {
    behaviour: async (request) => {
      await honest(request);
      if (fetching.verified.count >= 5) fetching.stop.abort(new EssaimError("cancelled", "stopped"));
    },
  });
  assert.equal(await codeOf(fetching.run()), "cancelled");
  assert.ok(fetching.verified.count >= 5);
  fetching.check();
  const { writes } = fetching.part;
  for (let i = 0; i < 20; i++) await nextTurn();
  assert.equal(fetching.part.writes, writes);
});

Deno.test("a fetch that was stopped before it began asks nobody", async () => {
  const fetching = new Fetching(undefined, {});
  fetching.stop.abort(new EssaimError("cancelled", "stopped"));
  assert.equal(await codeOf(fetching.run()), "cancelled");
  assert.deepEqual(fetching.network.asked, []);
});

Deno.test("without a source it waits, and goes on when one returns", async () => {
  const source: FakeSource = { gone: true };
  const fetching = new Fetching(undefined, source);
  const run = fetching.run();
  await until(() => fetching.clock.elapsed > 60_000, "a minute passed");
  assert.equal(fetching.verified.count, 0);
  source.gone = false;
  await run;
  fetching.checkWhole();
});

Deno.test("the last chunk of a slow source is asked of another one too, and its answer is not waited for", async () => {
  let given = 0;
  const slow: Behaviour = async (request) => {
    if (given++ > 0) return await stalls(request);
    await honest(request);
  };
  const fetching = new Fetching(undefined, { behaviour: slow }, {});
  await fetching.run({ limits: { ...LIMITS, stallMs: 3_600_000 } });
  fetching.checkWhole();
  assert.ok(fetching.clock.elapsed < 60_000);
});

Deno.test("a partial source gives what it has as soon as it has it", async () => {
  const have = new Bitfield(21);
  const fetching = new Fetching(undefined, { have });
  have.add(3);
  const run = fetching.run();
  await until(() => fetching.verified.count === 1, "the first chunk is there");
  for (let i = 0; i < 21; i++) have.add(i);
  await run;
  fetching.checkWhole();
});

Deno.test("with any mix of honest, lying, stalling and vanishing sources and one honest one, the file completes", async () => {
  const behaviours: FakeSource[] = [
    {},
    { behaviour: wrong },
    { behaviour: stalls },
    { gone: true },
    { forgot: true },
    { behaviour: breaksOff("busy", 500) },
    { behaviour: breaksOff("bad-content") },
    { behaviour: breaksOff("not-found") },
    { behaviour: () => Promise.resolve() },
  ];
  const kinds = fc.array(fc.integer({ min: 0, max: behaviours.length - 1 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(kinds, fc.boolean(), async (chosen, small) => {
      const fetching = new Fetching(testFile(6 * CHUNK), ...chosen.map((i) => ({ ...behaviours[i] })), {});
      await fetching.run({ limits: { ...LIMITS, threshold: small ? Infinity : 0 } });
      fetching.checkWhole();
    }),
    { numRuns: 15 },
  );
});
