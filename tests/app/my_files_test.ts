import assert from "node:assert/strict";
import { KEPT_MS } from "../../lib/app/trash.ts";
import type { ShareId } from "../../lib/core/ids.ts";
import type { SharePageQuery } from "../../lib/core/local_messages.ts";
import { shareId } from "../fakes.ts";
import { MyFilesSetup } from "./my_files_setup.ts";
import { ALICE } from "./sharing_setup.ts";

const ALL: SharePageQuery = { q: "", sort: "name", order: "asc", offset: 0, limit: 100 };

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

function idOf({ my }: MyFilesSetup, name: string): ShareId {
  return my.page({ ...ALL, q: name }).shares[0]!.shareId;
}

Deno.test("my files are shown with their chunks, and those that deleting would take away are told apart", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  await s.write("b.txt", "one");
  await s.settle();
  await s.share.sharePath(await s.write(`${s.base}/elsewhere/a.txt`, "two"));
  const { total, shares } = my.page(ALL);
  assert.deepEqual([total, shares.map(({ name, chunks, owned }) => [name, chunks, owned])], [
    2,
    [["a.txt", 1, false], ["b.txt", 1, true]],
  ]);
  for (const share of shares) assert.deepEqual(my.row(share.shareId), share);
  assert.throws(() => my.row(shareId(999)), { code: "not-found" });
});

Deno.test("a deleted file goes to the trash and comes back as the same share, without hashing", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  await s.write("maths/a.txt", "one");
  await s.settle();
  const id = idOf(setup, "a");
  await my.change(id, { name: "Algebra.txt" });
  s.hashed.length = 0;
  await my.remove(id, "trash");
  assert.deepEqual([s.names(), await exists(`${s.root}/maths/a.txt`)], [[], false]);
  await s.settle();
  await Deno.remove(`${s.root}/maths`);
  const back = await my.restore(id);
  assert.deepEqual([back.shareId, back.name, back.version, back.path], [id, "Algebra.txt", 4, `${s.root}/maths/a.txt`]);
  await s.settle();
  assert.deepEqual([s.names(), s.hashed, await Deno.readTextFile(back.path)], [["Algebra.txt"], [], "one"]);
  await assert.rejects(my.restore(id), { code: "not-found" });
});

Deno.test("a file that comes back to a taken name gets a number, and a file of that name dropped meanwhile is shared", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  await s.write("a.txt", "old");
  await s.settle();
  const id = idOf(setup, "a");
  await my.remove(id, "trash");
  await s.write("a.txt", "new");
  await s.settle();
  assert.notEqual(idOf(setup, "a"), id);
  const back = await my.restore(id);
  assert.deepEqual([back.path, back.name], [`${s.root}/a (2).txt`, "a.txt"]);
  assert.deepEqual(await Deno.readTextFile(`${s.root}/a.txt`), "new");
});

Deno.test("a deleted folder comes back whole as one share", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  for (const name of ["a.jpg", "summer/b.jpg"]) await s.write(`photos/${name}`, name);
  await s.share.sharePath(`${s.root}/photos`);
  const [{ id: fileId } = { id: "" }] = my.page(ALL).shares;
  const id = idOf(setup, "photos");
  s.hashed.length = 0;
  await my.remove(id, "trash");
  await s.settle();
  assert.deepEqual([s.names(), [...s.contents.below(s.root)]], [[], []]);
  const back = await my.restore(id);
  assert.deepEqual([back.id, back.files, s.hashed], [fileId, 2, []]);
  await s.settle();
  assert.deepEqual(s.shares(), ["photos v3 shared/photos"]);
});

Deno.test("a file elsewhere on the computer is never moved; taking it back can be undone", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  const path = await s.write(`${s.base}/elsewhere/a.txt`, "one");
  await s.share.sharePath(path);
  const id = idOf(setup, "a");
  await my.remove(id, "trash");
  assert.deepEqual([s.names(), await exists(path)], [[], true]);
  assert.equal((await my.restore(id)).shareId, id);
  await my.remove(id, "keep");
  await s.share.sharePath(path);
  await assert.rejects(my.restore(id), { code: "conflict" });
});

Deno.test("when the file cannot be moved away, the share stays", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  await s.write("a.txt", "one");
  await s.settle();
  s.moves.bringNear = () => Promise.reject(new Error("the disk is gone"));
  await assert.rejects(my.remove(idOf(setup, "a"), "trash"));
  assert.deepEqual([s.names(), await exists(`${s.root}/a.txt`)], [["a.txt"], true]);
});

Deno.test("what could not be brought back is still in the trash", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  await s.write("a.txt", "one");
  await s.settle();
  const id = idOf(setup, "a");
  await my.remove(id, "trash");
  const { rename } = s.moves;
  s.moves.rename = () => Promise.reject(new Error("the disk is full"));
  await assert.rejects(my.restore(id), /full/);
  assert.deepEqual(s.names(), []);
  s.moves.rename = rename;
  assert.equal((await my.restore(id)).path, `${s.root}/a.txt`);
});

Deno.test("the trash keeps what is deleted for ten minutes, and after a restart for a day", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my, trash, clock } = setup;
  for (const name of ["a.txt", "b.txt"]) await s.write(name, name);
  await s.settle();
  const [a, b] = [idOf(setup, "a"), idOf(setup, "b")];
  await my.remove(a, "trash");
  clock.advance(KEPT_MS + 1);
  await my.remove(b, "trash");
  await trash.sweep();
  await assert.rejects(my.restore(a), { code: "not-found" });
  const places = await Array.fromAsync(Deno.readDir(trash.ports.folder), ({ name }) => name);
  assert.deepEqual(places.map((name) => name.split("-")[1]), ["2"]);
  await trash[Symbol.asyncDispose]();
  clock.advance(25 * 3_600_000);
  await trash.start();
  await trash[Symbol.asyncDispose]();
  assert.deepEqual(await Array.fromAsync(Deno.readDir(trash.ports.folder)), []);
  assert.deepEqual([...s.contents.below(trash.ports.folder)], []);
});

Deno.test("who may see a share is changed, but not to what only a class makes possible", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  await s.write("a.txt", "one");
  await s.settle();
  const id = idOf(setup, "a");
  s.membership.current = undefined;
  for (const visibility of ["class", "private"] as const) {
    await assert.rejects(my.change(id, { visibility, name: "b.txt" }), { code: "not-joined" });
  }
  assert.equal((await my.change(id, { name: "../é?.txt", visibility: "public" })).name, ".._é_.txt");
  await assert.rejects(my.change(id, { name: ".." }), { code: "bad-name" });
  await assert.rejects(my.change(shareId(99), { name: "x" }), { code: "not-found" });
});

Deno.test("links lead to the tracker's page and to the bytes here, of public files only", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  await s.write("a.txt", "one");
  await s.write("folder/b.txt", "two");
  await s.settle();
  await s.share.sharePath(`${s.root}/folder`);
  const { id, shareId } = my.page({ ...ALL, q: "a" }).shares[0]!;
  assert.deepEqual(my.links(shareId), {
    page: `http://10.0.0.1:5000/files/${id}`,
    direct: `http://10.0.0.2:5001/v1/files/${id}/content`,
  });
  assert.deepEqual(Object.keys(my.links(idOf(setup, "folder"))), ["page"]);
  await s.share.update(shareId, { visibility: "private" });
  assert.deepEqual(my.links(shareId), {});
});

Deno.test("the tracker is asked once in a while how many have a file; without it there is no count", async () => {
  const asked: ShareId[][] = [];
  let isOffline = false;
  await using setup = await MyFilesSetup.make({
    tracker: {
      counts: (refs) => {
        if (isOffline) return Promise.reject(new Error("no answer"));
        assert.ok(refs.every(({ owner }) => owner === ALICE));
        asked.push(refs.map(({ shareId }) => shareId));
        return Promise.resolve(refs.map(({ shareId: id }) => id === shareId(2) ? null : { peers: 3, downloads: 7 }));
      },
    },
  });
  const { my, clock } = setup;
  const counts = (...ids: number[]) => my.counts(ids.map((id) => shareId(id)), new AbortController().signal);
  assert.deepEqual(await counts(1, 2), { [shareId(1)]: { peers: 3, fetched: 7 } });
  await counts(1, 2, 3);
  assert.deepEqual(asked, [[shareId(1), shareId(2)], [shareId(3)]]);
  clock.advance(6_000);
  isOffline = true;
  assert.deepEqual(await counts(1), {});
});
