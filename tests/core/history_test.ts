import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BUCKET_SECONDS,
  bucketOf,
  filled,
  HISTORY_RANGES,
  keptBuckets,
  totalOf,
  windowOf,
} from "../../lib/core/history.ts";

const seconds = (text: string) => Date.parse(text) / 1000;
const bucket = (from: number, bytes: number) => ({ from, peers: 1, downloads: 2, bytes, shared: 3 });

Deno.test("a moment belongs to the bucket that began last", () => {
  for (
    const [at, every, expected] of [
      ["2026-03-04T10:07:59Z", 60, "2026-03-04T10:07:00Z"],
      ["2026-03-04T10:08:00Z", 60, "2026-03-04T10:08:00Z"],
      ["2026-03-04T10:14:59Z", 900, "2026-03-04T10:00:00Z"],
      ["2026-03-04T10:15:00Z", 900, "2026-03-04T10:15:00Z"],
      ["2026-03-04T10:59:59Z", 3600, "2026-03-04T10:00:00Z"],
      ["1969-12-31T23:59:59Z", 3600, "1969-12-31T23:00:00Z"],
    ] as const
  ) assert.equal(bucketOf(seconds(at), every), seconds(expected), at);
});

Deno.test("an hour has 60 minutes, a day 96 quarters and a week 168 hours, the current one included", () => {
  const now = seconds("2026-03-04T10:07:30Z");
  for (
    const [range, count, everySeconds, from] of [
      ["hour", 60, 60, "2026-03-04T09:08:00Z"],
      ["day", 96, 900, "2026-03-03T10:15:00Z"],
      ["week", 168, 3600, "2026-02-25T11:00:00Z"],
    ] as const
  ) assert.deepEqual(windowOf(range, now), { everySeconds, count, from: seconds(from) });
});

Deno.test("what is not known is empty, and what lies outside of the window is left out", () => {
  const window = { everySeconds: 60, from: 600, count: 4 } as const;
  const known = [bucket(540, 1), bucket(600, 2), bucket(720, 3), bucket(840, 4)];
  assert.deepEqual(filled(window, known).map(({ bytes }) => bytes), [2, 0, 3, 0]);
  assert.deepEqual(filled(window, [])[3], { peers: 0, downloads: 0, bytes: 0, shared: 0 });
});

Deno.test("a total never passes the largest exact number", () => {
  assert.deepEqual(totalOf([bucket(0, 5), bucket(60, 6)]), { downloads: 4, bytes: 11, shared: 6 });
  const most = Number.MAX_SAFE_INTEGER;
  assert.equal(totalOf([bucket(0, most), bucket(60, most)]).bytes, most);
});

Deno.test("every range ends with now, and all of it is kept", () => {
  fc.assert(fc.property(fc.constantFrom(...HISTORY_RANGES), fc.integer({ min: 0, max: 1e11 }), (range, now) => {
    const { everySeconds, from, count } = windowOf(range, now);
    const last = from + (count - 1) * everySeconds;
    assert.ok(last <= now && now < last + everySeconds);
    const kept = keptBuckets(everySeconds, now);
    assert.ok(kept.from <= from && kept.to === last);
    assert.ok((kept.to - kept.from) / everySeconds <= 200);
  }));
});

Deno.test("local midnight begins a bucket of a quarter wherever one lives, and 25 hours of them are kept", () => {
  const now = seconds("2026-03-04T10:07:30Z");
  for (const offsetMinutes of [0, 60, -210, 330, 345, 765]) {
    const midnight = Math.floor((now + offsetMinutes * 60) / 86_400) * 86_400 - offsetMinutes * 60;
    assert.equal(bucketOf(midnight, 900), midnight);
    assert.ok(keptBuckets(900, now).from <= midnight - 3_600);
  }
  for (const every of BUCKET_SECONDS) assert.equal(3_600 % every, 0);
});
