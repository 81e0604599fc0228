import assert from "node:assert/strict";
import { beaconPort, Classroom, type Peer } from "./processes.ts";
import { until } from "./until.ts";

const stateOf = async (peer: Peer) => (await (await peer.api()).status()).tracker;

async function change(peer: Peer, settings: Record<string, unknown>): Promise<void> {
  const token = (await Deno.readTextFile(`${peer.data}/api-token`)).trim();
  const response = await fetch(`${peer.pages}/api/settings`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(settings),
  });
  assert.equal(response.status, 200, await response.text());
}

Deno.test("a tracker that is set on the page is told of this peer, and left when it is taken away", async () => {
  await using room = await Classroom.open();
  await room.startTracker();
  const alice = await room.startPeer("alice", { settings: { peer: { tracker: "" } } }, null);
  assert.equal((await stateOf(alice)).state, "none");
  await change(alice, { "peer.tracker": `http://127.0.0.1:${room.tracker.port}` });
  await until("alice is online", async () => (await stateOf(alice)).state === "online");
  await change(alice, { "peer.tracker": "" });
  assert.equal((await stateOf(alice)).state, "none");
});

Deno.test("the tracker of the class that was joined stays, whatever else is set while a flag names another one", async () => {
  await using room = await Classroom.open();
  await room.startTracker();
  const alice = await room.startPeer("alice", {}, "http://127.0.0.1:9");
  await room.join("alice");
  const { url } = await stateOf(alice);
  assert.equal(url, `http://127.0.0.1:${room.tracker.port}`);
  await until("alice is online", async () => (await stateOf(alice)).state === "online");
  await change(alice, { "limits.upload_rate": "5 MB/s" });
  assert.equal((await stateOf(alice)).url, url);
});

Deno.test("a tracker that starts again at another address is found by its class, and kept", async () => {
  await using room = await Classroom.open();
  const ports = ["--port", "0", "--member-port", "0", "--udp-port", beaconPort()];
  const settings = { discovery: { interval: "1 s" } };
  const tracker = await room.startTracker({ settings, ports });
  const place = { settings: { ...settings, peer: { tracker: "" } }, ports: [...ports, "--ui-port", "0"] };
  const alice = await room.startPeer("alice", place, null);
  await room.join("alice");
  const before = await until("alice is online", async () => {
    const { state, url } = await stateOf(alice);
    return state === "online" && url;
  });

  await tracker.stop();
  await tracker.start(ports);
  const after = `http://127.0.0.1:${tracker.port}`;
  assert.notEqual(after, before);
  await until("alice is online there", async () => {
    const { state, url } = await stateOf(alice);
    return state === "online" && url === after;
  });
  assert.ok((await Deno.readTextFile(`${alice.data}/config.yaml`)).includes(after));
});
