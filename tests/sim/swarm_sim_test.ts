import assert from "node:assert/strict";
import { parseConfig } from "../../lib/core/config.ts";
import { downloadLimits } from "../../lib/core/download_limits.ts";
import { parseFileId } from "../../lib/core/ids.ts";
import { type LinkOptions, lowerBound, sharedAir, wired } from "./links.ts";
import { type Scenario, simulate } from "./swarm_sim.ts";

const MIB = 1024 * 1024;
const RATE = 12_500_000;
const LINK: LinkOptions = { up: RATE, down: RATE, delayMs: 1, loss: 0 };
const { config } = parseConfig({ files: [], env: {}, flags: {} });

/** A class of so many pupils on links of 100 Mbit/s. */
function scenario(pupils: number, chunks: number, more: Partial<Scenario> = {}): Scenario {
  return {
    ...{ manifest: { id: parseFileId("00".repeat(32)), size: chunks * MIB, chunkSize: MIB }, seed: 1 },
    ...{ peers: pupils + 1, known: pupils, network: wired(pupils + 1, LINK), limits: downloadLimits(config) },
    ...{ uploadSlots: config.limits.uploadSlots, stepMs: 5, endMs: 600_000, ...more },
  };
}

const complete = (pupils: number, chunks: number, more?: Partial<Scenario>) => {
  const outcome = simulate(scenario(pupils, chunks, more));
  assert.equal(outcome.times.length, pupils, "everybody has the file");
  return {
    ...outcome,
    last: outcome.times.at(-1)!,
    ratio: outcome.times.at(-1)! / lowerBound(chunks * MIB, chunks, pupils, RATE),
  };
};

for (const [pupils, chunks] of [[1, 1], [1, 20], [2, 8], [7, 40], [30, 64]] as const) {
  Deno.test(`${pupils} pupils have ${chunks} chunks in little more than the least time, and none of them twice`, () => {
    const { ratio, duplicates, copies } = complete(pupils, chunks);
    assert.ok(ratio < 1.35, `${ratio} times the least time`);
    assert.equal(duplicates, 0);
    assert.ok(copies < Math.max(1.3, 1 + 1.5 * pupils / chunks), `${copies} copies`);
  });
}

Deno.test("the same seed gives the same outcome, another one another", () => {
  const [once, again, other] = [1, 1, 2].map((seed) => simulate(scenario(12, 16, { seed })));
  assert.deepEqual(once, again);
  assert.notDeepEqual(once, other);
});

Deno.test("who goes away for a while has the file all the same, and the others are not held up", () => {
  const away = [3, 7, 9].map((peer) => ({ peer, from: 500, until: 6_000 }));
  const { times } = complete(20, 32, { away });
  assert.ok(times[16]! < 6, `the others had to wait until ${times[16]} s`);
  assert.ok(times.at(-1)! < 15);
});

Deno.test("a teacher who goes away is not needed once each chunk was sent", () => {
  const { times } = complete(20, 32, { away: [{ peer: 0, from: 3_200, until: 600_000 }] });
  assert.ok(times[0]! > 3.2, "nobody had all of it when the teacher went");
});

Deno.test("pupils who send other bytes than they should hold up nobody else for long", () => {
  const honest = complete(20, 32);
  const lied = simulate(scenario(20, 32, { liars: [4, 11] }));
  assert.equal(lied.times.length, 20);
  assert.ok(lied.times.at(-1)! < 3 * honest.last, `${lied.times.at(-1)} s instead of ${honest.last}`);
});

Deno.test("one pupil on a slow link has its fair share, and slows nobody", () => {
  const fast = wired(21, LINK);
  const slow = wired(21, { ...LINK, down: RATE / 10 });
  const mixed: Scenario["network"] = {
    delayMs: 1,
    share(streams) {
      fast.share(streams);
      const mine = streams.filter(({ to }) => to === 5);
      const rates = mine.map(({ rate }) => rate);
      slow.share(mine);
      mine.forEach((stream, index) => stream.rate = Math.min(stream.rate, rates[index]!));
    },
  };
  const { times } = complete(20, 32, { network: mixed });
  const alone = 32 * MIB / (RATE / 10);
  assert.ok(times[18]! < 6, `the others: ${times[18]} s`);
  assert.ok(times[19]! < 1.3 * alone, `the slow one: ${times[19]} s, ${alone} s if nothing else held it up`);
});

Deno.test("on one Wi-Fi and with lost packets everybody has the file", () => {
  complete(8, 8, { network: sharedAir(RATE, 2) });
  complete(8, 8, { network: wired(9, { ...LINK, delayMs: 10, loss: 0.01 }) });
});
