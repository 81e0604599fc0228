import assert from "node:assert/strict";
import { assertSameFile, MB, randomFile } from "../journeys/files.ts";
import { until } from "../journeys/until.ts";
import { LanRoom, QUICKLY } from "./lan_room.ts";

const NAMES = ["one.bin", "two.bin", "three.bin", "four.bin"];
const FILE_BYTES = 8 * MB;
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
    await assertSameFile(path, original);
  }));
});

for (const kept of ["no", "an old"] as const) {
  Deno.test(`eight downloads go on when the tracker is killed, and are counted once when it comes back with ${kept} database`, async () => {
    await using lan = await LanRoom.open(4);
    if (!lan) return;
    const tracker = await lan.startTracker();
    const settings = { ...QUICKLY, limits: { parallel_downloads: NAMES.length } };
    const [alice, bob, carl] = await Promise.all(
      ["alice", "bob", "carl"].map((name, index) => lan.start(name, index + 1, settings)),
    );
    const originals = await Promise.all(NAMES.map((name) => randomFile(`${lan.folder}/${name}`, FILE_BYTES)));
    const shared: { readonly id: string }[] = [];
    for (const original of originals.slice(1)) shared.push(await alice!.share(original));
    await Promise.all([bob!, carl!].map((peer) => peer.finds(...NAMES.slice(1))));
    if (kept === "an old") {
      await tracker.stop();
      for (const file of DATABASE) {
        await Deno.copyFile(`${tracker.data}/${file}`, `${lan.folder}/${file}`).catch(() => {});
      }
      await lan.trackerAgain();
    }
    shared.unshift(await alice!.share(originals[0]!)); // the old database does not know it
    await Promise.all([bob!, carl!].map((peer) => peer.finds(...NAMES)));
    await alice!.desk.limit("30mbit");
    const jobs = [bob!, carl!].flatMap((peer) => shared.map((share, index) => ({ peer, share, index })));
    const begun = await Promise.all(jobs.map(({ peer, share }) => peer.begin(share)));
    await Promise.all(jobs.map(({ peer }, job) => peer.has(begun[job]!, 0.01)));
    await tracker.kill();
    const underWay = await Promise.all(jobs.map(({ peer }, job) => peer.download(begun[job]!)));
    assert.ok(underWay.every(({ status }) => status === "fetching"), "all are under way");
    for (const [job, { peer, index }] of jobs.entries()) {
      const { path } = await peer.completes(begun[job]!);
      await assertSameFile(path, originals[index]!);
    }
    for (const file of DATABASE) {
      await Deno.remove(`${tracker.data}/${file}`).catch(() => {});
      if (kept === "an old") await Deno.copyFile(`${lan.folder}/${file}`, `${tracker.data}/${file}`).catch(() => {});
    }
    await lan.trackerAgain();
    await until("all is counted", async () => {
      const { files, downloads, transferred } = await lan.statistics();
      return files === NAMES.length && downloads === jobs.length && transferred === jobs.length * FILE_BYTES;
    }, 40_000);
    await carl!.finds(...NAMES);
    // Whoever starts again does not tell it again.
    await bob!.peer.stop();
    await bob!.peer.start();
    await bob!.finds(...NAMES);

    assert.equal((await lan.statistics()).downloads, jobs.length);
  });
}
