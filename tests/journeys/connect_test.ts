import assert from "node:assert/strict";
import { Classroom } from "./processes.ts";
import { until } from "./until.ts";

/** Real peers that hear of each other in no other way than by an address that was typed. */
const APART = { settings: { discovery: { enabled: false, interval: "1 s" } } };

Deno.test("without a tracker, two peers connected by hand see each other, and do so again after a start", async () => {
  await using room = await Classroom.open();
  const alice = await room.startPeer("alice", APART, "");
  const bob = await room.startPeer("bob", APART, "");
  const names = async (peer: typeof alice) => (await (await peer.api()).peers()).map(({ name }) => name);
  assert.deepEqual([await names(alice), await names(bob)], [[], []]);

  const { code, out } = await bob.cli("connect", `127.0.0.1:${alice.port}`);
  assert.deepEqual([code, /^Connected to alice/.test(out)], [0, true]);
  assert.deepEqual([await names(bob), await names(alice)], [["alice"], ["bob"]], "at once, on both sides");

  const itself = await bob.cli("connect", `127.0.0.1:${bob.port}`);
  assert.deepEqual([itself.code, /this very computer/.test(itself.err)], [1, true]);
  const [known] = await (await bob.api()).knownAddresses();
  assert.deepEqual([known?.address, known?.kind, known?.present], [`127.0.0.1:${alice.port}`, "by-hand", true]);

  await bob.kill();
  await bob.start();
  await until("bob has found alice again", async () => (await names(bob)).includes("alice"));
  await until("and she has seen it", async () => (await names(alice)).includes("bob"));
});

Deno.test("members connected by hand are proved to be members", async () => {
  await using room = await Classroom.open();
  await room.startTracker();
  const alice = await room.startPeer("alice", APART);
  const bob = await room.startPeer("bob", APART);
  await room.join("alice", "bob");
  await room.tracker.kill();
  await bob.kill();
  await bob.start();
  await bob.answersMembers();
  await (await bob.api()).connectTo(`127.0.0.1:${alice.port}`);
  const found = async () => (await (await bob.api()).peers()).find(({ name }) => name === "alice");
  assert.ok((await found())?.user, "her user is known without the tracker");
});

Deno.test("the doctor tells of a peer that is away, a tracker that is silent, and everything that works", async () => {
  await using room = await Classroom.open();
  await room.startTracker();
  const alice = await room.startPeer("alice", APART);
  const bob = await room.startPeer("bob", APART);
  await (await bob.api()).connectTo(`127.0.0.1:${alice.port}`);
  const look = async () => {
    const { code, out } = await bob.cli("doctor", "--json");
    const lines: { finding: string; says: string }[] = JSON.parse(out).lines;
    return { code, found: lines.map(({ finding }) => finding) };
  };
  const fine = await look();
  for (const finding of ["tracker-good", "peer-both", "clock-good", "disk-good", "members-not-joined"]) {
    assert.ok(fine.found.includes(finding), `${finding} not in ${fine.found}`);
  }
  await Promise.all([alice.kill(), room.tracker.kill()]);
  const began = performance.now();
  const broken = await look();
  assert.ok(performance.now() - began < 12_000);
  for (const finding of ["tracker-silent", "peer-silent"]) assert.ok(broken.found.includes(finding), `${broken.found}`);
  assert.equal(broken.code, 1);
});
