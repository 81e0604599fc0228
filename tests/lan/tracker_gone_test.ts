import assert from "node:assert/strict";
import { MB, randomFile, sha256 } from "../journeys/files.ts";
import { until } from "../journeys/until.ts";
import { LanRoom } from "./lan_room.ts";

const DATABASE = ["tracker.db", "tracker.db-wal", "tracker.db-shm"];

Deno.test("where no tracker was ever started, peers find each other and what they share", async () => {
  await using lan = await LanRoom.open(3);
  if (!lan) return;
  const peers = await lan.startAll(["alice", "bob", "carl"]);
  for (const peer of peers) await peer.sees(peers.filter((other) => other !== peer), 10_000);
  const [alice, bob, carl] = peers as [typeof peers[0], typeof peers[0], typeof peers[0]];
  const original = await randomFile(`${lan.folder}/Leçon.bin`, 3 * MB);
  const shared = await alice!.share(original);
  await Promise.all([bob!, carl!].map(async (peer) => {
    await peer.finds("Leçon.bin");
    const { path } = await peer.completes(await peer.begin(shared));
    assert.equal(await sha256(path!), await sha256(original));
  }));
});

for (const kept of ["no", "an old"] as const) {
  Deno.test(`downloads go on when the tracker is killed, and are counted once when it comes back with ${kept} database`, async () => {
    await using lan = await LanRoom.open(4);
    if (!lan) return;
    const tracker = await lan.startTracker();
    const [alice, bob, carl] = await lan.startAll(["alice", "bob", "carl"], 1);
    const originals = await Promise.all(
      ["one", "two", "three"].map((name) => randomFile(`${lan.folder}/${name}.bin`, 6 * MB)),
    );
    const [one, two] = await Promise.all(originals.slice(0, 2).map((path) => alice!.share(path)));
    await Promise.all([bob!, carl!].map((peer) => peer.finds("one.bin", "two.bin")));
    if (kept === "an old") {
      await tracker.stop();
      for (const file of DATABASE) {
        await Deno.copyFile(`${tracker.data}/${file}`, `${lan.folder}/${file}`).catch(() => {});
      }
      await lan.trackerAgain();
    }
    const three = await alice!.share(originals[2]!);
    await bob!.finds("one.bin", "three.bin", "two.bin");
    await alice!.desk.limit("20mbit");
    const jobs = [[bob!, one!, 0], [bob!, three, 2], [carl!, two!, 1]] as const;
    const begun = await Promise.all(jobs.map(([peer, shared]) => peer.begin(shared)));
    await Promise.all(jobs.map(([peer], index) => peer.has(begun[index]!, 0.05)));
    await tracker.kill();
    for (const [index, [peer, , original]] of jobs.entries()) {
      const { path } = await peer.completes(begun[index]!);
      assert.equal(await sha256(path!), await sha256(originals[original]!));
    }
    for (const file of DATABASE) {
      await Deno.remove(`${tracker.data}/${file}`).catch(() => {});
      if (kept === "an old") await Deno.copyFile(`${lan.folder}/${file}`, `${tracker.data}/${file}`).catch(() => {});
    }
    await lan.trackerAgain();
    await until("all is counted", async () => {
      const { files, downloads, transferred } = await lan.statistics();
      return files === 3 && downloads === jobs.length && transferred === jobs.length * 6 * MB;
    }, 40_000);
    await carl!.finds("one.bin", "three.bin", "two.bin");
    // Whoever starts again does not tell it again.
    await bob!.peer.stop();
    await bob!.peer.start();
    await bob!.finds("one.bin", "three.bin", "two.bin");

    assert.equal((await lan.statistics()).downloads, jobs.length);
  });
}
