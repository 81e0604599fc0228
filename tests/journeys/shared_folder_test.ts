import assert from "node:assert/strict";
import { MB, randomBytes, randomFile, sha256 } from "./files.ts";
import { Classroom } from "./processes.ts";
import { until } from "./until.ts";

const COPYING_MS = 1_500;
const PIECES = 30;

Deno.test("a file copied slowly into the shared folder is announced once it is quiet, then follows renames and goes", async () => {
  await using room = await Classroom.with("bob");
  const bob = room.peer("bob");
  const quiet = { sharing: { quiet_period: "500 ms", rescan_interval: "1 s" } };
  const alice = await room.startPeer("alice", { settings: quiet });
  const path = `${alice.data}/shared_files/lecture.bin`;
  const api = await bob.api();
  const versions = new Set<string>();
  const look = async () => {
    const { results } = await api.search("lecture");
    for (const { id } of results) versions.add(id);
    return results;
  };
  {
    using file = await Deno.open(path, { write: true, createNew: true });
    for (let piece = 0; piece < PIECES; piece++) {
      await file.write(randomBytes(MB / 20));
      assert.deepEqual(await look(), [], "announced while it was being copied");
      await new Promise((resolve) => setTimeout(resolve, COPYING_MS / PIECES));
    }
  }
  const [found] = await until("it is announced", async () => {
    const results = await look();
    return results.length === 1 && results;
  });
  assert.equal(found?.size, PIECES * MB / 20);
  assert.equal(versions.size, 1);
  assert.equal(await sha256((await bob.get(found!.id)).path), await sha256(path));

  await Deno.rename(path, `${alice.data}/shared_files/cours été.bin`);
  const [renamed] = await until("it has its new name", async () => {
    const results = await bob.search("cours ete");
    return results.length === 1 && results;
  });
  assert.deepEqual([renamed?.shareId, renamed?.id], [found?.shareId, found?.id]);
  assert.deepEqual((await bob.search("lecture")).length, 0);

  await Deno.remove(`${alice.data}/shared_files/cours été.bin`);
  await until("it is gone from the search", async () => (await bob.search("cours")).length === 0);
});

Deno.test("an edited file keeps its share and becomes a new version, and files of folders inside are found", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const path = await randomFile(`${alice.data}/shared_files/maths/exercice.txt`, 20_000);
  const one = async (not = "") =>
    (await until("it is found", async () => {
      const found = await bob.search("exercice");
      return found.length === 1 && found[0]?.id !== not && found;
    }))[0]!;
  const before = await one();
  await randomFile(path, 30_000);
  const after = await one(before.id);
  assert.deepEqual([after.shareId, after.size], [before.shareId, 30_000]);
  assert.equal(await sha256((await bob.get(after.id)).path), await sha256(path));
});

Deno.test("another shared folder, chosen while it runs, is made and its files are shared at once", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const chosen = `${room.folder}/Documents/Essaim`;
  const token = (await Deno.readTextFile(`${alice.data}/api-token`)).trim();
  const choose = (folder: string) =>
    fetch(`${alice.pages}/api/settings`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ "peer.shared_folder": folder }),
    });
  const answer = await choose(chosen);
  const setting = (await answer.json()).find(({ key }: { key: string }) => key === "peer.shared_folder");
  assert.deepEqual([setting.value, setting.pending], [chosen, false]);
  const path = await randomFile(`${chosen}/leçon.bin`, 1_000);
  await randomFile(`${alice.data}/shared_files/not any more.bin`, 1_000);
  await until("it is found", async () => (await bob.search("leçon")).length === 1);
  assert.equal(await sha256((await bob.get("leçon.bin")).path), await sha256(path));
  assert.equal((await bob.search("not any more")).length, 0);
  const refused = await choose(`${path}/in a file`);
  assert.equal((await refused.json()).code, "unwritable");
  assert.match(await Deno.readTextFile(`${alice.data}/config.yaml`), /shared_folder.*Documents\/Essaim/);
});
