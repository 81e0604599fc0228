import assert from "node:assert/strict";
import fc from "fast-check";
import { openPeerDatabase, PEER_MIGRATIONS, shareCounter } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { sqliteShareList } from "../../lib/adapters/sqlite_share_list.ts";
import type { Sha256 } from "../../lib/core/ids.ts";
import { queryWords } from "../../lib/core/search.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import type { ShareListQuery } from "../../lib/store_ports.ts";
import { FakeLog, fileId, hexId, peerId, recordBy, shareId } from "../fakes.ts";

const ME = peerId(1);
const ALL: ShareListQuery = { words: [], sort: "at", order: "desc", offset: 0, limit: 100 };

function open(path = ":memory:") {
  const db = openPeerDatabase(path, new FakeLog());
  const records = sqliteRecords(db, ME);
  const list = sqliteShareList(db);
  const share = (number: number, changes: Partial<LiveRecord> = {}, path = `/s/${number}`) => {
    const record = recordBy(ME, { shareId: shareId(number), fileId: fileId(number), ...changes });
    records.putOwn({ record, jws: "a.b.c" }, path, [record.fileId]);
  };
  const names = (query: Partial<ShareListQuery>) =>
    list.page({ ...ALL, ...query }).shares.map(({ signed }) => signed.record.name);
  return { db, records, list, share, names };
}

Deno.test("own shares are listed in each order, a page at a time, with how many there are", () => {
  const { list, share, names } = open();
  share(1, { name: "Page 10.pdf", size: 5, at: "2026-01-01T00:00:03.000Z", visibility: "private" });
  share(2, { name: "page 2.pdf", size: 9, at: "2026-01-01T00:00:01.000Z" });
  share(3, { name: "Été.jpg", size: 7, at: "2026-01-01T00:00:02.000Z", visibility: "class" });
  assert.deepEqual(names({}), ["Page 10.pdf", "Été.jpg", "page 2.pdf"]);
  assert.deepEqual(names({ sort: "name", order: "asc" }), ["Été.jpg", "page 2.pdf", "Page 10.pdf"]);
  assert.deepEqual(names({ sort: "size", order: "desc" }), ["page 2.pdf", "Été.jpg", "Page 10.pdf"]);
  assert.deepEqual(names({ sort: "visibility", order: "asc" }), ["page 2.pdf", "Été.jpg", "Page 10.pdf"]);
  assert.deepEqual(names({ sort: "size", order: "asc", offset: 1, limit: 1 }), ["Été.jpg"]);
  assert.deepEqual(names({ offset: 3 }), []);
  assert.equal(list.page({ ...ALL, offset: 2, limit: 1 }).total, 3);
});

Deno.test("words are found anywhere in a name, without accents or case, and counted", () => {
  const { list, share, names } = open();
  share(1, { name: "Éléments de géométrie.pdf" });
  share(2, { name: "Geometry 100%.pdf" });
  share(3, { name: "photo.jpg" });
  const find = (query: string) => names({ words: queryWords(query), sort: "name", order: "asc" });
  assert.deepEqual(find("GEOMET"), ["Éléments de géométrie.pdf", "Geometry 100%.pdf"]);
  assert.deepEqual(find("pdf elements"), ["Éléments de géométrie.pdf"]);
  assert.deepEqual([find("100%"), find("%"), find("_")], [["Geometry 100%.pdf"], find(""), find("")]);
  assert.equal(list.page({ ...ALL, words: ["pdf"], limit: 1 }).total, 2);
  share(4, { name: "new.pdf" });
  assert.equal(list.page({ ...ALL, words: ["pdf"], limit: 1 }).total, 3);
});

Deno.test("a share that is renamed, taken back or someone else's is listed as it is now, or not at all", () => {
  const { records, share, names } = open();
  share(1, { name: "a.txt" });
  share(2, { name: "b.txt" });
  share(1, { name: "z.txt", version: 2 });
  const foreign = recordBy(peerId(2), { name: "foreign.txt" });
  const key = { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) } as const;
  records.putForeign({ record: foreign, jws: "a.b.c" }, { key }, [foreign.fileId]);
  assert.deepEqual(names({ sort: "name", order: "desc" }), ["z.txt", "b.txt"]);
  const { owner, at } = recordBy(ME);
  records.putOwn({ record: { owner, at, shareId: shareId(2), version: 2, deleted: true }, jws: "a.b.c" }, "/s/2", []);
  assert.deepEqual(names({}), ["z.txt"]);
  assert.equal(records.ownShare(shareId(1))?.path, "/s/1");
  assert.deepEqual([records.ownShare(shareId(2)), records.ownShare(foreign.shareId)], [
    undefined,
    records.ownShare(shareId(1)),
  ]);
});

Deno.test("the chunks of a file and of all files in a folder are counted", () => {
  const { db, list, share } = open();
  const contents = sqliteContents(db);
  const put = (path: string, size: number) =>
    contents.put({
      ...{ path, size, id: fileId(size), chunkSize: 1 << 20, mtimeMs: 1, inode: 1, hashes: new Uint8Array() },
      sha256: hexId<Sha256>(1, 64),
    });
  put("/s/1", (1 << 20) + 1);
  for (const [name, size] of [["a", 1], ["b/c", 3 << 20], ["empty", 0]] as const) put(`/s/folder/${name}`, size);
  put("/s/folder.txt", 5 << 20);
  share(1);
  share(2, { kind: "folder", total: { size: 10, files: 3 } }, "/s/folder");
  const chunks = list.page({ ...ALL, sort: "name", order: "asc" }).shares.map(({ chunks, path }) => [path, chunks]);
  assert.deepEqual(Object.fromEntries(chunks), { "/s/1": 2, "/s/folder": 4 });
});

Deno.test("a database of before has its shares listed after the migration", async () => {
  const folder = await Deno.makeTempDir({ prefix: "essaim-list-" });
  try {
    const first = openPeerDatabase(`${folder}/peer.db`, new FakeLog(), PEER_MIGRATIONS.slice(0, 1));
    const put = first.prepare(
      `INSERT INTO records (owner, share_id, version, state, path, index_version, record, jws)
       VALUES (?, ?, 1, ?, ?, ?, ?, 'a.b.c')`,
    );
    const records = [
      recordBy(ME, { shareId: shareId(1), name: "Être.pdf" }),
      recordBy(ME, {
        ...{ shareId: shareId(2), name: "photos", kind: "folder", size: 99, visibility: "private" },
        total: { size: 123, files: 3 },
      }),
    ];
    for (const [index, record] of records.entries()) {
      put.run(ME, record.shareId, record.kind, `/s/${index}`, index + 1, JSON.stringify(record));
    }
    first.close();
    const second = open(`${folder}/peer.db`);
    assert.deepEqual(second.names({ words: ["etre"] }), ["Être.pdf"]);
    assert.deepEqual(second.names({ sort: "visibility" }), ["photos", "Être.pdf"]);
    assert.equal(second.db.prepare("SELECT size FROM share_list WHERE name = 'photos'").get()?.size, 123);
    second.db.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("whatever is shared and taken back, the list has exactly the live shares", () => {
  const change = fc.record({
    number: fc.integer({ min: 1, max: 5 }),
    deleted: fc.boolean(),
    name: fc.stringMatching(/^\w{1,6}$/),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const { db, records, list, share } = open();
      for (const [index, { number, deleted, name }] of changes.entries()) {
        const version = index + 1;
        if (!deleted) share(number, { version, name });
        else {
          const { owner, at } = recordBy(ME);
          const record = { owner, at, shareId: shareId(number), version, deleted } as const;
          records.putOwn({ record, jws: "a.b.c" }, "", []);
        }
      }
      const listed = list.page({ ...ALL, sort: "name" });
      const names = records.ownShares().map(({ signed }) => signed.record.name).sort();
      assert.deepEqual(listed.shares.map(({ signed }) => signed.record.name).sort(), names);
      assert.deepEqual([listed.total, shareCounter(db)()], [names.length, names.length]);
      db.close();
    }),
    { numRuns: 50 },
  );
});
