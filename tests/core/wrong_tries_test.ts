import assert from "node:assert/strict";
import fc from "fast-check";
import { WrongTries } from "../../lib/core/wrong_tries.ts";

Deno.test("no address has more than five tries in any minute, and each may try again after one", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.nat(30_000))), (steps) => {
    const tries = new WrongTries();
    const made: { address: string; at: number }[] = [];
    let now = 0;
    for (const [address, pause] of steps) {
      now += pause;
      const wait = tries.waitOf(address, now);
      assert.ok(wait >= 0 && wait <= 60_000);
      assert.equal(tries.waitOf(address, now + wait), 0);
      if (wait > 0) continue;
      tries.add(address, now);
      made.push({ address, at: now });
    }
    for (const { address, at } of made) {
      assert.ok(made.filter((one) => one.address === address && one.at >= at && one.at < at + 60_000).length <= 5);
    }
  }));
});

Deno.test("very many addresses take no more memory, and the newest are still limited", () => {
  const tries = new WrongTries();
  for (let number = 0; number < 50_000; number++) tries.add(`address ${number}`, 0);
  for (let number = 0; number < 5; number++) tries.add("mallory", 1);
  assert.equal(tries.waitOf("mallory", 2), 59_999);
  assert.equal(tries.waitOf("address 0", 2), 0);
});
