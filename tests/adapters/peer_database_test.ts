import assert from "node:assert/strict";
import { openPeerDatabase, shareCounter } from "../../lib/adapters/peer_database.ts";
import { sqliteDownloads } from "../../lib/adapters/sqlite_downloads.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { FakeLog, fileId, peerId, recordBy, shareId } from "../fakes.ts";

const ME = peerId(1);

Deno.test("live own shares are counted, without those taken back and those of others", () => {
  using db = openPeerDatabase(":memory:", new FakeLog());
  const records = sqliteRecords(db, ME);
  const count = shareCounter(db);
  assert.equal(count(), 0);
  for (let number = 1; number <= 3; number++) {
    const record = recordBy(ME, { shareId: shareId(number), fileId: fileId(number) });
    records.putOwn({ record, jws: "a.b.c" }, `/share${number}`, [record.fileId]);
  }
  assert.equal(count(), 3);
  const { shareId: taken, owner, at } = recordBy(ME, { shareId: shareId(2) });
  records.putOwn({ record: { shareId: taken, owner, version: 2, at, deleted: true }, jws: "a.b.c" }, "/share2", []);
  const foreign = recordBy(peerId(2));
  const key = { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) } as const;
  records.putForeign({ record: foreign, jws: "a.b.c" }, { key }, [foreign.fileId]);
  assert.equal(count(), 2);
});

Deno.test("the database says whether more can be written, and keeps nothing of asking", () => {
  using db = openPeerDatabase(":memory:", new FakeLog());
  const store = sqliteDownloads(db);
  assert.ok(store.hasRoom());
  assert.equal(db.prepare("SELECT COUNT(*) AS count FROM meta WHERE name = 'probe'").get()?.count, 0);
  db.exec("VACUUM");
  const { page_count: pages } = db.prepare("PRAGMA page_count").get()!;
  db.exec(`PRAGMA max_page_count = ${pages}`);
  assert.ok(!store.hasRoom());
});
