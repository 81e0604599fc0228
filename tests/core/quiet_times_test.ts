import assert from "node:assert/strict";
import fc from "fast-check";
import { holds, parseQuietTime, type QuietTime, ratesAt, writeQuietTime } from "../../lib/core/quiet_times.ts";

const [MON, TUE, , , FRI, SAT, SUN] = [0, 1, 2, 3, 4, 5, 6] as const;
const at = (day: number, time: string) => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return { day, minute: hours * 60 + minutes };
};

Deno.test("a quiet time holds from its first minute up to and without its last, over midnight too", () => {
  const table: [string, number, string, boolean][] = [
    ["mon-fri 08:00-12:00 upload 1 kB/s", MON, "07:59", false],
    ["mon-fri 08:00-12:00 upload 1 kB/s", MON, "08:00", true],
    ["mon-fri 08:00-12:00 upload 1 kB/s", FRI, "11:59", true],
    ["mon-fri 08:00-12:00 upload 1 kB/s", FRI, "12:00", false],
    ["mon-fri 08:00-12:00 upload 1 kB/s", SAT, "10:00", false],
    ["fri 22:00-06:00 upload 1 kB/s", FRI, "21:59", false],
    ["fri 22:00-06:00 upload 1 kB/s", FRI, "22:00", true],
    ["fri 22:00-06:00 upload 1 kB/s", FRI, "05:00", false],
    ["fri 22:00-06:00 upload 1 kB/s", SAT, "05:59", true],
    ["fri 22:00-06:00 upload 1 kB/s", SAT, "06:00", false],
    ["fri 22:00-06:00 upload 1 kB/s", SAT, "23:00", false],
    ["sun 20:00-02:00 upload 1 kB/s", MON, "01:59", true],
    ["sun 20:00-02:00 upload 1 kB/s", TUE, "01:59", false],
    ["mon 20:00-24:00 upload 1 kB/s", MON, "23:59", true],
    ["mon 20:00-24:00 upload 1 kB/s", TUE, "00:00", false],
    ["sat 00:00-24:00 upload 1 kB/s", SAT, "00:00", true],
    ["sat 00:00-24:00 upload 1 kB/s", SAT, "23:59", true],
    ["sat 00:00-24:00 upload 1 kB/s", SUN, "00:00", false],
    ["sat 09:00-09:00 upload 1 kB/s", SUN, "08:59", true],
    ["daily 09:00-09:01 upload 1 kB/s", SUN, "09:00", true],
  ];
  for (const [text, day, time, expected] of table) {
    assert.equal(holds(parseQuietTime(text), at(day, time)), expected, `${text} on day ${day} at ${time}`);
  }
});

Deno.test("a quiet time replaces the limits it names; of several that hold, the lowest does", () => {
  const usual = { up: 2_000_000, down: Infinity };
  const times = [
    "mon-fri 08:00-18:00 upload 1 MB/s",
    "mon 10:00-12:00 upload 300 kB/s download 400 kB/s",
    "mon 11:00-13:00 upload 500 kB/s download 200 kB/s",
    "sat 00:00-24:00 upload unlimited",
    "sun 00:00-24:00 upload unlimited",
    "sun 12:00-13:00 upload 1 MB/s",
  ].map(parseQuietTime);
  const table: [number, string, number, number][] = [
    [MON, "07:00", 2_000_000, Infinity],
    [MON, "09:00", 1_000_000, Infinity],
    [MON, "10:30", 300_000, 400_000],
    [MON, "11:30", 300_000, 200_000],
    [MON, "12:30", 500_000, 200_000],
    [SAT, "12:00", Infinity, Infinity],
    [SUN, "12:30", 1_000_000, Infinity],
  ];
  for (const [day, time, up, down] of table) {
    assert.deepEqual(ratesAt(usual, times, at(day, time)), { up, down }, `day ${day} at ${time}`);
  }
});

Deno.test("quiet times are read however they are written, and written in one way", () => {
  for (
    const [text, written] of [
      ["  Mon-Fri  8:00 - 12:30   upload 500 kB/s ", "mon-fri 08:00-12:30 upload 500 kB/s"],
      ["sat,sun,mon 0:00-24:00 download 1.5 MB/s", "mon,sat,sun 00:00-00:00 download 1500 kB/s"],
      [
        "fri-mon 22:00-06:00 upload unlimited download 2 MiB/s",
        "mon,fri-sun 22:00-06:00 upload unlimited download 2 MiB/s",
      ],
      ["mon-sun 12:00-13:00 upload 1000", "daily 12:00-13:00 upload 1 kB/s"],
      ["daily 12:00-13:00 upload 0", "daily 12:00-13:00 upload unlimited"],
    ] as const
  ) assert.equal(writeQuietTime(parseQuietTime(text)), written);
});

Deno.test("what is no quiet time is refused, and why", () => {
  for (
    const [text, why] of [
      ["", /days, hours and limits/],
      ["lessons", /days, hours and limits/],
      ["mon-fri upload 1 MB/s", /days, hours and limits/],
      ["mon-fri 08:00-12:00", /no limit/],
      ["lundi 08:00-12:00 upload 1 MB/s", /lundi are no days/],
      ["mon-tue-wed 08:00-12:00 upload 1 MB/s", /no days/],
      ["mon,,tue 08:00-12:00 upload 1 MB/s", /no days/],
      ["mon 24:00-12:00 upload 1 MB/s", /24:00 is no time/],
      ["mon 08:60-12:00 upload 1 MB/s", /08:60 is no time/],
      ["mon 08:00-24:01 upload 1 MB/s", /24:01 is no time/],
      ["mon 08:00-12:00 upload 10 B/s", /least limit is 1 kB\/s/],
      ["mon 08:00-12:00 upload fast", /"fast"/],
      ["mon 08:00-12:00 upload 5 Mb/s", /"5 Mb\/s"/],
    ] as const
  ) assert.throws(() => parseQuietTime(text), { code: "bad-input", message: why }, text);
});

const quietTime = fc.record({
  days: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
  from: fc.nat(1_439),
  to: fc.nat(1_439),
  limits: fc.oneof(
    fc.record({ up: fc.integer({ min: 1_000 }) }),
    fc.record({ down: fc.integer({ min: 1_000 }) }),
    fc.record({ up: fc.constant(Infinity), down: fc.integer({ min: 1_000 }) }),
  ),
}).map(({ limits, ...time }): QuietTime => ({ ...time, ...limits }));

Deno.test("what is written is read back the same", () => {
  fc.assert(fc.property(quietTime, (time) => assert.deepEqual(parseQuietTime(writeQuietTime(time)), time)));
});

Deno.test("in a week a quiet time holds as many minutes as it is long, on each of its days", () => {
  fc.assert(
    fc.property(quietTime, (time) => {
      let held = 0;
      for (let day = 0; day < 7; day++) {
        for (let minute = 0; minute < 1_440; minute++) if (holds(time, { day, minute })) held++;
      }
      const length = (time.to - time.from + 1_439) % 1_440 + 1;
      assert.equal(held, length * time.days.length);
    }),
    { numRuns: 30 },
  );
});
