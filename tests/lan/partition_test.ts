import { assertSameFile, MB, randomFile } from "../journeys/files.ts";
import { type LanPeer, LanRoom } from "./lan_room.ts";

/** Who is reached again is found within this time. */
const WITHIN_MS = 15_000;

Deno.test("both halves of a network that falls apart keep sharing, and know everything once it is one again", async () => {
  await using lan = await LanRoom.open(4);
  if (!lan) return;
  const peers = await lan.startAll(["alice", "bob", "carl", "dora"]) as [LanPeer, LanPeer, LanPeer, LanPeer];
  const [alice, bob, carl, dora] = peers;
  const path = (name: string) => `${lan.folder}/${name}.bin`;
  const before = await bob.share(await randomFile(path("before"), 1 * MB));
  await Promise.all([alice, carl, dora].map((peer) => peer.finds("before.bin")));
  await lan.network.part([2, 3]);
  await Promise.all([alice.sees([bob]), bob.sees([alice]), carl.sees([dora]), dora.sees([carl])]);
  const left = await alice.share(await randomFile(path("left"), 1 * MB));
  const right = await carl.share(await randomFile(path("right"), 1 * MB));
  await bob.finds("left.bin"); // beside what it shares itself
  await dora.finds("before.bin", "right.bin");
  await assertSameFile((await bob.completes(await bob.begin(left))).path, path("left"));
  await assertSameFile((await dora.completes(await dora.begin(right))).path, path("right"));
  await lan.network.heal();
  await Promise.all(peers.map((peer) => peer.sees(peers.filter((other) => other !== peer), WITHIN_MS)));
  await Promise.all([
    alice.finds("before.bin", "right.bin"),
    bob.finds("left.bin", "right.bin"),
    carl.finds("before.bin", "left.bin"),
    dora.finds("before.bin", "left.bin", "right.bin"),
  ]);
  await assertSameFile((await dora.completes(await dora.begin(left))).path, path("left"));
  await assertSameFile((await bob.completes(await bob.begin(right))).path, path("right"));
  await assertSameFile((await carl.completes(await carl.begin(before))).path, path("before"));
});

Deno.test("where a fifth of all packets is lost, peers find each other and files arrive whole", async () => {
  await using lan = await LanRoom.open(3);
  if (!lan) return;
  for (const desk of lan.network.computers) await desk.lose(20);
  const peers = await lan.startAll(["alice", "bob", "carl"]) as [LanPeer, LanPeer, LanPeer];
  const [alice, bob, carl] = peers;
  await Promise.all(peers.map((peer) => peer.sees(peers.filter((other) => other !== peer), 20_000)));
  const original = await randomFile(`${lan.folder}/film.bin`, 2 * MB);
  const shared = await alice.share(original);
  await Promise.all([bob, carl].map(async (peer) => {
    await peer.finds("film.bin");
    await assertSameFile((await peer.completes(await peer.begin(shared), 100_000)).path, original);
  }));
});
