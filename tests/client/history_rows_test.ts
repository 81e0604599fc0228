import assert from "node:assert/strict";
import { visibleRows } from "../../components/tracker/history_rows.ts";
import type { HistoryReply } from "../../lib/core/messages.ts";

const empty = { peers: 0, downloads: 0, bytes: 0, shared: 0 };

function history(range: HistoryReply["range"], count: number, filled: Record<number, Partial<typeof empty>>) {
  const buckets = Array.from({ length: count }, (_, index) => ({ ...empty, ...filled[index] }));
  return { range, everySeconds: { hour: 60, day: 900, week: 3600 }[range], from: "2026-03-04T10:00:00.000Z", buckets };
}

Deno.test("a table of the history has a row for each stretch in which something was, newest first", () => {
  const reply = history("hour", 60, {
    0: { bytes: 1, peers: 3 },
    4: { bytes: 2, peers: 5, downloads: 1 },
    5: { shared: 2 },
    59: { peers: 1 },
  });
  const start = Date.parse(reply.from) / 1000;
  assert.deepEqual(visibleRows(reply), [
    { ...empty, at: start + 55 * 60, peers: 1 },
    { ...empty, at: start + 5 * 60, shared: 2 },
    { at: start, bytes: 3, downloads: 1, shared: 0, peers: 5 },
  ]);
});

Deno.test("no table is longer than a person reads", () => {
  for (const [range, count, rows] of [["hour", 60, 12], ["day", 96, 24], ["week", 168, 28]] as const) {
    const all = Object.fromEntries(Array.from({ length: count }, (_, index) => [index, { bytes: 1 }]));
    assert.equal(visibleRows(history(range, count, all)).length, rows);
    assert.deepEqual(visibleRows(history(range, count, {})), []);
  }
});
