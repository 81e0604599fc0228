import assert from "node:assert/strict";
import type { Adoptee } from "../../lib/app/adopt_files.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { shareId } from "../fakes.ts";
import { Sharing } from "./sharing_setup.ts";

/** A file or folder that lies in "elsewhere" and is to be in the shared folder. */
function adoptee(s: Sharing, fileName: string, more: Partial<Adoptee> = {}): Adoptee {
  return { path: `${s.base}/elsewhere/${fileName}`, folder: s.root, fileName, ...more };
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("what is adopted lies in the shared folder with the visibility that was chosen, in the order given", async () => {
  await using s = await Sharing.make();
  await s.write(`${s.base}/elsewhere/b.txt`, "one");
  await s.write(`${s.base}/elsewhere/photos/2024/a.jpg`, "two");
  await Deno.mkdir(`${s.base}/elsewhere/photos/empty`);
  const shares = await s.share.adopt([
    adoptee(s, "photos", { visibility: "private" }),
    adoptee(s, "b.txt", { visibility: "class", shareId: shareId(77) }),
  ]);
  const seen = shares.map(({ signed: { record }, path }) => [record.kind, record.name, record.visibility, path]);
  assert.deepEqual(seen, [
    ["folder", "photos", "private", `${s.root}/photos`],
    ["file", "b.txt", "class", `${s.root}/b.txt`],
  ]);
  assert.equal(shares[1]?.signed.record.shareId, shareId(77));
  assert.deepEqual([await names(`${s.base}/elsewhere`), await Deno.readTextFile(`${s.root}/b.txt`)], [[], "one"]);
  s.hashed.length = 0;
  await s.settle();
  assert.deepEqual([s.shares(), s.hashed], [["b.txt v1 shared/b.txt", "photos v1 shared/photos"], []]);
});

Deno.test("a name that is taken, by a file, a share or what was taken back, gets a number and nothing is lost", async () => {
  await using s = await Sharing.make();
  await s.write("a.txt", "mine");
  await s.settle();
  const [own] = s.records.ownShares();
  await s.share.unshare(own!.signed.record.shareId);
  await Deno.remove(`${s.root}/a.txt`);
  await s.write("a (2).txt", "not looked at yet");
  for (const text of ["first", "second"]) {
    await s.write(`${s.base}/elsewhere/a.txt`, text);
    await s.share.adopt([adoptee(s, "a.txt")]);
  }
  assert.deepEqual(s.shares(), ["a (3).txt v1 shared/a (3).txt", "a (4).txt v1 shared/a (4).txt"]);
  assert.equal(await Deno.readTextFile(`${s.root}/a (4).txt`), "second");
});

Deno.test("a name that somebody takes in the last moment is left to them", async () => {
  await using s = await Sharing.make();
  await s.write(`${s.base}/elsewhere/a.txt`, "mine");
  const { rename } = s.moves;
  s.moves.rename = async (from, to) => {
    if (to.endsWith("/a.txt")) await Deno.writeTextFile(to, "theirs");
    return await rename(from, to);
  };
  const [share] = await s.share.adopt([adoptee(s, "a.txt", { visibility: "private" })]);
  assert.equal(share?.path, `${s.root}/a (2).txt`);
  assert.equal(await Deno.readTextFile(`${s.root}/a.txt`), "theirs");
  await s.settle();
  assert.deepEqual(s.records.ownShares().map(({ path, signed }) => [path, signed.record.visibility]).sort(), [
    [`${s.root}/a (2).txt`, "private"],
    [`${s.root}/a.txt`, "public"],
  ]);
});

Deno.test("scans that look at any moment of it neither share the files otherwise nor end their shares", async () => {
  await using s = await Sharing.make({ quietPeriodMs: 0 });
  for (const name of ["a.txt", "b.txt", "folder/c.txt"]) await s.write(`${s.base}/elsewhere/${name}`, name);
  const { rename } = s.moves;
  const scans: Promise<unknown>[] = [];
  s.moves.rename = async (from, to) => {
    scans.push(s.share.rescan());
    await s.share.rescan();
    const isDone = await rename(from, to);
    await s.share.rescan();
    scans.push(s.share.rescan());
    return isDone;
  };
  const wanted = ["a.txt", "b.txt", "folder"].map((name) => adoptee(s, name, { visibility: "private" }));
  await s.share.adopt(wanted);
  await Promise.all(scans);
  await s.share.rescan();
  assert.deepEqual(s.shares(), ["a.txt v1 shared/a.txt", "b.txt v1 shared/b.txt", "folder v1 shared/folder"]);
  assert.ok(s.records.ownShares().every(({ signed }) => signed.record.visibility === "private"));
  assert.deepEqual([...s.contents.below(s.root)].map(({ path }) => path.slice(s.root.length)), [
    "/a.txt",
    "/b.txt",
    "/folder/c.txt",
  ]);
});

Deno.test("when a file cannot be moved it is where it was, not shared, and can be adopted later without hashing", async () => {
  await using s = await Sharing.make();
  for (const name of ["a.txt", "b.txt"]) await s.write(`${s.base}/elsewhere/${name}`, name);
  const { rename } = s.moves;
  s.moves.rename = (from, to) => {
    if (to.endsWith("/b.txt")) return Promise.reject(new EssaimError("disk-full", "The disk is full."));
    return rename(from, to);
  };
  await assert.rejects(s.share.adopt([adoptee(s, "a.txt"), adoptee(s, "b.txt")]), { code: "disk-full" });
  assert.deepEqual([s.names(), await names(s.root), await names(`${s.base}/elsewhere`)], [["a.txt"], ["a.txt"], [
    "b.txt",
  ]]);
  s.moves.rename = rename;
  s.hashed.length = 0;
  await s.share.adopt([adoptee(s, "b.txt")]);
  assert.deepEqual([s.names(), s.hashed], [["a.txt", "b.txt"], []]);
});

Deno.test("after a crash between record and move the file is where it was, and the next scan ends the share", async () => {
  await using s = await Sharing.make();
  await s.write(`${s.base}/elsewhere/a.txt`, "one");
  const crashed = Promise.withResolvers<boolean>();
  const reached = Promise.withResolvers<void>();
  const { rename } = s.moves;
  s.moves.rename = () => {
    reached.resolve();
    return crashed.promise;
  };
  const adopting = s.share.adopt([adoptee(s, "a.txt", { visibility: "private" })]);
  await reached.promise;
  assert.deepEqual(s.shares(), ["a.txt v1 shared/a.txt"]);
  s.restart();
  await s.settle();
  assert.deepEqual([s.names(), await names(`${s.base}/elsewhere`)], [[], ["a.txt"]]);
  s.moves.rename = rename;
  const [share] = await s.share.adopt([adoptee(s, "a.txt", { visibility: "private" })]);
  assert.equal(share?.signed.record.visibility, "private");
  crashed.reject(new Error("the database is closed"));
  await adopting.catch(() => {});
});

Deno.test("from another disk the file is copied, and the copy is never seen", async () => {
  await using s = await Sharing.make({ quietPeriodMs: 0 });
  await s.write(`${s.base}/elsewhere/folder/a.txt`, "one");
  await s.write(`${s.base}/elsewhere/b.txt`, "two");
  let copies = 0;
  s.moves.bringNear = async (path, folder) => {
    const copy = `${folder}/.essaim-${++copies}.move`;
    if ((await Deno.stat(path)).isFile) await Deno.copyFile(path, copy);
    else {
      await Deno.mkdir(copy);
      await Deno.copyFile(`${path}/a.txt`, `${copy}/a.txt`);
    }
    await s.share.rescan();
    return copy;
  };
  const { rename } = s.moves;
  s.moves.rename = async (from, to) => {
    await s.share.rescan();
    return await rename(from, to);
  };
  const { lookExactly } = s.folders;
  let isScanning = false;
  s.folders.lookExactly = async (path) => {
    if (!isScanning && path === `${s.root}/folder`) { // its name is chosen: it is hashed, and not yet recorded
      isScanning = true;
      await s.share.rescan();
    }
    return await lookExactly(path);
  };
  await s.share.adopt([adoptee(s, "folder"), adoptee(s, "b.txt")]);
  await s.share.rescan();
  assert.deepEqual(s.shares(), ["b.txt v1 shared/b.txt", "folder v1 shared/folder"]);
  assert.deepEqual(s.records.ownShares().map(({ signed }) => signed.record.total?.files).filter(Boolean), [1]);
  assert.deepEqual([await names(s.root), await names(`${s.base}/elsewhere`)], [["b.txt", "folder"], []]);
});
