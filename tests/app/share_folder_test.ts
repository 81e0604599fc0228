import assert from "node:assert/strict";
import { parseListing } from "../../lib/core/listing.ts";
import { Sharing } from "./sharing_setup.ts";

Deno.test("a folder is one share with its empty folders, and its listing follows the disk", async () => {
  await using s = await Sharing.make();
  const folder = `${s.base}/elsewhere/trip`;
  await s.write(`${folder}/a.txt`, "a");
  await s.write(`${folder}/deep/er/b.txt`, "b");
  await Deno.mkdir(`${folder}/empty/inside`, { recursive: true });
  await Deno.symlink(folder, `${folder}/loop`);
  const { share, left } = await s.share.sharePath(folder);
  const listing = () => {
    const { fileId } = s.records.ownShareAt(folder)!.signed.record;
    return parseListing(s.contents.listing(fileId)!.bytes);
  };
  assert.deepEqual([left, share.signed.record.name, share.signed.record.total], [[], "trip", { size: 2, files: 2 }]);
  assert.deepEqual(listing().files.map(({ path }) => path), ["a.txt", "deep/er/b.txt"]);
  assert.deepEqual(listing().emptyFolders, ["empty/inside"]);
  const grantedId = listing().files[0]!.id;
  assert.equal(s.records.granting(grantedId)[0]?.name, "trip");
  s.restart();
  await s.share.rescan();
  assert.deepEqual([s.hashed, s.shares()], [[], ["trip v1 elsewhere/trip"]]);

  await Deno.rename(`${folder}/a.txt`, `${folder}/c.txt`);
  await Deno.remove(`${folder}/deep`, { recursive: true });
  await s.share.rescan();
  assert.deepEqual(listing().files.map(({ path }) => path), ["c.txt"]);
  assert.deepEqual(s.shares(), ["trip v2 elsewhere/trip"]);
  await s.share.update(share.signed.record.shareId, { visibility: "class" });
  assert.equal(s.records.granting(grantedId)[0]?.visibility, "class");
  await s.share.unshare(share.signed.record.shareId);
  assert.deepEqual([s.records.granting(grantedId), [...s.contents.below(folder)]], [[], []]);
});

Deno.test("a folder inside the shared folder, shared as one, takes its files out of the single shares", async () => {
  await using s = await Sharing.make();
  await s.write("album/1.jpg", "1");
  await s.write("single.txt", "2");
  await s.settle();
  const { share } = await s.share.sharePath(`${s.root}/album`, { visibility: "class" });
  await s.settle();
  assert.deepEqual(s.names(), ["album", "single.txt"]);
  await s.share.sharePath(`${s.root}/album/1.jpg`);
  await s.settle();
  assert.deepEqual(s.names(), ["1.jpg", "album", "single.txt"], "chosen by the user");
  await s.share.unshare(s.records.ownShareAt(`${s.root}/album/1.jpg`)!.signed.record.shareId);
  await s.share.unshare(share.signed.record.shareId);
  await s.settle();
  assert.deepEqual(s.names(), ["single.txt"], "what was taken back is not shared file by file");
});

Deno.test("what is shared by itself and in a folder share follows the disk in both", async () => {
  for (const place of ["shared", "elsewhere"]) {
    await using s = await Sharing.make();
    const outer = `${s.base}/${place}/trip`;
    const inner = `${outer}/day`;
    const path = await s.write(`${inner}/a.txt`, "a");
    for (const shared of [outer, inner, path]) await s.share.sharePath(shared);
    await s.settle();
    const inStep = (path: string) => {
      const { id } = s.contents.at(path)!;
      const { fileId, shareId } = s.records.ownShareAt(path)!.signed.record;
      assert.equal(fileId, id);
      for (const [folder, name] of [[outer, path.slice(outer.length + 1)], [inner, path.slice(inner.length + 1)]]) {
        const { fileId } = s.records.ownShareAt(folder!)!.signed.record;
        assert.deepEqual(parseListing(s.contents.listing(fileId)!.bytes).files.map(({ path, id }) => [path, id]), [
          [name, id],
        ]);
      }
      return shareId;
    };
    const shareId = inStep(path);
    await s.write(path, "edited");
    await s.settle();
    assert.equal(inStep(path), shareId);
    await Deno.rename(path, `${inner}/b.txt`);
    s.hashed.length = 0;
    await s.share.rescan();
    assert.deepEqual([inStep(`${inner}/b.txt`), s.hashed], [shareId, []]);
    await s.write(`${inner}/b.txt`, "edited again");
    await s.share.sharePath(`${inner}/b.txt`);
    await s.share.rescan();
    assert.equal(inStep(`${inner}/b.txt`), shareId);
  }
});

Deno.test("names that cannot travel get a safe one, and twins of one folder stay apart", async () => {
  await using s = await Sharing.make();
  const folder = `${s.base}/elsewhere/names`;
  const names = ["é.txt".normalize("NFC"), "é.txt".normalize("NFD"), "a:b", "a_b", "line\nbreak\u001b[2J.txt", "   "];
  for (const [n, name] of names.entries()) await s.write(`${folder}/${name}`, `${n}`);
  await s.write(`${folder}/${"n".repeat(251)}.txt`, "long");
  const { share } = await s.share.sharePath(folder);
  const { files } = parseListing(s.contents.listing(share.signed.record.fileId)!.bytes);
  assert.deepEqual(
    files.map(({ path }) => path).filter((path) => path.length < 100).sort(),
    ["_", "a_b", "a_b (2)", "line_break_[2J.txt", "é.txt", "é (2).txt"].sort(),
  );
  assert.equal(files.length, 7);
  await s.write("bad\u202etxt.exe", "x");
  await s.settle();
  assert.ok(s.names().includes("bad_txt.exe"));
});

Deno.test("a folder share that was deleted, or became a file, ends; one whose disk is away stays", async () => {
  await using s = await Sharing.make();
  const folder = `${s.base}/elsewhere/disk/trip`;
  await s.write(`${folder}/a.txt`, "a");
  await s.share.sharePath(folder);
  await Deno.rename(`${s.base}/elsewhere/disk`, `${s.base}/elsewhere/unplugged`);
  await s.share.rescan();
  await Deno.mkdir(`${s.base}/elsewhere/disk`);
  await s.share.rescan();
  assert.deepEqual(s.names(), ["trip"]);
  await Deno.remove(`${s.base}/elsewhere/disk`);
  await Deno.rename(`${s.base}/elsewhere/unplugged`, `${s.base}/elsewhere/disk`);
  await Deno.remove(folder, { recursive: true });
  await Deno.writeTextFile(folder, "now a file");
  await s.share.rescan();
  assert.deepEqual([s.names(), s.contents.at(`${folder}/a.txt`)], [[], undefined]);
});

Deno.test("a listing that could not be stored is made good by the next scan", async () => {
  await using s = await Sharing.make({ quietPeriodMs: 0 });
  const folder = `${s.base}/elsewhere/trip`;
  await s.write(`${folder}/a.txt`, "a");
  await s.share.sharePath(folder);
  await s.share.rescan();
  await s.write(`${folder}/b.txt`, "b");
  s.db.exec("CREATE TEMP TRIGGER full BEFORE INSERT ON listings BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  await assert.rejects(s.share.rescan());
  s.db.exec("DROP TRIGGER full");
  await s.share.rescan();
  assert.equal(s.records.ownShareAt(folder)?.signed.record.total?.files, 2);
});
