import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type BeaconEvent,
  type BeaconTimes,
  beginBeacons,
  dueBeacon,
  isInBurst,
  nextBeacon,
  type Reach,
  reachOf,
} from "../../lib/core/beacon_times.ts";

const INTERVAL = 10_000;

/** When beacons are sent until `until`, and to whom, while `events` happen. */
function sent(events: readonly BeaconEvent[], until: number, start = 0): [number, Reach][] {
  let times = beginBeacons(start, INTERVAL);
  const all: [number, Reach][] = [];
  const waiting = [...events];
  for (;;) {
    const due = dueBeacon(times);
    const event = waiting[0];
    if (event && event.at < due) {
      times = nextBeacon(times, waiting.shift()!);
    } else {
      if (due > until) return all;
      const to = reachOf(times, due);
      all.push([due, to]);
      times = nextBeacon(times, { kind: "sent", at: due, to });
    }
  }
}

const at = (...times: number[]) => times.map((time): [number, Reach] => [time, "everywhere"]);

Deno.test("a peer makes itself known four times when it starts, then regularly", () => {
  assert.deepEqual(sent([], 35_000), at(0, 100, 500, 2_000, 12_000, 22_000, 32_000));
});

Deno.test("a change is told soon, several of them at once, and at most one a second", () => {
  const changes = [5_000, 5_010, 5_100, 5_300, 5_400, 5_900, 7_000].map((at): BeaconEvent => ({ kind: "changed", at }));
  assert.deepEqual(sent(changes, 8_000).slice(4), at(5_200, 6_200, 7_200));
});

Deno.test("a newcomer is answered after a while by chance, where it is, twice, and several of them together", () => {
  const newcomer = (at: number, roll: number, from: Reach = "networks"): BeaconEvent => ({
    kind: "newcomer",
    at,
    roll,
    from,
  });
  assert.deepEqual(sent([newcomer(3_000, 0.5)], 4_000).slice(4), [[3_250, "networks"]]);
  assert.deepEqual(sent([newcomer(3_000, 0.5)], 9_000).slice(4), [[3_250, "networks"], [5_250, "networks"]]);
  assert.deepEqual(sent([newcomer(3_000, 0, "here")], 4_000).slice(4), [[3_000, "here"]]);
  assert.deepEqual(sent([newcomer(3_000, 0.5), newcomer(3_010, 0.5, "here")], 4_000).slice(4), at(3_250));
  const several = [3_000, 3_400, 3_500, 5_600].map((at) => newcomer(at, 0.4));
  assert.deepEqual(sent(several, 11_000).slice(4), [3_200, 5_200, 7_200, 9_200].map((time) => [time, "networks"]));
  assert.deepEqual(sent([newcomer(1, 0.9)], 4_000), at(0, 100, 500, 2_000), "its own beacons were the answers");
  assert.deepEqual(
    sent([newcomer(3_000, 0.5)], 13_000).at(-1),
    [12_000, "everywhere"],
    "not everybody heard the answer",
  );
});

Deno.test("on another network a peer makes itself known as at the start", () => {
  assert.deepEqual(sent([{ kind: "moved", at: 7_000 }], 20_000).slice(4), at(7_000, 7_100, 7_500, 9_000, 19_000));
});

Deno.test("whatever happens, beacons stay few: those that changes and newcomers add are bounded", () => {
  const event = fc.record({
    kind: fc.constantFrom("changed", "newcomer"),
    at: fc.integer({ min: 2_500, max: 60_000 }),
    roll: fc.double({ min: 0, max: 0.999, noNaN: true }),
    from: fc.constantFrom<Reach>("here", "networks"),
  });
  fc.assert(fc.property(fc.array(event, { maxLength: 300 }), (events) => {
    const all = sent(events.toSorted((a, b) => a.at - b.at) as BeaconEvent[], 60_000);
    assert.ok(all.length <= 4 + 6 + 58 + 29, `${all.length} beacons in a minute`);
    const toAll = all.filter(([, to]) => to === "everywhere").map(([time]) => time);
    assert.ok(
      toAll.every((time, index) => index === 0 || Math.round(time - toAll[index - 1]!) <= INTERVAL),
      "an interval is missed",
    );
  }));
});

interface Peer {
  readonly startsAt: number;
  times: BeaconTimes;
  readonly heard: Set<number>;
  datagrams: number;
}

/** A repeatable chance (mulberry32). */
function chance(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Computers on one network, each with one peer, that start within `spreadMs`. */
function simulate(count: number, spreadMs: number, loss: number, seed: number) {
  const roll = chance(seed);
  const peers = Array.from({ length: count }, (_, index): Peer => {
    const startsAt = Math.floor(spreadMs * index / count);
    return { startsAt, times: beginBeacons(startsAt, INTERVAL), heard: new Set(), datagrams: 0 };
  });
  const lastStart = Math.max(...peers.map(({ startsAt }) => startsAt));
  let now = 0;
  let soon = 1; // share of the pairs that had heard of each other after 3 s
  for (; peers.some(({ heard }) => heard.size < count - 1); now++) {
    if (now === lastStart + 3_000) {
      soon = peers.reduce((sum, { heard }) => sum + heard.size, 0) / (count * (count - 1));
    }
    for (const [number, peer] of peers.entries()) {
      if (dueBeacon(peer.times) > now) continue;
      const isNew = isInBurst(peer.times);
      const to = reachOf(peer.times, now);
      peer.times = nextBeacon(peer.times, { kind: "sent", at: now, to });
      peer.datagrams += to === "everywhere" ? 2 : 1; // one of them to this computer itself
      for (const other of peers) {
        if (other === peer || other.startsAt > now || roll() < loss) continue;
        const isNewcomer = !other.heard.has(number);
        other.heard.add(number);
        if (!isNew || !isNewcomer) continue;
        other.times = nextBeacon(other.times, { kind: "newcomer", at: now, roll: roll(), from: "networks" });
      }
    }
    assert.ok(now < 120_000, "they never see each other");
  }
  return { soon, afterMs: now - lastStart, datagrams: peers.reduce((sum, { datagrams }) => sum + datagrams, 0) };
}

Deno.test("thirty peers that start together have all heard of each other soon, with few datagrams", () => {
  for (const spreadMs of [0, 300, 2_000, 8_000, 15_000]) {
    for (const seed of [1, 2, 3]) {
      const { afterMs, datagrams } = simulate(30, spreadMs, 0, seed);
      if (Deno.env.has("SIM")) console.log({ spreadMs, seed, afterMs, datagrams });
      assert.ok(afterMs <= 2_500, `${afterMs} ms after the last of them (within ${spreadMs} ms)`);
      assert.ok(datagrams < 500, `${datagrams} datagrams (within ${spreadMs} ms)`);
    }
  }
});

Deno.test("with a fifth of all datagrams lost, nearly all have heard of each other as soon, and the others after a few intervals", () => {
  for (const spreadMs of [0, 2_000, 15_000]) {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { soon, afterMs, datagrams } = simulate(30, spreadMs, 0.2, seed);
      if (Deno.env.has("SIM")) console.log("loss", { spreadMs, seed, soon, afterMs, datagrams });
      assert.ok(soon > 0.95, `only ${soon} after 3 s`);
      assert.ok(afterMs <= 5 * INTERVAL, `${afterMs} ms`);
      assert.ok(datagrams < 800, `${datagrams} datagrams`);
    }
  }
});
