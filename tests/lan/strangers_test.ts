import assert from "node:assert/strict";
import { MB, randomFile, sha256 } from "../journeys/files.ts";
import { datagrams, LanRoom } from "./lan_room.ts";

const EVERYBODY = "10.213.78.255";
const ELSEWHERE = "10.99.0.1";
const hex = (digits: number) =>
  Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join("");

function beacon(port: number, more: Record<string, unknown> = {}): string {
  const index = { epoch: hex(32), version: 1 };
  return JSON.stringify({
    essaim: 1,
    kind: "peer",
    peer: hex(32),
    instance: hex(32),
    port,
    index,
    isNew: true,
    ...more,
  });
}

Deno.test("what a beacon says leads to no connection but to where it came from, and never to a port of the system", async () => {
  await using lan = await LanRoom.open(3);
  if (!lan) return;
  const [alice, bob] = await lan.startAll(["alice", "bob"]);
  await alice!.sees([bob!]);
  const stranger = lan.network.computers[2]!;
  await stranger.ip("addr", "add", `${ELSEWHERE}/24`, "dev", "eth0");
  // So that a connection there would be tried.
  await alice!.desk.ip("route", "add", "default", "via", stranger.address);
  const opening = (match: string) => alice!.desk.count(`${match} tcp flags & (syn | ack) == syn`);
  const [straight, loopback, elsewhere, system, other] = await Promise.all([
    opening("ip daddr 10.213.78.3 tcp dport 4445"),
    opening("oifname lo tcp dport { 4444, 4445, 4446, 4447 }"),
    opening("ip daddr 10.99.0.0/24"),
    opening("tcp dport 22"),
    opening("ip daddr 10.213.78.3 tcp dport != { 4445, 4447 }"),
  ]);
  const lies = { host: "127.0.0.1", address: "127.0.0.1", hostname: "127.0.0.1", ip: "127.0.0.1" };
  const send = (from: string, texts: string[]) =>
    datagrams(stranger, { kind: "send", from, to: EVERYBODY, texts, times: 20, everyMs: 100 });
  await Promise.all([
    send(stranger.address, [beacon(22), beacon(4447, { memberPort: 22 }), beacon(4445, lies)]),
    send(ELSEWHERE, [beacon(4446)]),
  ]);
  assert.ok(await straight() > 0); // it would be seen
  assert.deepEqual(await Promise.all([loopback(), elsewhere(), system(), other()]), [0, 0, 0, 0]);
  await alice!.sees([bob!]);
});

Deno.test("beacons sent again by somebody else change nothing: who is there stays there, who is gone stays gone", async () => {
  await using lan = await LanRoom.open(3);
  if (!lan) return;
  const [alice, bob] = await lan.startAll(["alice", "bob"]);
  await alice!.sees([bob!]);
  const stranger = lan.network.computers[2]!;
  const peerId = (await alice!.peers())[0]?.peerId;
  const original = await randomFile(`${lan.folder}/film.bin`, 1 * MB);
  const shared = await bob!.share(original);
  await alice!.finds("film.bin");
  const heard = await datagrams(stranger, { kind: "hear", text: `"peer":"${peerId}"` });
  const again = (times: number) =>
    datagrams(stranger, {
      ...{ kind: "send", from: stranger.address, to: EVERYBODY, times, everyMs: 50 },
      texts: [
        heard.trim(),
        JSON.stringify({ ...JSON.parse(heard), instance: hex(32), index: { epoch: hex(32), version: 9 } }),
      ],
    });
  await again(60);
  await alice!.sees([bob!]);
  assert.equal(await sha256((await alice!.completes(await alice!.begin(shared))).path!), await sha256(original));
  await bob!.peer.kill();
  await Promise.all([again(160), alice!.sees([])]);
  assert.deepEqual(await alice!.peers(), []);
});

/** User and system time that a process took, in seconds. */
async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

Deno.test("through ten thousand junk datagrams a second real peers are found within 10 s, at a bounded cost", async () => {
  await using lan = await LanRoom.open(4);
  if (!lan) return;
  const [alice, bob] = await lan.startAll(["alice", "bob"]);
  await alice!.sees([bob!]);
  const [before, begun] = [await cpuSeconds(alice!.peer.pid), performance.now()];
  const flood = datagrams(lan.network.computers[3]!, { kind: "flood", to: EVERYBODY, perSecond: 10_000, seconds: 30 });
  const carl = await lan.start("carl", 2);
  const ready = performance.now();
  await Promise.all(
    [alice!, bob!].map((peer) => peer.sees([alice!, bob!, carl].filter((other) => other !== peer), 10_000)),
  );
  await carl.sees([alice!, bob!], 10_000);
  const found = performance.now() - ready;
  const sent = Number(await flood);
  const seconds = (performance.now() - begun) / 1_000;
  const cpu = await cpuSeconds(alice!.peer.pid) - before;
  console.log(
    `${sent} datagrams in ${seconds.toFixed(1)} s; found in ${(found / 1_000).toFixed(1)} s; ${
      (100 * cpu / seconds).toFixed(0)
    } % of a core`,
  );
  assert.ok(sent > 100_000);
  assert.deepEqual((await alice!.peers()).map(({ name }) => name).sort(), ["bob", "carl"]);
  const status = await Deno.readTextFile(`/proc/${alice!.peer.pid}/status`);
  assert.ok(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) < 400_000);
});
