import assert from "node:assert/strict";
import fc from "fast-check";
import { RateHistory } from "../../lib/core/rate_history.ts";

Deno.test("what came in each slot is told in bytes a second once the slot is over", () => {
  const rates = new RateHistory(2_000, 3, 500);
  rates.add(1_000, 600);
  rates.add(3_000, 2_400);
  assert.deepEqual(rates.read(2_499), []);
  assert.deepEqual(rates.read(2_500), [2_000]);
  rates.add(500, 2_500);
  assert.deepEqual([rates.read(9_000), rates.count(9_000)], [[250, 0, 0], 4]);
  assert.deepEqual(rates.read(1e9), [0, 0, 0]);
});

Deno.test("no byte is lost or counted twice, however the times fall", () => {
  const steps = fc.array(fc.record({ wait: fc.nat(5_000), bytes: fc.nat(1_000) }), { maxLength: 50 });
  fc.assert(fc.property(steps, (steps) => {
    const rates = new RateHistory(1_000, 1_000, 0);
    let now = 0;
    for (const { wait, bytes } of steps) rates.add(bytes, now += wait);
    const sum = rates.read(now + 1_000).reduce((sum, rate) => sum + rate, 0);
    assert.equal(sum, steps.reduce((sum, { bytes }) => sum + bytes, 0));
    assert.equal(rates.count(now + 1_000), Math.floor((now + 1_000) / 1_000));
  }));
});
