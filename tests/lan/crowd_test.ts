import assert from "node:assert/strict";
import type { Status } from "../../lib/core/local_messages.ts";
import { type LanPeer, LanRoom } from "./lan_room.ts";

const PEERS = 30;
const MAX_DATAGRAMS = 500;

Deno.test("thirty peers that start at once all see each other, with few datagrams", async () => {
  await using lan = await LanRoom.open(PEERS);
  if (!lan) return;
  const counters = await Promise.all(lan.network.computers.map((desk) => desk.count("udp dport 5555")));
  const peers: LanPeer[] = await Promise.all(
    Array.from({ length: PEERS }, (_, index) => lan.start(`peer${index}`, index, {})),
  );
  await Promise.all(
    peers.map((peer) => peer.watch<Status>("/api/status", ({ peers }) => peers === PEERS - 1, 30_000)),
  );
  const sent = (await Promise.all(counters.map((counter) => counter()))).reduce((sum, one) => sum + one, 0);
  assert.ok(sent >= PEERS, `${sent} datagrams`);
  assert.ok(sent < MAX_DATAGRAMS, `${sent} datagrams`);
});
