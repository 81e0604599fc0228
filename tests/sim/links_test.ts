import assert from "node:assert/strict";
import { lowerBound, sharedAir, type Stream, wired } from "./links.ts";

const LINK = { up: 10_000_000, down: 20_000_000, delayMs: 1, loss: 0 };
const stream = (from: number, to: number): Stream => ({ from, to, rate: NaN });

Deno.test("streams share the links at both ends, and what one cannot use the others have", () => {
  const streams = [stream(0, 1), stream(0, 2), stream(3, 2), stream(4, 2)];
  wired(5, { ...LINK, down: 12_000_000 }).share(streams);
  const rates = streams.map(({ rate }) => Math.round(rate / 100_000) / 10);
  assert.deepEqual(rates, [6, 4, 4, 4]);
});

Deno.test("the more packets are lost and the longer the way, the slower is a stream", () => {
  const rate = (delayMs: number, loss: number) => {
    const alone = stream(0, 1);
    wired(2, { ...LINK, delayMs, loss }).share([alone]);
    return alone.rate;
  };
  assert.equal(rate(1, 0), LINK.up);
  assert.ok(rate(5, 0.01) < rate(1, 0.01));
  assert.ok(rate(5, 0.02) < rate(5, 0.01));
});

Deno.test("one Wi-Fi is shared by all, and from pupil to pupil each byte is sent twice", () => {
  const [fromTeacher, fromPupil] = [stream(0, 1), stream(1, 2)];
  sharedAir(8_000_000, 1).share([fromTeacher, fromPupil]);
  assert.deepEqual([fromTeacher.rate, fromPupil.rate], [4_000_000, 2_000_000]);
});

Deno.test("the least time is one chunk longer for each doubling of the class", () => {
  const times = [1, 2, 3, 4, 30].map((pupils) => lowerBound(1_000, 10, pupils, 100));
  assert.deepEqual(times, [10, 11, 11, 12, 14]);
});
