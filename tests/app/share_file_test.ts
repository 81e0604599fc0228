import assert from "node:assert/strict";
import { codeOf } from "../fakes.ts";
import { ALICE, QUIET_MS, Sharing } from "./sharing_setup.ts";

Deno.test("a file put in the shared folder is shared once it has been quiet", async () => {
  await using s = await Sharing.make();
  await s.write("notes.txt", "one");
  await s.write("sub/deep/photo.jpg", "two");
  assert.equal((await s.share.rescan()).sightings.size, 2);
  assert.deepEqual(s.shares(), []);
  s.clock.advance(QUIET_MS - 1);
  await s.write("notes.txt", "one and more");
  await s.share.rescan();
  s.clock.advance(1);
  await s.share.rescan();
  assert.deepEqual(s.names(), ["photo.jpg"]);
  s.clock.advance(QUIET_MS);
  assert.equal((await s.share.rescan()).sightings.size, 0);
  assert.deepEqual(s.shares(), ["notes.txt v1 shared/notes.txt", "photo.jpg v1 shared/sub/deep/photo.jpg"]);
  const [record] = s.records.ownShares().map(({ signed }) => signed.record);
  assert.equal(record?.visibility, "public");
});

Deno.test("the wall clock may jump: only the steady clock and equal sightings count", async () => {
  await using s = await Sharing.make();
  const path = await s.write("future.txt", "x");
  await Deno.utime(path, new Date(), new Date("2099-01-01"));
  await s.share.rescan();
  s.clock.wall -= 1e9;
  s.clock.elapsed += QUIET_MS;
  await s.share.rescan();
  assert.deepEqual(s.names(), ["future.txt"]);
});

Deno.test("after a restart nothing unchanged is hashed again and no version rises", async () => {
  await using s = await Sharing.make();
  for (let n = 0; n < 50; n++) await s.write(`f${n}.txt`, `text ${n}`);
  await s.settle();
  assert.equal(s.hashed.length, 50);
  const position = s.records.position;
  s.restart();
  const report = await s.share.rescan();
  assert.deepEqual([s.hashed, report.unchanged, s.records.position], [[], 50, position]);
});

Deno.test("an edited file keeps its share and gets a new version and file id", async () => {
  await using s = await Sharing.make();
  await s.write("notes.txt", "one");
  await s.settle();
  const [before] = s.records.ownShares();
  await s.write("notes.txt", "another text");
  await s.settle();
  const [after] = s.records.ownShares();
  assert.equal(after?.signed.record.shareId, before?.signed.record.shareId);
  assert.equal(after?.signed.record.version, 2);
  assert.notEqual(after?.signed.record.fileId, before?.signed.record.fileId);
  assert.deepEqual(s.records.granting(before!.signed.record.fileId), []);
});

Deno.test("another name or other readers keep the date of the content, and are no new version of it", async () => {
  await using s = await Sharing.make();
  const told: string[] = [];
  s.share.onChange((changes) => told.push(...changes.map(({ kind }) => kind)));
  const path = await s.write("notes.txt", "one");
  await s.settle();
  const record = () => s.records.ownShareAt(path)!.signed.record;
  const { shareId, at } = record();
  s.clock.advance(60_000);
  await s.share.rename(shareId, "other.txt");
  await s.share.update(shareId, { visibility: "class" });
  assert.deepEqual([record().version, record().at], [3, at]);
  await s.write("notes.txt", "another text");
  await s.settle();
  assert.notEqual(record().at, at);
  assert.deepEqual(told, ["shared", "revised", "revised", "changed"]);
});

Deno.test("a renamed file keeps its share, is not hashed again and does not wait", async () => {
  await using s = await Sharing.make();
  await s.write("old.txt", "one");
  await s.settle();
  const [before] = s.records.ownShares();
  await Deno.mkdir(`${s.root}/sub`);
  await Deno.rename(`${s.root}/old.txt`, `${s.root}/sub/new.txt`);
  s.hashed.length = 0;
  await s.share.rescan();
  assert.deepEqual([s.shares(), s.hashed], [["new.txt v2 shared/sub/new.txt"], []]);
  assert.equal(s.records.ownShares()[0]?.signed.record.shareId, before?.signed.record.shareId);
  assert.equal(s.contents.of(before!.signed.record.fileId)[0]?.path, `${s.root}/sub/new.txt`);
});

Deno.test("a deleted file leaves a signed tombstone and grants nothing", async () => {
  await using s = await Sharing.make();
  const path = await s.write("gone.txt", "one");
  await s.settle();
  const [share] = s.records.ownShares();
  await Deno.remove(path);
  await s.share.rescan();
  const [change] = s.records.changesSince(share!.indexVersion, 10);
  assert.deepEqual([change?.signed.record.deleted, change?.signed.record.version], [true, 2]);
  assert.deepEqual([s.names(), s.records.granting(share!.signed.record.fileId), s.contents.at(path)], [
    [],
    [],
    undefined,
  ]);
});

Deno.test("when the shared folder vanishes, nothing is unshared; when it comes back, nothing is hashed again", async () => {
  await using s = await Sharing.make();
  await s.write("a.txt", "one");
  await s.settle();
  await Deno.rename(s.root, `${s.base}/unplugged`);
  assert.equal((await s.share.rescan()).problems.get(s.root)?.code, "unreadable");
  assert.deepEqual(s.names(), ["a.txt"]);
  await Deno.mkdir(s.root);
  assert.equal((await s.share.rescan()).problems.get(s.root)?.code, "unreadable", "an empty mount point");
  s.restart();
  await s.share.rescan();
  assert.deepEqual(s.names(), ["a.txt"]);
  await Deno.remove(s.root);
  await Deno.rename(`${s.base}/unplugged`, s.root);
  await s.share.rescan();
  assert.deepEqual([s.shares(), s.hashed], [["a.txt v1 shared/a.txt"], []]);
  await Deno.remove(`${s.root}/a.txt`);
  await s.share.rescan();
  assert.deepEqual(s.names(), [], "the same folder, now empty: the user deleted it");
});

Deno.test("a share taken back stays taken back until it is shared again or its file is gone", async () => {
  await using s = await Sharing.make();
  const path = await s.write("mine.txt", "one");
  await s.settle();
  const { shareId } = s.records.ownShares()[0]!.signed.record;
  await s.share.unshare(shareId);
  await s.settle();
  s.restart();
  await s.settle();
  assert.deepEqual(s.names(), []);
  const again = await s.share.sharePath(path, { visibility: "class" });
  assert.deepEqual([again.share.signed.record.shareId, again.share.signed.record.version], [shareId, 3]);
  await s.share.unshare(shareId);
  await Deno.remove(path);
  await s.share.rescan();
  await s.write("mine.txt", "new");
  await s.settle();
  assert.deepEqual(s.names(), ["mine.txt"]);
  assert.equal(await codeOf(s.share.unshare(shareId)), "not-found");
});

Deno.test("a file elsewhere is shared in place, at once, and followed", async () => {
  await using s = await Sharing.make();
  const path = await s.write(`${s.base}/elsewhere/report.odt`, "one");
  let changes = 0;
  s.share.onChange(() => changes++);
  const { share } = await s.share.sharePath(path);
  assert.deepEqual([share.path, share.signed.record.name, changes], [path, "report.odt", 1]);
  await s.share.sharePath(path);
  assert.equal(changes, 1, "nothing new to say");
  await s.share.sharePath(path, { visibility: "private", allow: [] });
  assert.equal(s.records.ownShareAt(path)?.signed.record.visibility, "private");
  await s.write(path, "edited");
  await s.settle();
  assert.deepEqual(s.shares(), ["report.odt v3 elsewhere/report.odt"]);
  assert.equal(s.records.ownShareAt(path)?.signed.record.visibility, "private");
  await Deno.rename(`${s.base}/elsewhere`, `${s.base}/unplugged`);
  await s.share.rescan();
  assert.deepEqual(s.names(), ["report.odt"]);
  await Deno.rename(`${s.base}/unplugged`, `${s.base}/elsewhere`);
  await Deno.remove(path);
  await s.share.rescan();
  assert.deepEqual(s.names(), []);
});

Deno.test("a share can be renamed; its file keeps its own name", async () => {
  await using s = await Sharing.make();
  const { share } = await s.share.sharePath(await s.write("a.txt", "one"));
  const { shareId } = share.signed.record;
  await s.share.rename(shareId, "My: notes.txt");
  assert.deepEqual(s.shares(), ["My_ notes.txt v2 shared/a.txt"]);
  await s.write("a.txt", "edited");
  await s.settle();
  assert.deepEqual(s.shares(), ["My_ notes.txt v3 shared/a.txt"]);
  assert.equal(await codeOf(s.share.rename(shareId, "..")), "bad-name");
});

Deno.test("what is ignored, special or a link is not shared, and nothing hangs on it", async () => {
  await using s = await Sharing.make();
  await s.write(".hidden", "x");
  await s.write("movie.part", "x");
  await s.write("real.txt", "x");
  await Deno.symlink(`${s.base}/data/peer.db`, `${s.root}/link.db`);
  await Deno.symlink("/nowhere", `${s.root}/dangling`);
  await new Deno.Command("mkfifo", { args: [`${s.root}/pipe`] }).output();
  await s.settle();
  assert.deepEqual(s.names(), ["real.txt"]);
  assert.equal(await codeOf(s.share.sharePath(`${s.root}/pipe`)), "bad-input");
  assert.equal(await codeOf(s.share.sharePath(`${s.root}/dangling`)), "not-found");
  assert.equal(await codeOf(s.share.sharePath(`${s.root}/link.db`)), "bad-input", "this computer's own database");
  assert.equal(await codeOf(s.share.sharePath(s.base)), "bad-input");
  assert.equal(await codeOf(s.share.sharePath(s.root)), "bad-input");
});

Deno.test("a claimed path is only shared as its owner says, whatever a scan finds", async () => {
  await using s = await Sharing.make({ quietPeriodMs: 0 });
  {
    using _claim = s.share.claim(`${s.root}/secret.txt`);
    const path = await s.write("secret.txt", "x");
    await s.share.rescan();
    assert.deepEqual(s.names(), []);
    await s.share.sharePath(path, { visibility: "private" });
  }
  await s.share.rescan();
  assert.equal(s.records.ownShares()[0]?.signed.record.visibility, "private");
});

Deno.test("hashed contents whose record was lost get one without hashing", async () => {
  await using s = await Sharing.make();
  await s.write("a.txt", "one");
  await s.settle();
  s.db.exec("DELETE FROM records");
  s.restart();
  await s.share.rescan();
  assert.deepEqual([s.names(), s.hashed], [["a.txt"], []]);
});

Deno.test("10,000 small files are shared in seconds, and a scan that was stopped goes on where it was", async () => {
  await using s = await Sharing.make({ quietPeriodMs: 0 });
  for (let d = 0; d < 100; d++) {
    await Deno.mkdir(`${s.root}/d${d}`);
    for (let n = 0; n < 100; n++) Deno.writeTextFileSync(`${s.root}/d${d}/f${n}`, `${d} ${n}`);
  }
  const stop = new AbortController();
  let changes = 0;
  const end = s.share.onChange(() => ++changes === 5 && stop.abort());
  await assert.rejects(s.share.rescan(stop.signal), { name: "AbortError" });
  assert.deepEqual(s.share.scanState(), { kind: "idle" });
  end();
  const kept = s.records.ownShares().length;
  assert.ok(kept >= 1_000 && kept < 10_000);
  s.restart();
  await s.share.rescan();
  assert.deepEqual([s.records.ownShares().length, s.hashed.length], [10_000, 10_000 - kept]);
  const changed = s.records.changesSince(0, 20_000).map(({ indexVersion }) => indexVersion);
  assert.deepEqual([changed.length, changed.at(-1)], [10_000, s.records.position.version]);
  assert.equal(s.records.ownShares()[0]?.signed.record.owner, ALICE);
});

Deno.test("a withdrawn file or folder that is renamed stays withdrawn", async () => {
  await using s = await Sharing.make();
  const album = `${s.root}/album`;
  for (const path of ["mine.txt", "album/1.jpg", "album/deep/2.jpg"]) await s.write(path, path);
  await s.settle();
  await s.share.sharePath(album);
  for (const { signed } of s.records.ownShares()) await s.share.unshare(signed.record.shareId);
  await Deno.rename(`${s.root}/mine.txt`, `${s.root}/still mine.txt`);
  await Deno.rename(album, `${s.root}/photos`);
  await s.settle();
  s.restart();
  await s.settle();
  assert.deepEqual(s.names(), []);
  await Deno.rename(`${s.root}/photos/1.jpg`, `${s.root}/1.jpg`);
  await s.settle();
  await s.settle();
  assert.deepEqual(s.names(), ["1.jpg"], "taken out of the withdrawn folder");
  await s.write("photos/3.jpg", "3");
  await s.settle();
  await s.write("still mine.txt", "edited");
  await s.settle();
  assert.deepEqual(s.names(), ["1.jpg"]);
  await Deno.remove(`${s.root}/photos`, { recursive: true });
  await Deno.remove(`${s.root}/still mine.txt`);
  await s.settle();
  assert.deepEqual([[...s.records.ownPaths()].length, [...s.contents.below(s.root)].length], [1, 1]);
});

Deno.test("another shared folder is looked at from the next scan on, and what was shared stays where it lies", async () => {
  await using s = await Sharing.make({ quietPeriodMs: 0 });
  await s.write("old.txt", "one");
  await s.settle();
  const other = `${s.base}/other`;
  await s.write(`${other}/new.txt`, "two");
  assert.ok(s.share.useFolder(other));
  assert.ok(!s.share.useFolder(other));
  assert.deepEqual(s.share.watched(), [other]);
  await s.write("late.txt", "three");
  await s.settle();
  assert.deepEqual(s.names(), ["new.txt", "old.txt"]);
  await Deno.remove(`${s.base}/shared/old.txt`);
  await s.settle();
  assert.deepEqual(s.names(), ["new.txt"]);
});
