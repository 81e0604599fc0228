import assert from "node:assert/strict";
import { atomically, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { PublicKey } from "../../lib/core/messages.ts";
import type { ShareRecord } from "../../lib/core/share_record.ts";
import { FakeLog, fileId, peerId, recordBy, shareId } from "../fakes.ts";

const ME = peerId(1);
const OTHER = peerId(2);
const KEY: PublicKey = { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) };
const signed = <R extends ShareRecord>(record: R) => ({ record, jws: `jws.${record.shareId}.${record.version}` });
const tombstone = (version: number) =>
  signed({ shareId: shareId(1), owner: ME, version, at: "2026-01-02T03:04:05.678Z", deleted: true as const });

function open(path = ":memory:") {
  const db = openPeerDatabase(path, new FakeLog());
  return { db, records: sqliteRecords(db, ME) };
}
const isConflict = (error: unknown) => error instanceof EssaimError && error.code === "conflict";

Deno.test("each change of an own share gets the next index version, and only its last state is told", () => {
  const { records } = open();
  records.putOwn(signed(recordBy(ME)), "/a", [fileId(1)]);
  records.putOwn(signed(recordBy(ME, { shareId: shareId(2) })), "/b", [fileId(1)]);
  records.putOwn(signed(recordBy(ME, { version: 2, fileId: fileId(3) })), "/c", [fileId(3)]);
  assert.equal(records.position.version, 3);
  const changes = records.changesSince(0, 10);
  assert.deepEqual(changes.map(({ indexVersion, signed }) => [indexVersion, signed.record.shareId]), [
    [2, shareId(2)],
    [3, shareId(1)],
  ]);
  assert.deepEqual(records.changesSince(2, 10).length, 1);
  assert.deepEqual(records.changesSince(0, 1).map(({ indexVersion }) => indexVersion), [2]);
  assert.deepEqual(records.granting(fileId(1)).map(({ shareId }) => shareId), [shareId(2)]);
  assert.deepEqual([records.ownShareAt("/a"), records.ownShareAt("/c")?.indexVersion], [undefined, 3]);
  assert.equal(records.get({ owner: ME, shareId: shareId(1) })?.jws, `jws.${shareId(1)}.2`);
});

Deno.test("a version that does not rise, or another's record as own, is refused and changes nothing", () => {
  const { records } = open();
  records.putOwn(signed(recordBy(ME, { version: 2 })), "/a", [fileId(1)]);
  for (const version of [1, 2]) {
    assert.throws(() => records.putOwn(signed(recordBy(ME, { version })), "/b", [fileId(9)]), isConflict);
  }
  assert.throws(() => records.putOwn(signed(recordBy(OTHER)), "/b", []), isConflict);
  assert.throws(() => records.putForeign(signed(recordBy(ME, { version: 9 })), { key: KEY }, []), isConflict);
  assert.deepEqual([records.position.version, records.granting(fileId(9)), records.keyOf(ME)], [1, [], undefined]);
});

Deno.test("a tombstone grants nothing, stays in the index, and remembers what the user withdrew", () => {
  const { records } = open();
  records.putOwn(signed(recordBy(ME)), "/a", [fileId(1)]);
  records.putOwn(tombstone(2), "/a", [fileId(1)]);
  assert.deepEqual([records.granting(fileId(1)), records.ownShares(), records.ownShareAt("/a")], [[], [], undefined]);
  assert.deepEqual([...records.ownPaths()], [{ path: "/a", shareId: shareId(1), state: "withdrawn" }]);
  assert.equal(records.changesSince(0, 10)[0]?.signed.record.deleted, true);
  records.putOwn(tombstone(3), "", []);
  assert.deepEqual([...records.ownPaths()], []);
  records.putOwn(signed(recordBy(ME, { version: 4 })), "/a", [fileId(1)]);
  assert.equal(records.granting(fileId(1)).length, 1);
});

Deno.test("of the own paths the withdrawn ones come first, then folders, then files, each once", () => {
  const { records } = open();
  for (let n = 0; n < 1_000; n++) {
    const kind = n % 3 === 0 ? "folder" : "file";
    records.putOwn(signed(recordBy(ME, { shareId: shareId(n), kind })), `/${n}`, []);
    if (n % 2 === 0) records.putOwn(signed({ ...tombstone(2).record, shareId: shareId(n) }), `/${n}`, []);
  }
  const own = [...records.ownPaths()];
  assert.deepEqual(own.map(({ state }) => state), [
    ...Array(500).fill("withdrawn"),
    ...Array(167).fill("folder"),
    ...Array(333).fill("file"),
  ]);
  assert.equal(new Set(own.map(({ path }) => path)).size, 1_000);
  assert.ok(own.every(({ path, shareId: id }) => id === shareId(Number(path.slice(1)))));
});

Deno.test("the record of another owner grants what was fetched under it, until it is dropped", () => {
  const { records } = open();
  const ref = { owner: OTHER, shareId: shareId(1) };
  records.putForeign(signed(recordBy(OTHER, { kind: "folder" })), { key: KEY }, [fileId(1)]);
  records.putForeign(signed(recordBy(OTHER, { kind: "folder" })), { key: KEY }, [fileId(1), fileId(2)]);
  assert.deepEqual(records.granting(fileId(2)).map(({ owner }) => owner), [OTHER]);
  assert.deepEqual([records.keyOf(OTHER), records.position.version, records.ownShares()], [KEY, 0, []]);
  records.putOwn(signed(recordBy(ME)), "/a", [fileId(2)]);
  assert.equal(records.granting(fileId(2)).length, 2);
  records.dropForeign({ owner: ME, shareId: shareId(1) });
  records.dropForeign(ref);
  assert.deepEqual([records.granting(fileId(1)), records.granting(fileId(2)).length, records.get(ref)], [
    [],
    1,
    undefined,
  ]);
});

Deno.test("records survive a restart with the same epoch, and a failed change leaves nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = open(`${folder}/peer.db`);
    first.records.putOwn(signed(recordBy(ME)), "/a", [fileId(1)]);
    assert.throws(() =>
      atomically(first.db)(() => {
        first.records.putOwn(signed(recordBy(ME, { shareId: shareId(2) })), "/b", [fileId(2)]);
        throw new Error("the power fails");
      })
    );
    const { position } = first.records;
    first.db.close();
    const second = open(`${folder}/peer.db`);
    assert.deepEqual(second.records.position, position);
    assert.deepEqual(second.records.ownShares().map(({ path }) => path), ["/a"]);
    second.db.close();
    const other = open();
    assert.notEqual(other.records.position.epoch, position.epoch);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
