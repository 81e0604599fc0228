import assert from "node:assert/strict";
import { exists, MB, namesIn, randomFile, sha256, tree } from "./files.ts";
import { Classroom } from "./processes.ts";

const DEEP = Array.from({ length: 30 }, (_, level) => `level ${level}`).join("/");

/** A tree as people have them; what its names become on any other computer. */
async function makeTree(root: string): Promise<Map<string, string>> {
  const renamed = new Map([
    ["odd/line\nbreak.txt", "odd/line_break.txt"],
    ["odd/\u001b[31mred.txt", "odd/_[31mred.txt"],
    ["odd/CON", "odd/CON_"],
  ]);
  for (let n = 0; n < 300; n++) await randomFile(`${root}/small/${n % 10}/file ${n}.txt`, 200 + n * 7);
  const files = ["élèves/naïve ☃ 日本語.txt", `${DEEP}/bottom.txt`, "same 1.txt", ...renamed.keys()];
  for (const path of files) await randomFile(`${root}/${path}`, 5_000);
  await Deno.copyFile(`${root}/same 1.txt`, `${root}/same 2.txt`);
  await Deno.writeTextFile(`${root}/empty.txt`, "");
  await randomFile(`${root}/middle.bin`, 3 * MB);
  await randomFile(`${root}/large.bin`, 12 * MB);
  for (const empty of ["nothing here", "élèves/vide/encore"]) await Deno.mkdir(`${root}/${empty}`, { recursive: true });
  const expected = [...await tree(root)].map(([path, hash]) => [renamed.get(path) ?? path, hash] as const);
  return new Map(expected.sort(([a], [b]) => a < b ? -1 : 1));
}

Deno.test("a folder arrives as it was: nested, empty, deep and strangely named, also over a kill -9", async () => {
  await using room = await Classroom.with("alice", "chloe");
  const [alice, chloe] = [room.peer("alice"), room.peer("chloe")];
  const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "5 MB/s" } } });
  const source = `${room.folder}/travail de classe`;
  const expected = await makeTree(source);
  const shared = await alice.share(source);
  assert.equal(shared.name, "travail de classe");

  const id = await bob.begin(shared);
  const { kind, size } = await bob.reaches(id, ["fetching"], 0.4);
  assert.equal(kind, "folder");
  await bob.kill();
  assert.deepEqual(namesIn(`${bob.data}/downloads`), [], "nothing has its name before it is complete");
  await bob.start();
  const { path, done, files } = await bob.completes(id);
  assert.equal(done, size);
  assert.equal(files, [...expected.values()].filter((hash) => hash !== "folder").length);
  assert.deepEqual(await tree(path), expected);
  assert.ok(!await exists(bob.partPath(id, ".folder")));
  const kept = (await bob.log("download-resumed")).find(({ data }) => data["file"] === "large.bin");
  if (kept) assert.ok(Number(kept.data["kept"]) > 0);

  const again = await chloe.get("travail de classe");
  assert.deepEqual(await tree(again.path), expected);
});

Deno.test("a file added to a shared folder makes a new version of it, and the old one stays what it was", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const source = `${room.folder}/cours`;
  await randomFile(`${source}/one.txt`, 5_000);
  const first = await alice.share(source);
  const old = await bob.get(first.id);
  await randomFile(`${source}/two.txt`, 5_000);
  const second = await alice.share(source);
  assert.equal(second.shareId, first.shareId);
  assert.notEqual(second.id, first.id);
  const fresh = await bob.get(second.id);
  assert.deepEqual([namesIn(old.path), namesIn(fresh.path)], [["one.txt"], ["one.txt", "two.txt"]]);
  assert.equal(await sha256(`${fresh.path}/two.txt`), await sha256(`${source}/two.txt`));
});
