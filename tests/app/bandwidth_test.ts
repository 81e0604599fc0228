import assert from "node:assert/strict";
import { Bandwidth, waitTurn } from "../../lib/app/bandwidth.ts";
import { type Config, parseConfig } from "../../lib/core/config.ts";
import { QuickClock } from "../fakes_download.ts";

function limits(yaml: string): Config["limits"] {
  return parseConfig({ files: [{ path: "config.yaml", text: `limits: {${yaml}}` }], env: {}, flags: {} }).config.limits;
}

/** A clock on the wall whose minutes are those of `clock`, a Monday from 07:58 on; time stands until `tick`. */
function opened(yaml: string) {
  let wake = () => {};
  const clock = new QuickClock();
  clock.sleep = (ms, signal) =>
    new Promise((resolve, reject) => {
      wake = () => {
        clock.elapsed += ms;
        resolve();
      };
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  const began = clock.now() - clock.now() % 60_000;
  const changes: number[] = [];
  const bandwidth = new Bandwidth(limits(yaml), {
    clock,
    localTime: () => ({ day: 0, minute: 7 * 60 + 58 + Math.floor((clock.now() - began) / 60_000) }),
    onChange: ({ up }) => void changes.push(up.all),
  });
  const tick = async () => {
    wake();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return { bandwidth, changes, tick };
}

Deno.test("a quiet time begins and ends with its minute, and says so once each", async () => {
  const { bandwidth, changes, tick } = opened(`quiet_times: ["mon 08:00-08:02 upload 5 kB/s"]`);
  await using _running = bandwidth;
  const rates: number[] = [];
  for (let minute = 0; minute < 5; minute++) {
    rates.push(bandwidth.flows.up.all);
    await tick();
  }
  assert.deepEqual(rates, [Infinity, Infinity, 5_000, 5_000, Infinity]);
  assert.deepEqual(changes, [5_000, Infinity]);
});

Deno.test("limits that are saved hold at once, and what does not change keeps what is owed", async () => {
  const { bandwidth, changes } = opened("upload_rate: 1 kB/s");
  await using _running = bandwidth;
  const owed = () => bandwidth.up.take("a", 0, 0);
  bandwidth.up.take("a", 10_500, 0);
  bandwidth.limitTo(limits("upload_rate: 1 kB/s, download_rate: 7 kB/s"));
  assert.equal(owed(), 10_000);
  bandwidth.limitTo(limits("upload_rate: 1 kB/s, upload_rate_per_peer: 2 kB/s, download_rate: 7 kB/s"));
  assert.equal(owed(), 0);
  bandwidth.limitTo(limits(`upload_rate: 1 kB/s, quiet_times: ["mon 07:00-08:00 upload 9 kB/s"]`));
  assert.deepEqual(changes, [1_000, 1_000, 9_000]);
});

Deno.test("who waits goes on when the limit is lifted, and waits no longer because others take", async () => {
  for (
    const [owed, expected] of [
      [() => Infinity, 10_000],
      [() => 0, 500],
    ] as const
  ) {
    const clock = new QuickClock();
    let looks = 0;
    await waitTurn(clock, 10_000, owed, new AbortController().signal, () => looks++);
    assert.equal(clock.elapsed, expected);
    assert.equal(looks, expected / 500);
  }
});
