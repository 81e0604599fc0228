import assert from "node:assert/strict";
import fc from "fast-check";
import { Throttle } from "../../lib/core/throttle.ts";

Deno.test("each peer waits for its own limit, and all for the common one", () => {
  const throttle = new Throttle({ all: 10_000, perPeer: 1_000 }, 0);
  assert.equal(throttle.take("a", 500, 0), 0, "half a second's worth is there at first");
  assert.equal(throttle.take("a", 1_000, 0), 1_000);
  assert.equal(throttle.take("b", 500, 0), 0, "another one owes nothing");
  assert.equal(throttle.take("a", 0, 400), 600, "what is still owed");
  assert.equal(throttle.take("c", 8_000, 400), 7_500);
  assert.ok(throttle.take("d", 4_000, 400) >= 400, "all together are too fast by now");
});

Deno.test("other limits forgive what is owed and hold from then on", () => {
  const throttle = new Throttle({ all: 1_000, perPeer: Infinity }, 0);
  assert.ok(throttle.take("a", 100_000, 0) > 90_000);
  throttle.limitTo({ all: Infinity, perPeer: Infinity }, 0);
  assert.equal(throttle.take("a", 0, 0), 0);
  throttle.limitTo({ all: Infinity, perPeer: 2_000 }, 0);
  assert.equal(throttle.take("a", 3_000, 0), 1_000);
});

Deno.test("pieces are as small as the lower limit wants them", () => {
  const piece = (all: number, perPeer: number) => new Throttle({ all, perPeer }, 0).pieceBytes;
  assert.equal(piece(Infinity, Infinity), 256 * 1024);
  assert.equal(piece(Infinity, 100_000), 25_000);
  assert.equal(piece(100_000, Infinity), 25_000);
  assert.equal(piece(1_000, 500_000), 4 * 1024);
});

Deno.test("any number of peers is served, and who owes is not forgotten for those who owe nothing", () => {
  const throttle = new Throttle({ all: Infinity, perPeer: 1_000 }, 0);
  assert.equal(throttle.take("greedy", 100_500, 0), 100_000);
  for (let peer = 0; peer < 5_000; peer++) throttle.take(`${peer}`, 100, peer);
  assert.equal(throttle.take("greedy", 0, 5_000), 95_000);
});

Deno.test("over any time no peer gets more than its rate and half a second's burst, nor all together", () => {
  const takes = fc.array(
    fc.record({ peer: fc.constantFrom("a", "b", "c"), bytes: fc.integer({ min: 1, max: 4_000 }) }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(
      takes,
      fc.integer({ min: 1_000, max: 9_000 }),
      fc.integer({ min: 1_000, max: 9_000 }),
      (takes, all, perPeer) => {
        const throttle = new Throttle({ all, perPeer }, 0);
        const given = { a: 0, b: 0, c: 0 };
        let now = 0;
        for (const { peer, bytes } of takes) {
          given[peer] += bytes;
          now += throttle.take(peer, bytes, now); // one after another: the next piece follows the wait for this one
          const seconds = now / 1_000 + 0.5 + 1e-6;
          assert.ok(given[peer] <= perPeer * seconds, `${peer}: ${given[peer]} bytes in ${now} ms`);
          assert.ok(given.a + given.b + given.c <= all * seconds, `all in ${now} ms`);
        }
      },
    ),
  );
});
