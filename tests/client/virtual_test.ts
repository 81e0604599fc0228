import assert from "node:assert/strict";
import fc from "fast-check";
import { pagesOf, rowAfterKey, type View, visibleRows } from "../../lib/client/virtual.ts";

const view = (change: Partial<View> = {}): View => ({ total: 10_000, rowHeight: 40, top: 0, height: 400, ...change });

const someView = fc.record({
  total: fc.integer({ min: 0, max: 100_000 }),
  rowHeight: fc.integer({ min: 1, max: 200 }),
  top: fc.integer({ min: -2_000, max: 20_000_000 }),
  height: fc.integer({ min: 0, max: 5_000 }),
});

for (
  const [what, given, expected] of [
    ["at the top", {}, [0, 10]],
    ["a bit down, a row cut on each side", { top: 30 }, [0, 11]],
    ["in the middle", { top: 4_000 }, [100, 110]],
    ["at the end", { top: 10_000 * 40 - 400 }, [9_990, 10_000]],
    ["past the end, as after a filter", { top: 10_000 * 40 }, [10_000, 10_000]],
    ["below the top of the page", { top: -200 }, [0, 5]],
    ["wholly below what is seen", { top: -1_000 }, [0, 0]],
    ["an empty list", { total: 0 }, [0, 0]],
    ["a list shorter than what is seen", { total: 3 }, [0, 3]],
    ["before the height of a row is known", { rowHeight: 0 }, [0, 0]],
  ] as const
) {
  Deno.test(`the rows seen: ${what}`, () => {
    const { first, end } = visibleRows(view(given));
    assert.deepEqual([first, end], expected);
  });
}

Deno.test("however long the list is, few rows exist, and all that are seen do", () => {
  fc.assert(fc.property(someView, fc.integer({ min: 0, max: 20 }), (given, overscan) => {
    const { first, end } = visibleRows(given, overscan);
    assert.ok(0 <= first && first <= end && end <= given.total);
    assert.ok(end - first <= given.height / given.rowHeight + 2 + 2 * overscan);
    const sees = (row: number) =>
      (row + 1) * given.rowHeight > given.top && row * given.rowHeight < given.top + given.height;
    for (const row of [first - 1, end]) {
      if (row >= 0 && row < given.total) assert.ok(!sees(row), `row ${row} is seen and does not exist`);
    }
  }));
});

for (
  const [key, from, to] of [
    ["ArrowDown", 5, 6],
    ["ArrowUp", 5, 4],
    ["ArrowUp", 0, 0],
    ["ArrowDown", 9_999, 9_999],
    ["PageDown", 5, 14],
    ["PageUp", 5, 0],
    ["Home", 5, 0],
    ["End", 5, 9_999],
    ["a", 5, undefined],
    ["constructor", 5, undefined],
  ] as const
) {
  Deno.test(`from row ${from}, ${key} leads to ${to ?? "nowhere"}`, () => {
    assert.equal(rowAfterKey(key, from, view()), to);
  });
}

Deno.test("in an empty list no key leads anywhere", () => {
  assert.equal(rowAfterKey("End", 0, view({ total: 0 })), undefined);
});

for (
  const [first, end, pages] of [[0, 0, []], [0, 100, [0]], [0, 101, [0, 1]], [99, 101, [0, 1]], [250, 260, [
    2,
  ]]] as const
) {
  Deno.test(`rows ${first} to ${end} lie on the pages ${pages.join(" and ") || "of no number"}`, () => {
    assert.deepEqual(pagesOf({ first, end }, 100), pages);
  });
}
