import assert from "node:assert/strict";
import { type Page, PagedRows } from "../../lib/client/paged_rows.ts";

/** A list on a server whose answers are let go one by one. */
function served(total: number, options: { keep?: number; first?: Page<string> } = {}) {
  const asked: { page: number; signal: AbortSignal; answer(word?: string): void; fail(): void }[] = [];
  const errors: unknown[] = [];
  let changes = 0;
  let length = total;
  const rows = new PagedRows<string>({
    pageSize: 10,
    keep: options.keep ?? 3,
    fetch: (page, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<Page<string>>();
      const answer = (word = "row") => {
        const count = Math.max(0, Math.min(10, length - page * 10));
        resolve({ total: length, rows: Array.from({ length: count }, (_, n) => `${word} ${page * 10 + n}`) });
      };
      asked.push({ page, signal, answer, fail: () => reject(new Error("no")) });
      return promise;
    },
    onChange: () => changes++,
    onError: (error) => errors.push(error),
  }, options.first);
  return { rows, asked, errors, shrinkTo: (n: number) => length = n, changes: () => changes };
}

/** What was answered has been taken in. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

Deno.test("a page is asked for once, however often its rows are looked at", async () => {
  const { rows, asked } = served(1_000);
  rows.see({ first: 0, end: 8 });
  rows.see({ first: 2, end: 9 });
  assert.deepEqual(asked.map(({ page }) => page), [0]);
  assert.equal(rows.at(3), undefined);
  asked[0]!.answer();
  await settled();
  rows.see({ first: 2, end: 9 });
  assert.equal(asked.length, 1);
  assert.equal(rows.at(3), "row 3");
  assert.equal(rows.total, 1_000);
});

Deno.test("what the page was delivered with is not asked for again", () => {
  const { rows, asked } = served(12, { first: { total: 12, rows: ["a", "b"] } });
  rows.see({ first: 0, end: 5 });
  assert.equal(rows.at(1), "b");
  assert.equal(asked.length, 0);
});

Deno.test("a row is found where it stands now, not where it stood before the list changed", async () => {
  const { rows, asked } = served(20, { first: { total: 20, rows: ["a", "b"] } });
  const place = (row: string) => rows.indexOf((one) => one === row);
  assert.deepEqual([place("b"), place("c")], [1, undefined]);
  rows.refresh();
  assert.equal(place("b"), undefined);
  rows.see({ first: 0, end: 20 });
  for (const { answer } of asked) answer();
  await settled();
  assert.deepEqual([place("row 3"), place("row 13")], [3, 13]);
});

Deno.test("rows scrolled past are given up, those in sight are fetched", async () => {
  const { rows, asked } = served(1_000);
  rows.see({ first: 0, end: 8 });
  rows.see({ first: 500, end: 508 });
  assert.ok(asked[0]!.signal.aborted);
  asked[0]!.answer();
  asked[1]!.answer();
  await settled();
  assert.equal(rows.at(0), undefined);
  assert.equal(rows.at(505), "row 505");
});

Deno.test("only so many pages are kept, the ones used last", async () => {
  const { rows, asked } = served(1_000, { keep: 2 });
  const look = async (page: number) => {
    rows.see({ first: page * 10, end: page * 10 + 1 });
    asked.at(-1)!.answer();
    await settled();
  };
  await look(0);
  await look(1);
  rows.see({ first: 0, end: 1 });
  await look(2);
  assert.deepEqual([0, 10, 20].map((row) => rows.at(row) !== undefined), [true, false, true]);
});

Deno.test("after a change the rows stay to be seen until their newer state is there", async () => {
  const { rows, asked } = served(30);
  rows.see({ first: 0, end: 5 });
  asked[0]!.answer("old");
  await settled();
  rows.refresh();
  assert.equal(rows.at(0), "old 0");
  rows.see({ first: 0, end: 5 });
  asked[1]!.answer("new");
  await settled();
  assert.equal(rows.at(0), "new 0");
});

Deno.test("an answer that was on its way before a change does not count", async () => {
  const { rows, asked } = served(30);
  rows.see({ first: 0, end: 5 });
  rows.refresh();
  rows.see({ first: 0, end: 5 });
  asked[1]!.answer("new");
  asked[0]!.answer("old");
  await settled();
  assert.equal(rows.at(0), "new 0");
});

Deno.test("another search shows its first page, and the rows of the one before until then", async () => {
  const { rows, asked, shrinkTo } = served(1_000);
  rows.see({ first: 0, end: 5 });
  asked[0]!.answer("all");
  await settled();
  rows.see({ first: 300, end: 305 });
  shrinkTo(3);
  const replaced = rows.replace();
  rows.see({ first: 300, end: 305 });
  assert.equal(rows.at(0), "all 0");
  assert.equal(asked.length, 3);
  asked[1]!.answer("all");
  asked[2]!.answer("found");
  await replaced;
  assert.equal(rows.total, 3);
  assert.equal(rows.at(0), "found 0");
  assert.equal(rows.at(300), undefined);
});

Deno.test("of two searches typed one after the other the last counts", async () => {
  const { rows, asked } = served(10);
  const first = rows.replace();
  const second = rows.replace();
  asked[1]!.answer("second");
  asked[0]!.answer("first");
  await Promise.all([first, second]);
  assert.equal(rows.at(0), "second 0");
});

Deno.test("a page that fails says so once and is asked for again after a refresh", async () => {
  const { rows, asked, errors } = served(30);
  rows.see({ first: 0, end: 5 });
  asked[0]!.fail();
  await settled();
  rows.see({ first: 0, end: 5 });
  assert.equal(asked.length, 1);
  assert.equal(errors.length, 1);
  rows.refresh();
  rows.see({ first: 0, end: 5 });
  asked[1]!.answer();
  await settled();
  assert.equal(rows.at(0), "row 0");
});

Deno.test("a list that became shorter forgets the pages past its end", async () => {
  const { rows, asked, shrinkTo } = served(30);
  rows.see({ first: 0, end: 30 });
  for (const request of asked) request.answer();
  await settled();
  assert.equal(rows.at(25), "row 25");
  shrinkTo(4);
  rows.refresh();
  rows.see({ first: 0, end: 5 });
  asked.at(-1)!.answer();
  await settled();
  assert.equal(rows.at(25), undefined);
  assert.equal(rows.total, 4);
});
