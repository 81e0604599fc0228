import assert from "node:assert/strict";
import { MB, randomFile, sha256 } from "./files.ts";
import { beaconPort, Classroom, type Peer, type Place } from "./processes.ts";
import { until } from "./until.ts";

function hearing(port: string): Place {
  return {
    ports: ["--port", "0", "--member-port", "0", "--ui-port", "0", "--udp-port", port],
    settings: { discovery: { interval: "1 s" } },
  };
}

const names = async (peer: Peer, words: string) => (await peer.search(words)).map(({ name }) => name).sort();

Deno.test("without any tracker peers find each other, and what they share", async () => {
  await using room = await Classroom.open();
  const place = hearing(beaconPort());
  const [alice, bob] = await Promise.all(["alice", "bob"].map((name) => room.startPeer(name, place, "")));
  const original = await randomFile(`${room.folder}/Leçon 4.pdf`, 2 * MB);
  await alice!.share(original);
  await until("bob finds it", async () => (await names(bob!, "lecon")).length === 1);
  assert.equal(await sha256((await bob!.get("lecon")).path), await sha256(original));
  await alice!.cli("unshare", "Leçon 4.pdf");
  await until("it is gone", async () => (await names(bob!, "lecon")).length === 0);
});

Deno.test("a tracker that is killed is not missed: what is shared then is found by those whom it is for, and counted when it is back", async () => {
  await using room = await Classroom.open();
  const place = hearing(beaconPort());
  await room.startTracker();
  const [alice, bob, carl] = await Promise.all(["alice", "bob", "carl"].map((name) => room.startPeer(name, place)));
  await room.join("alice", "bob", "carl");
  await until("alice knows whom to share with", async () => (await alice!.cli("class")).out.includes("carl"));
  const port = String(room.tracker.port);
  await room.tracker.kill();

  const open = await randomFile(`${room.folder}/Plan.pdf`, 1 * MB);
  const secret = await randomFile(`${room.folder}/Surprise.pdf`, 1 * MB);
  const shared = await alice!.share(open);
  const { id } = await alice!.share(secret, "--private", "--allow", "bob");
  await until("bob finds both", async () => (await names(bob!, "")).join() === "Plan.pdf,Surprise.pdf");
  await until("carl finds what is for everybody", async () => (await names(carl!, "")).includes("Plan.pdf"));
  assert.deepEqual(await names(carl!, ""), ["Plan.pdf"]);
  for (const [name, original] of [["Plan", open], ["Surprise", secret]] as const) {
    assert.equal(await sha256((await bob!.get(name)).path), await sha256(original));
  }
  assert.equal((await carl!.cli("get", id)).code, 1);

  await room.tracker.start(["--port", port, "--member-port", "0", "--udp-port", "0"]);
  const downloads = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api/stats`);
    return (await response.json()).downloads as number;
  };
  await until("the tracker has counted the download of the public file", async () => await downloads() === 1, 40_000);
  await until("the tracker leads to it", async () => {
    const [found] = await carl!.search("Plan");
    return found?.id === shared.id && found.peers === 2;
  });
  assert.equal(await downloads(), 1);
});
