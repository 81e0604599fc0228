import assert from "node:assert/strict";
import { assertSameFile, MB, randomFile } from "../journeys/files.ts";
import { until } from "../journeys/until.ts";
import { type LanPeer, LanRoom } from "./lan_room.ts";

/** Whoever does not send any more is left within this time, and who moved is found again. */
const WITHIN_MS = 15_000;

/** bob and carl share a file, each at 8 Mbit/s, and alice fetches it from both. */
async function twoSources(lan: LanRoom): Promise<{ peers: [LanPeer, LanPeer, LanPeer]; original: string; id: string }> {
  const peers = await lan.startAll(["alice", "bob", "carl"]) as [LanPeer, LanPeer, LanPeer];
  const [alice, bob, carl] = peers;
  const original = await randomFile(`${lan.folder}/film.bin`, 16 * MB);
  const [shared] = await Promise.all([bob, carl].map((peer) => peer.share(original)));
  await alice.finds("film.bin", "film.bin");
  await Promise.all([bob, carl].map(({ desk }) => desk.limit("8mbit")));
  const id = await alice.begin(shared!);
  await until("both give", async () => {
    const { sources } = await alice.download(id);
    return sources.filter(({ bytes }) => bytes > 0).length === 2;
  });
  return { peers, original, id };
}

/** Bytes that came from this one. */
async function given(to: LanPeer, id: string, by: string): Promise<number> {
  return (await to.download(id)).sources.find(({ name }) => name === by)?.bytes ?? 0;
}

/** The other one gives what the one that is gone was asked for, soon. */
async function leaves(alice: LanPeer, id: string, gone: string, other: LanPeer, original: string): Promise<void> {
  const before = await given(alice, id, other.name);
  await until(
    "the other one goes on giving",
    async () => await given(alice, id, other.name) > before + 2 * MB,
    WITHIN_MS,
  );
  await other.desk.limit("1gbit");
  const { path } = await alice.completes(id, WITHIN_MS);
  await assertSameFile(path, original);
  assert.ok(await given(alice, id, other.name) > await given(alice, id, gone));
}

Deno.test("a source whose cable is pulled is left, and what it did not send comes from another one", async () => {
  await using lan = await LanRoom.open(3);
  if (!lan) return;
  const { peers: [alice, bob, carl], original, id } = await twoSources(lan);
  await bob.desk.link("down");
  await leaves(alice, id, "bob", carl, original);
  await alice.sees([carl]);
  await bob.desk.link("up");
  await alice.sees([bob, carl], WITHIN_MS);
});

Deno.test("a source that is frozen is left within 15 s", async () => {
  await using lan = await LanRoom.open(3);
  if (!lan) return;
  const { peers: [alice, bob, carl], original, id } = await twoSources(lan);
  Deno.kill(bob.peer.pid, "SIGSTOP");
  await leaves(alice, id, "bob", carl, original);
  await alice.sees([carl]);
  Deno.kill(bob.peer.pid, "SIGCONT");
  await alice.sees([bob, carl], WITHIN_MS);
});

Deno.test("the cable of the one who fetches is pulled for a while, and the download goes on when it is back", async () => {
  await using lan = await LanRoom.open(3);
  if (!lan) return;
  const { peers: [alice, bob, carl], original, id } = await twoSources(lan);
  await alice.desk.link("down");
  await alice.sees([]);
  const { done } = await alice.download(id);
  await alice.desk.link("up");
  await alice.sees([bob, carl], WITHIN_MS);
  await until("more comes", async () => (await alice.download(id)).done > done, WITHIN_MS);
  await assertSameFile((await alice.completes(id)).path, original);
});

Deno.test("the only source gets another address in the middle of a download, and is found again within 15 s as the same peer", async () => {
  await using lan = await LanRoom.open(2);
  if (!lan) return;
  const [alice, bob] = await lan.startAll(["alice", "bob"]) as [LanPeer, LanPeer];
  await alice.sees([bob]);
  const ids = async () => (await alice.peers()).map(({ peerId }) => peerId);
  const before = await ids();
  const original = await randomFile(`${lan.folder}/film.bin`, 16 * MB);
  const shared = await bob.share(original);
  await alice.finds("film.bin");
  await bob.desk.limit("20mbit");
  const id = await alice.begin(shared);
  await alice.has(id, 0.2);
  await bob.desk.moveTo("10.213.78.77");
  const { done, size } = await alice.download(id);
  assert.ok(done < size);
  await Promise.all([
    alice.sees([bob], WITHIN_MS),
    until("more comes", async () => (await alice.download(id)).done > done + MB, WITHIN_MS),
  ]);
  assert.deepEqual(await ids(), before);
  await assertSameFile((await alice.completes(id)).path, original);
});
