import assert from "node:assert/strict";
import { Turns } from "../../lib/core/turns.ts";

Deno.test("each turn begins when the one before has ended, also when that failed", async () => {
  const turns = new Turns();
  const did: string[] = [];
  const slow = Promise.withResolvers<void>();
  const first = turns.take(async () => {
    did.push("first begins");
    await slow.promise;
    did.push("first ends");
    throw new Error("it failed");
  });
  const second = turns.take(() => did.push("second"));
  await Promise.resolve();
  assert.deepEqual(did, ["first begins"]);
  slow.resolve();
  await assert.rejects(first, /it failed/);
  assert.equal(await second, 3);
  assert.deepEqual(did, ["first begins", "first ends", "second"]);
});
