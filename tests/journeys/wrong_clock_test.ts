import assert from "node:assert/strict";
import { MB, randomFile, sha256 } from "./files.ts";
import { Classroom } from "./processes.ts";
import { until } from "./until.ts";

const HOUR_MS = 3_600_000;
/** Debian's `faketime`, which only sees the clock of a day, never the one that measures waits. */
const LIBRARY = [...["x86_64", "aarch64"].map((cpu) => `/usr/lib/${cpu}-linux-gnu`), "/usr/lib"]
  .map((folder) => `${folder}/faketime/libfaketime.so.1`);

async function library(): Promise<string | undefined> {
  for (const path of LIBRARY) if (await Deno.stat(path).then(() => true, () => false)) return path;
  assert.notEqual(Deno.env.get("CI"), "true", "there is no libfaketime here");
  console.log("skipped: no libfaketime here");
  return undefined;
}

/** Only this program's clock is wrong, not that of the disk. */
const wrongBy = (offset: string, library: string) => ({
  within: ["env", `LD_PRELOAD=${library}`, `FAKETIME=${offset}`, "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1"],
});

for (
  const [what, ofTracker, ofAlice, ofBob] of [
    ["a tracker two hours ahead", "+2h", "+0", "+0"],
    ["a tracker two hours behind", "-2h", "+0", "+0"],
    ["an owner two hours ahead", "+0", "+2h", "+0"],
    ["an owner two hours behind", "+0", "-2h", "+0"],
    ["a fetcher two hours ahead of an owner who is two hours behind", "+0", "-2h", "+2h"],
    ["an owner a day and a half ahead of a fetcher", "+0", "+36h", "+0"],
  ] as const
) {
  Deno.test(`with ${what}, one joins, shares and fetches, also from another holder when the owner is away`, async () => {
    const preload = await library();
    if (preload === undefined) return;
    await using room = await Classroom.open();
    await room.startTracker(wrongBy(ofTracker, preload));
    const [alice, bob, carl] = await Promise.all([
      room.startPeer("alice", wrongBy(ofAlice, preload)),
      room.startPeer("bob", wrongBy(ofBob, preload)),
      room.startPeer("carl"),
    ]);
    const { startedAt } = JSON.parse(await Deno.readTextFile(`${alice.data}/run.json`));
    const hours = Math.round((Date.parse(startedAt) - Date.now()) / HOUR_MS);
    assert.ok(hours === Number(ofAlice.replace("h", "")), `${hours} hours`); // 0 is as good as -0
    await room.join("alice", "bob", "carl");
    for (
      const [name, ...how] of [["private", "--private", "--allow", "bob,carl"], ["class", "--class"], ["open"]] as const
    ) {
      const original = await randomFile(`${room.folder}/${name}.bin`, 1 * MB);
      const shared = await alice.share(original, ...how);
      await until(`${name} is found`, async () => (await bob.search(`${name}.bin`))[0]?.id === shared.id);
      assert.equal(await sha256((await bob.get(shared.id)).path), await sha256(original));
    }
    await until(
      "all three have two holders",
      async () => (await carl.search("bin")).filter(({ peers }) => peers === 2).length === 3,
    );
    await alice.kill();
    for (const name of ["private", "class", "open"]) {
      const { path } = await carl.get(`${name}.bin`);
      assert.equal(await sha256(path), await sha256(`${room.folder}/${name}.bin`));
    }
  });
}
