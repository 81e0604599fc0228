import assert from "node:assert/strict";
import {
  changedRows,
  holdsNow,
  lineOf,
  MOST_QUIET_ROWS,
  NEW_QUIET_ROW,
  problemOf,
  type QuietRow,
  rowsInForm,
  rowsOf,
} from "../../components/quiet_rows.ts";
import { parseQuietTime, writeQuietTime } from "../../lib/core/quiet_times.ts";

const GOOD: QuietRow = { days: [0, 4], from: "08:00", to: "12:00", up: "500 kB/s", down: "" };

Deno.test("saved quiet times stand in the fields in the reader's language and are saved the same", () => {
  for (
    const [line, lang, up, down] of [
      ["mon-fri 08:00-12:00 upload 500 kB/s", "en", "500 kB/s", ""],
      ["mon-fri 08:00-12:00 upload 500 kB/s", "fr", "500 ko/s", ""],
      ["daily 22:00-06:00 upload unlimited download 2 MiB/s", "en", "unlimited", "2 MiB/s"],
      ["daily 22:00-06:00 upload unlimited download 2 MiB/s", "fr", "illimité", "2 Mio/s"],
    ] as const
  ) {
    const [row] = rowsOf([line], lang);
    assert.deepEqual([row!.up, row!.down], [up, down]);
    assert.equal(writeQuietTime(parseQuietTime(lineOf(row!))), line);
  }
});

Deno.test("each wrong row says what is wrong first, and what says nothing is saved", () => {
  for (
    const [change, problem] of [
      [{}, undefined],
      [{ to: "08:00" }, undefined],
      [{ days: [] }, "days"],
      [{ from: "" }, "hours"],
      [{ to: "" }, "hours"],
      [{ from: "8h" }, "hours"],
      [{ up: " " }, "limit"],
      [{ up: "fast" }, "up"],
      [{ up: "10 B/s" }, "up"],
      [{ up: "5 Mb/s" }, "up"],
      [{ down: "1 MB" }, "down"],
      [{ down: "1,5 Mo/s" }, undefined],
      [{ down: "Illimité" }, undefined],
    ] as [Partial<QuietRow>, string | undefined][]
  ) {
    const row = { ...GOOD, ...change };
    assert.equal(problemOf(row), problem, JSON.stringify(change));
    if (problem === undefined) parseQuietTime(lineOf(row));
    else assert.throws(() => parseQuietTime(lineOf(row)), { code: "bad-input" }, lineOf(row));
  }
});

Deno.test("a row knows whether it holds, and a wrong one never does", () => {
  assert.ok(holdsNow(GOOD, { day: 4, minute: 600 }));
  assert.ok(!holdsNow(GOOD, { day: 3, minute: 600 }));
  assert.ok(!holdsNow({ ...GOOD, up: "fast" }, { day: 4, minute: 600 }));
});

Deno.test("the form without JavaScript gives its rows, one more or one less", () => {
  const form = new URLSearchParams([
    ["k", "2"],
    ["k.0.days", "0"],
    ["k.0.days", "4"],
    ["k.0.days", "9"],
    ["k.0.from", "08:00"],
    ["k.0.to", "12:00"],
    ["k.0.up", "500 kB/s"],
    ["k.1.down", "x"],
    ["k.7.down", "not a row"],
  ]);
  const empty = { days: [], from: "", to: "", up: "", down: "x" };
  const rows = rowsInForm(form, "k");
  assert.deepEqual(rows, [GOOD, empty]);
  assert.deepEqual(changedRows(rows, "add"), [GOOD, empty, NEW_QUIET_ROW]);
  assert.deepEqual(changedRows(rows, "remove-0"), [empty]);
  assert.deepEqual(changedRows(rows, ""), rows);
  assert.equal(rowsInForm(new URLSearchParams("k=9999999"), "k").length, MOST_QUIET_ROWS);
});
