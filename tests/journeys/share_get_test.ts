import assert from "node:assert/strict";
import type { Download } from "../../lib/core/local_messages.ts";
import { MB, namesIn, randomFile, sha256 } from "./files.ts";
import { Classroom } from "./processes.ts";
import { until } from "./until.ts";

const SLOW = { limits: { download_rate: "4 MB/s" } };

Deno.test("a file is shared, found and fetched, and who joins half-way is served by both who have it", async () => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const bob = await room.startPeer("bob", { settings: SLOW });
  const original = await randomFile(`${room.folder}/film été.bin`, 16 * MB);
  const shared = await alice.share(original);
  assert.deepEqual([shared.name, shared.size], ["film été.bin", 16 * MB]);

  const [found] = await bob.search("ETE film");
  assert.deepEqual([found?.id, found?.owner, found?.peers], [shared.id, "alice", 1]);
  const bobs = bob.get("film été.bin");
  const begun = await until("bob has begun", async () => (await (await bob.api()).downloads())[0]);
  await bob.reaches(begun.id, ["fetching"], 0.4);

  const chloe = await room.startPeer("chloé", { settings: SLOW });
  const chloes = chloe.get(shared.id);
  const givers = await until("chloé gets chunks from both", async () => {
    const [download] = await chloe.json<Download[]>("downloads");
    assert.notEqual(download?.status, "complete", `only from ${JSON.stringify(download?.sources)}`);
    const names = download?.sources.filter(({ bytes }) => bytes > 0).map(({ name }) => name) ?? [];
    return names.length === 2 && names.sort();
  });
  assert.deepEqual(givers, ["alice", "bob"]);

  const expected = await sha256(original);
  for (const { status, path } of await Promise.all([bobs, chloes])) {
    assert.equal(status, "complete");
    assert.equal(await sha256(path), expected);
  }
  const [known] = await until("the tracker knows all three", async () => {
    const results = await alice.search("film");
    return results[0]?.peers === 3 && results;
  });
  assert.equal(known?.id, shared.id);
});

Deno.test("a download never takes the name of something that is there", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const downloads = `${bob.data}/downloads`;
  await Deno.writeTextFile(`${downloads}/notes.pdf`, "mine");
  await Deno.mkdir(`${downloads}/notes (2).pdf`);
  const shared = [];
  for (const folder of ["one", "two"]) {
    shared.push(await alice.share(await randomFile(`${room.folder}/${folder}/notes.pdf`, 30_000)));
  }
  const names = [];
  for (const { id } of shared) names.push((await bob.get(id)).path.slice(downloads.length + 1));
  assert.deepEqual(names, ["notes (3).pdf", "notes (4).pdf"]);
  assert.equal(await Deno.readTextFile(`${downloads}/notes.pdf`), "mine");
  assert.deepEqual(namesIn(downloads), ["notes (2).pdf", "notes (3).pdf", "notes (4).pdf", "notes.pdf"]);
  assert.equal(await sha256(`${downloads}/notes (4).pdf`), await sha256(`${room.folder}/two/notes.pdf`));
});

Deno.test("sending keeps to its rate, and downloads past the limit wait for their turn", async () => {
  await using room = await Classroom.with();
  const alice = await room.startPeer("alice", { settings: { limits: { upload_rate: "4 MB/s" } } });
  const bob = await room.startPeer("bob", { settings: { limits: { parallel_downloads: 1 } } });
  const files = await Promise.all(
    ["first.bin", "second.bin"].map((name) => randomFile(`${room.folder}/${name}`, 8 * MB)),
  );
  const shared = await Promise.all(files.map((file) => alice.share(file)));
  const began = performance.now();
  const [first, second] = [await bob.begin(shared[0]!), await bob.begin(shared[1]!)];
  await bob.reaches(first, ["fetching"]);
  await bob.reaches(second, ["queued"]);
  await bob.completes(first);
  assert.ok(performance.now() - began >= 800, "8 MB at 4 MB/s came too fast");
  const paths = [await bob.completes(first), await bob.completes(second)].map(({ path }) => path);
  assert.deepEqual(await Promise.all(paths.map(sha256)), await Promise.all(files.map(sha256)));
});
