import assert from "node:assert/strict";
import fc from "fast-check";
import { RateLimits } from "../../lib/core/rate_limit.ts";

Deno.test("a caller may ask a few times at once, then so often a second, and others are not held up", () => {
  const limits = new RateLimits({ burst: 3, perSecond: 2 });
  assert.deepEqual([1, 2, 3].map(() => limits.take("a", 0)), [0, 0, 0]);
  assert.equal(limits.take("a", 0), 500);
  assert.equal(limits.take("b", 0), 0);
  assert.equal(limits.take("a", 400), 100);
  assert.equal(limits.take("a", 500), 0);
  assert.equal(limits.take("a", 500), 500);
  assert.deepEqual([1, 2, 3, 4].map(() => limits.take("a", 1e9)), [0, 0, 0, 500]);
});

Deno.test("who asked what took long waits longer for the next answer", () => {
  const limits = new RateLimits({ burst: 3, perSecond: 2 });
  assert.equal(limits.take("a", 0), 0);
  limits.charge("a", 4);
  limits.charge("unknown", 4);
  assert.equal(limits.take("a", 0), 1_500);
  assert.equal(limits.take("a", 1_500), 0);
  assert.equal(limits.take("b", 0), 0);
});

Deno.test("however a caller asks, it is answered at most as often as is allowed, and after the wait that it was told", () => {
  const waits = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 10 }), waits, (burst, perSecond, gaps) => {
      const limits = new RateLimits({ burst, perSecond });
      let now = 0;
      let answered = 0;
      for (const gap of gaps) {
        now += gap;
        const wait = limits.take("a", now);
        if (wait === 0) answered++;
        else {
          assert.ok(wait <= Math.ceil(1000 / perSecond));
          now += wait;
          assert.equal(limits.take("a", now), 0);
          answered++;
        }
        assert.ok(answered <= burst + now / 1000 * perSecond + 1e-6);
      }
    }),
  );
});

Deno.test("of very many callers those that asked longest ago are forgotten, not those that still ask", () => {
  const limits = new RateLimits({ burst: 1, perSecond: 0.001 });
  limits.take("busy", 0);
  limits.take("quiet", 0);
  for (let n = 0; n < 20_000; n++) {
    limits.take(`${n}`, n);
    if (n % 1_000 === 0) assert.ok(limits.take("busy", n) > 0);
  }
  assert.ok(limits.take("busy", 20_000) > 0);
  assert.equal(limits.take("quiet", 20_000), 0);
});
