/**
 * A class on a virtual network without a tracker, as root on Linux: how soon everybody is seen and what is shared is found, and
 * whether a download notices that the tracker dies. `deno run -A tests/bench/lan.ts [--peers 30]`. Exits with 1 when a
 * requirement is not met. On few cores most of each time is what all these processes need of them.
 */

import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Status } from "../../lib/core/local_messages.ts";
import { MB, randomFile } from "../journeys/files.ts";
import { type LanPeer, LanRoom } from "../lan/lan_room.ts";
import { judge, type Requirement } from "./table.ts";
import { parseCount, runBenchmark } from "./workplace.ts";

const ALL_SEEN_MS = 3_000;
const MAX_DATAGRAMS = 500;
const NEW_SEEN_MS = 2_000;
const FOUND_MS = 3_000;
const MAX_DIP = 5;
const GIVE_UP_MS = 30_000;
const RATE = "100mbit";
const WINDOW_MS = 4_000;
const FILE_BYTES = 200 * MB;

await runBenchmark(async () => {
  const { values } = parseArgs({ options: { peers: { type: "string", default: "30" } } });
  const count = parseCount("--peers", values.peers);
  return judge([...await together(count), ...await dying()]);
});

/** Milliseconds from `begun` until each of them sees so many others. */
async function seen(peers: readonly LanPeer[], begun: number, wanted: number): Promise<number> {
  await Promise.all(
    peers.map((peer) => peer.watch<Status>("/api/status", ({ peers }) => peers >= wanted, GIVE_UP_MS)),
  );
  return performance.now() - begun;
}

/** All start at once, another one comes, and it shares a file. With beacons as often as they are by default. */
async function together(count: number): Promise<Requirement[]> {
  await using lan = await LanRoom.open(count + 1);
  if (!lan) return [];
  const counters = await Promise.all(lan.network.computers.map((desk) => desk.count("udp dport 5555")));
  const sent = async () => (await Promise.all(counters.map((counter) => counter()))).reduce((sum, one) => sum + one, 0);
  const begun = performance.now();
  const peers = await Promise.all(Array.from({ length: count }, (_, index) => lan.start(`peer${index}`, index, {})));
  const ready = performance.now();
  console.log(`${count} peers are ready after ${((ready - begun) / 1_000).toFixed(1)} s`);
  const allSeen = await seen(peers, ready, count - 1);
  const datagrams = await sent();

  const newcomer = await lan.start("newcomer", count, {});
  const newSeen = await seen(peers, performance.now(), count);
  await delay(3_000); // its burst is over
  const path = await randomFile(`${lan.folder}/plan.bin`, 1 * MB);
  await newcomer.share(path);
  const shared = performance.now();
  const isThere = ({ results }: { results: { name: string }[] }) => results.some(({ name }) => name === "plan.bin");
  await Promise.all(peers.map((peer) => peer.watch("/api/search?q=plan", isThere, GIVE_UP_MS)));
  const found = performance.now() - shared;
  return [
    below(`all ${count} see each other after the last one is ready`, allSeen, ALL_SEEN_MS, " ms"),
    below("datagrams sent until then", datagrams, MAX_DATAGRAMS, ""),
    below("a new peer is seen by all", newSeen, NEW_SEEN_MS, " ms"),
    below("a file just shared is found by all", found, FOUND_MS, " ms"),
  ];
}

/** A download is under way when the tracker is killed. */
async function dying(): Promise<Requirement[]> {
  await using lan = await LanRoom.open(3);
  if (!lan) return [];
  const tracker = await lan.startTracker();
  const [giver, taker] = await lan.startAll(["giver", "taker"], 1) as [LanPeer, LanPeer];
  const shared = await giver.share(await randomFile(`${lan.folder}/film.bin`, FILE_BYTES));
  await taker.finds("film.bin");
  await giver.desk.limit(RATE);
  const id = await taker.begin(shared);
  await taker.has(id, 0.1);
  const rate = async () => {
    const [from, begun] = [(await taker.download(id)).done, performance.now()];
    await delay(WINDOW_MS);
    return ((await taker.download(id)).done - from) / (performance.now() - begun) * 1_000 / MB;
  };
  const before = await rate();
  await tracker.kill();
  const after = await rate();
  console.log(`download: ${before.toFixed(2)} MB/s with the tracker, ${after.toFixed(2)} MB/s after it died`);
  return [below("dip of a download when the tracker dies", Math.max(0, 1 - after / before) * 100, MAX_DIP, " %")];
}

function below(what: string, measured: number, most: number, unit: string): Requirement {
  return { what, measured, needed: { below: most }, unit };
}
