import assert from "node:assert/strict";
import fc from "fast-check";
import { EssaimError } from "../../lib/core/errors.ts";
import {
  formatBytes,
  formatDuration,
  formatRate,
  parseBytes,
  parseDuration,
  parseRate,
  writeBytes,
  writeDuration,
  writeRate,
} from "../../lib/core/units.ts";

const isBadInput = (error: unknown) => error instanceof EssaimError && error.code === "bad-input";

Deno.test("a size is read with its unit, in English or in French", () => {
  const table: [string | number, number][] = [
    ["10 MB", 10_000_000],
    ["1 MiB", 1_048_576],
    ["10MB", 10_000_000],
    ["2.1 MB", 2_100_000],
    ["2,1 Mo", 2_100_000],
    ["2.3 MB", 2_300_000],
    ["5 kB", 5000],
    ["5 KB", 5000],
    ["5 KiB", 5120],
    ["3\u00a0Go", 3_000_000_000],
    ["2 TiB", 2 * 2 ** 40],
    ["7 B", 7],
    [" 1234 ", 1234],
    [1234, 1234],
    [0, 0],
    ["0", 0],
  ];
  for (const [text, bytes] of table) assert.equal(parseBytes(text), bytes, String(text));
});

Deno.test("a size that could be misread is refused with an example of what is accepted", () => {
  const refused = [
    "",
    "MB",
    "10 Mb",
    "10 mb",
    "10 iB",
    "1.5",
    "-1",
    "1e3",
    "10 MB/s",
    "ten MB",
    "9".repeat(400),
    "0.1 B",
  ];
  for (const value of [...refused, -1, 1.5, NaN, Infinity, 2 ** 60]) {
    assert.throws(() => parseBytes(value), isBadInput, String(value));
  }
  assert.throws(() => parseBytes("10 Mb"), /Cannot read "10 Mb"\. Write a size such as "10 MB"/);
});

Deno.test("a rate is read per second, and 0 or unlimited means no limit", () => {
  const table: [string | number, number][] = [
    ["5 MB/s", 5_000_000],
    ["5 MiB / s", 5_242_880],
    ["500 ko/s", 500_000],
    [2000, 2000],
    ["2000", 2000],
    ["0", Infinity],
    [0, Infinity],
    ["0 MB/s", Infinity],
    ["unlimited", Infinity],
  ];
  for (const [text, rate] of table) assert.equal(parseRate(text), rate, String(text));
  for (const value of ["", "5 MB", "5/s", "5 Mb/s", "5 MB/min", "fast", "0.01 B/s", -1, 1.5, NaN, Infinity]) {
    assert.throws(() => parseRate(value), isBadInput, String(value));
  }
});

Deno.test("a duration is read with its unit, and refused without one", () => {
  const table: [string, number][] = [
    ["10 s", 10_000],
    ["500 ms", 500],
    ["2 min", 120_000],
    ["1 h", 3_600_000],
    ["1 day", 86_400_000],
    ["7 days", 604_800_000],
    ["1.5 s", 1500],
    ["0 s", 0],
  ];
  for (const [text, ms] of table) assert.equal(parseDuration(text), ms, text);
  for (const value of ["", "10", 10, "10 S", "10 m", "10 sec", "-1 s", "s", "constructor", "1 toString", "0.1 ms"]) {
    assert.throws(() => parseDuration(value), isBadInput, String(value));
  }
});

Deno.test("sizes, rates and durations are shown as a person writes them", () => {
  const sizes: [number, string, string][] = [
    [0, "0 B", "0 o"],
    [999, "999 B", "999 o"],
    [1000, "1 kB", "1 ko"],
    [2_100_000, "2.1 MB", "2,1 Mo"],
    [10_000_000, "10 MB", "10 Mo"],
    [99_960, "100 kB", "100 ko"],
    [123_456_789, "123 MB", "123 Mo"],
    [999_950, "1 MB", "1 Mo"],
    [5e15, "5000 TB", "5000 To"],
  ];
  for (const [bytes, english, french] of sizes) {
    assert.equal(formatBytes(bytes), english);
    assert.equal(formatBytes(bytes, "fr"), french);
  }
  assert.equal(formatRate(2_100_000), "2.1 MB/s");
  assert.equal(formatRate(2_100_000, "fr"), "2,1 Mo/s");
  assert.equal(formatRate(Infinity), "unlimited");
  assert.equal(formatRate(Infinity, "fr"), "illimité");
  const durations: [number, string, string][] = [
    [0, "0 ms", "0 ms"],
    [350, "350 ms", "350 ms"],
    [12_000, "12 s", "12 s"],
    [59_999, "1 min", "1 min"],
    [90_000, "1 min 30 s", "1 min 30 s"],
    [7_500_000, "2 h 5 min", "2 h 5 min"],
    [7_205_000, "2 h", "2 h"],
    [273_600_000, "3 d 4 h", "3 j 4 h"],
    [Infinity, "∞", "∞"],
  ];
  for (const [ms, english, french] of durations) {
    assert.equal(formatDuration(ms), english);
    assert.equal(formatDuration(ms, "fr"), french);
  }
});

Deno.test("a value written by Essaim is read back exactly", () => {
  const amount = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(1000).map((n) => n * 1024 ** 2),
    fc.nat(1000).map((n) => n * 1000 ** 3),
  );
  fc.assert(fc.property(amount, (n) => {
    assert.equal(parseBytes(writeBytes(n)), n);
    assert.equal(parseDuration(writeDuration(n)), n);
    assert.equal(parseRate(writeRate(n || Infinity)), n || Infinity);
  }));
  assert.equal(writeBytes(10_485_760), "10 MiB");
  assert.equal(writeDuration(90_000), "90 s");
  assert.equal(writeDuration(86_400_000), "24 h");
  assert.equal(writeDuration(604_800_000), "7 days");
  assert.equal(writeRate(Infinity), "unlimited");
});

Deno.test("no text whatever makes the unit parsers fail with anything but an explanation", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[0-9.,]{0,9} ?[kKMGTi]{0,2}[Boms]?(\/s)?$/));
  fc.assert(
    fc.property(fc.oneof(text, fc.double()), (value) => {
      for (const parse of [parseBytes, parseRate, parseDuration]) {
        try {
          assert.ok(parse(value) >= 0);
        } catch (error) {
          assert.ok(isBadInput(error), String(error));
        }
      }
    }),
    { numRuns: 2000 },
  );
});
