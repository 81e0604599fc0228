import assert from "node:assert/strict";
import { SeenCounts } from "../../lib/client/share_counts.ts";
import type { ShareId } from "../../lib/core/ids.ts";
import type { ShareCounts } from "../../lib/core/local_messages.ts";

const id = (n: number) => n.toString(16).padStart(32, "0") as ShareId;

function counting() {
  const asked: (readonly ShareId[])[] = [];
  const clock = { now: 0 };
  let answer: (ids: readonly ShareId[]) => Promise<ShareCounts> = (ids) =>
    Promise.resolve(Object.fromEntries(ids.map((id) => [id, { peers: 3, fetched: 7 }])));
  const counts = new SeenCounts({
    ask: (ids) => {
      asked.push(ids);
      return answer(ids);
    },
    now: () => clock.now,
    onChange: () => {},
  });
  return { counts, asked, clock, answerWith: (next: typeof answer) => answer = next };
}

Deno.test("what is in sight is asked for once, and again when it is no longer fresh", async () => {
  const { counts, asked, clock } = counting();
  await counts.see([id(1), id(2)]);
  await counts.see([id(1), id(2), id(3)]);
  assert.deepEqual(asked, [[id(1), id(2)], [id(3)]]);
  assert.deepEqual(counts.of(id(1)), { peers: 3, fetched: 7 });
  clock.now = 10_000;
  await counts.see([id(1)]);
  assert.equal(asked.length, 3);
});

Deno.test("one question is on its way at a time, of at most 500 shares; what is in sight by then comes next", async () => {
  const { counts, asked } = counting();
  const first = counts.see(Array.from({ length: 600 }, (_, n) => id(n)));
  await counts.see([id(700)]);
  await counts.see([id(800)]);
  await first;
  assert.deepEqual(asked.map((ids) => ids.length), [500, 1]);
  assert.ok(counts.of(id(800)));
});

Deno.test("when the tracker does not say, what was known is not passed off as current", async () => {
  const { counts, clock, answerWith } = counting();
  await counts.see([id(1)]);
  clock.now = 10_000;
  answerWith(() => Promise.reject(new Error("gone")));
  await counts.see([id(1)]);
  assert.equal(counts.of(id(1)), null);
});

Deno.test("however far one scrolls, memory stays bounded", async () => {
  const { counts } = counting();
  for (let page = 0; page < 10; page++) await counts.see(Array.from({ length: 500 }, (_, n) => id(page * 500 + n)));
  assert.equal(counts.of(id(0)), undefined);
  assert.ok(counts.of(id(4_999)));
});
