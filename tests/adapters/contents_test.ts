import assert from "node:assert/strict";
import { openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import type { Sha256 } from "../../lib/core/ids.ts";
import type { Content } from "../../lib/store_ports.ts";
import { FakeLog, fileId, hexId, peerId, recordBy } from "../fakes.ts";

const content = (path: string, changes: Partial<Content> = {}): Content => ({
  path,
  id: fileId(1),
  size: 5,
  chunkSize: 1 << 20,
  mtimeMs: 1_700_000_000_123,
  inode: 7,
  sha256: hexId<Sha256>(5, 64),
  hashes: new Uint8Array(32).fill(9),
  ...changes,
});
const open = () => sqliteContents(openPeerDatabase(":memory:", new FakeLog()));

Deno.test("a content comes back as it was stored, by path and by file", () => {
  const contents = open();
  const whole = content("/a/é\n.txt", { mtimeMs: -1.5, size: 2 ** 50, inode: 2 ** 52 });
  contents.put(whole);
  contents.put(content("/b", { hashes: new Uint8Array() }));
  assert.deepEqual(contents.at("/a/é\n.txt"), whole);
  assert.deepEqual(contents.of(fileId(1)).map(({ path }) => path).sort(), ["/a/é\n.txt", "/b"]);
  contents.put(content("/b", { id: fileId(2) }));
  assert.deepEqual([contents.of(fileId(1)).length, contents.at("/b")?.id], [1, fileId(2)]);
  assert.deepEqual([contents.at("/none"), contents.of(fileId(3))], [undefined, []]);
});

Deno.test("below gives what is at or below a folder and not its neighbours of a similar name", () => {
  const contents = open();
  for (const path of ["/a", "/a/x", "/a/x/y", "/a b", "/a.txt", "/a0", "/ab/x", "/A/x", "/a/é"]) {
    contents.put(content(path));
  }
  const below = (path: string) => Array.from(contents.below(path), (known) => known.path).sort();
  assert.deepEqual(below("/a"), ["/a", "/a/x", "/a/x/y", "/a/é"]);
  assert.deepEqual(below("/a/x/y"), ["/a/x/y"]);
  assert.equal(below("/").length, 9);
  for (let n = 0; n < 2_500; n++) contents.put(content(`/many/${n}`));
  assert.equal(new Set(below("/many")).size, 2_500);
});

Deno.test("a moved content takes the place of what was there; a forgotten one is gone", () => {
  const contents = open();
  contents.put(content("/a"));
  contents.put(content("/b", { id: fileId(2) }));
  contents.move("/a", "/b");
  assert.deepEqual([contents.at("/a"), contents.at("/b")?.id], [undefined, fileId(1)]);
  contents.forget("/b");
  contents.forget("/b");
  assert.equal(contents.at("/b"), undefined);
});

Deno.test("listings are kept while a record grants them", () => {
  const db = openPeerDatabase(":memory:", new FakeLog());
  const [contents, records] = [sqliteContents(db), sqliteRecords(db, peerId(1))];
  const put = (number: number) => {
    const { size, chunkSize, sha256, hashes } = content("");
    contents.putListing({ id: fileId(number), size, chunkSize, sha256, hashes }, new Uint8Array([number]));
  };
  put(1);
  records.putOwn({ record: recordBy(peerId(1)), jws: "a.b.c" }, "/a", [fileId(1)]);
  put(2);
  put(3);
  const kept = [1, 2, 3].map((number) => contents.listing(fileId(number))?.bytes);
  assert.deepEqual(kept, [new Uint8Array([1]), undefined, new Uint8Array([3])]);
  assert.deepEqual(contents.listing(fileId(1))?.manifest, { id: fileId(1), size: 5, chunkSize: 1 << 20 });
});

Deno.test("the inode of a folder is remembered", () => {
  const contents = open();
  assert.equal(contents.folderInode("/a"), undefined);
  contents.putFolderInode("/a", 3);
  contents.putFolderInode("/a", 4);
  assert.equal(contents.folderInode("/a"), 4);
});
