import assert from "node:assert/strict";
import type { Status } from "../../lib/core/local_messages.ts";
import { exists, MB, namesIn, overwrite, randomBytes, randomFile, sha256 } from "./files.ts";
import { Classroom, type Found, type Peer } from "./processes.ts";
import { until } from "./until.ts";

const SLOW = { limits: { download_rate: "3 MB/s" } };
/** Far more than what is on its way: what a sender gave to the system arrives even when it is killed. */
const SIZE = 16 * MB;
const BRISK = { limits: { download_rate: "12 MB/s" } };

function trackerState(peer: Peer, state: Status["tracker"]["state"]): Promise<Status> {
  return until(`the tracker is ${state}`, async () => {
    const status = await (await peer.api()).status();
    return status.tracker.state === state && status;
  });
}

Deno.test("a tracker killed during a download does not stop it, and restarted it knows all that it had taken in", async () => {
  await using room = await Classroom.with("alice");
  const { tracker } = room;
  const alice = room.peer("alice");
  const bob = await room.startPeer("bob", { settings: SLOW });
  const film = await randomFile(`${room.folder}/film.bin`, 6 * MB);
  const shared = await alice.share(film);
  for (const name of ["one.txt", "two.txt", "three.txt"]) {
    await alice.share(await randomFile(`${room.folder}/${name}`, 5_000));
  }
  const id = await bob.begin(shared);
  await bob.reaches(id, ["fetching"], 0.2);
  await tracker.kill();
  assert.equal(await sha256((await bob.completes(id)).path), await sha256(film));
  const { mode } = await trackerState(bob, "offline");
  assert.equal(mode, "degraded");
  const late = await alice.share(await randomFile(`${room.folder}/late.txt`, 5_000));

  const { port } = tracker;
  await tracker.start(["--port", String(port), "--member-port", "0"]);
  for (const peer of [alice, bob]) await trackerState(peer, "online");
  const names = await until("all is found again", async () => {
    const found = await bob.search("t");
    return found.length >= 4 && found.map(({ name }) => name).sort();
  });
  assert.deepEqual(names, ["late.txt", "one.txt", "three.txt", "two.txt"]);
  await until("the tracker knows who has the film", async () => (await alice.search("film"))[0]?.peers === 2);
  const got = await bob.get(late.id);
  assert.equal(await sha256(got.path), await sha256(`${room.folder}/late.txt`));
});

Deno.test("when the only source is gone the download waits and says why, and goes on by itself when it returns", async () => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const bob = await room.startPeer("bob", { settings: SLOW });
  const film = await randomFile(`${room.folder}/film.bin`, SIZE);
  const id = await bob.begin(await alice.share(film));
  await bob.reaches(id, ["fetching"], 0.3);
  const { port } = alice;
  await alice.kill();
  const { reason, done } = await bob.reaches(id, ["waiting"]);
  assert.match(reason ?? "", /Nobody reachable has .*goes on by itself/);
  assert.match((await bob.cli("downloads")).out, /film\.bin .*Nobody reachable/);
  await alice.start();
  assert.notEqual(alice.port, port);
  const { path } = await bob.completes(id);
  assert.equal(await sha256(path), await sha256(film));
  assert.ok(done > 0);
});

/** What can happen to a shared file while others fetch it. */
const DAMAGES: readonly (readonly [name: string, (path: string) => Promise<void>])[] = [
  ["edited", (path) => overwrite(path, SIZE / 2, randomBytes(6 * MB))],
  ["truncated", (path) => Deno.truncate(path, 1 * MB)],
  ["deleted", (path) => Deno.remove(path)],
];

async function shareAll(room: Classroom, owner: Peer): Promise<Found[]> {
  const shares = [];
  for (const [name] of DAMAGES) shares.push(await owner.share(await randomFile(`${room.folder}/${name}.bin`, SIZE)));
  return shares;
}

Deno.test("shared files edited, truncated and deleted during transfers come whole from an intact source", async () => {
  await using room = await Classroom.with("alice", "chloe");
  const [alice, chloe] = [room.peer("alice"), room.peer("chloe")];
  const bob = await room.startPeer("bob", { settings: BRISK });
  const transfers = [];
  const shares = await shareAll(room, alice);
  for (const { id } of shares) await chloe.get(id);
  for (const shared of shares) {
    const path = `${room.folder}/${shared.name}`;
    transfers.push({ name: shared.name, expected: await sha256(path), id: await bob.begin(shared) });
  }
  for (const { id } of transfers) await bob.reaches(id, ["fetching"], 0.1);
  for (const [name, damage] of DAMAGES) await damage(`${room.folder}/${name}.bin`);
  for (const { name, id, expected } of transfers) {
    assert.equal(await sha256((await bob.completes(id)).path), expected, name);
  }
});

Deno.test("of a shared file that changes during its transfer no mixed version ever appears", async () => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "6 MB/s" } } });
  const shares = await shareAll(room, alice);
  const transfers = await Promise.all(shares.map((shared) => bob.begin(shared)));
  for (const id of transfers) await bob.reaches(id, ["fetching"], 0.1);
  for (const [name, damage] of DAMAGES) await damage(`${room.folder}/${name}.bin`);
  for (const id of transfers) {
    const { reason } = await bob.reaches(id, ["waiting"]);
    assert.match(reason ?? "", /Nobody reachable has/);
    assert.ok(await exists(bob.partPath(id)), "what came is kept");
  }
  assert.deepEqual(namesIn(`${bob.data}/downloads`), []);
  const [edited] = await until("the edited file is shared as it is now", async () => {
    const found = await bob.search("edited");
    return found.length === 1 && found;
  });
  const fresh = await bob.get(edited!.id);
  assert.equal(await sha256(fresh.path), await sha256(`${room.folder}/edited.bin`));
});
