import assert from "node:assert/strict";
import { atomically, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { Certificate, PublicKey } from "../../lib/core/messages.ts";
import type { ShareRecord } from "../../lib/core/share_record.ts";
import { CLASS_ID, FakeLog, fileId, peerId, recordBy, shareId, userId } from "../fakes.ts";
import { tempDir } from "../temp.ts";

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
  const folder = await tempDir();
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

const HIDDEN = { visibility: "class", user: userId(2), class: CLASS_ID } as const;

Deno.test("what others own and is not public may be given on until its lease ends, and needs another one after a change", () => {
  const { records } = open();
  const until = () => records.granting(fileId(1)).map((held) => [held.owner, held.until]);
  const put = (changes = {}, owner = OTHER) => {
    records.putForeign(signed(recordBy(owner, { ...HIDDEN, ...changes })), { key: KEY }, [fileId(1)]);
  };
  put();
  assert.deepEqual(until(), [[OTHER, 0]]);
  records.applyLease(OTHER, { revision: 4, until: 1_000 }, [shareId(1), shareId(77)]);
  assert.deepEqual([until(), records.leaseOf(OTHER)], [[[OTHER, 1_000]], { revision: 4, until: 1_000 }]);
  put();
  assert.deepEqual(until(), [[OTHER, 1_000]], "the same record again");
  records.applyLease(OTHER, { revision: 5, until: 2_000 }, []);
  assert.deepEqual(until(), [[OTHER, 1_000]], "nothing is said of this share");
  put({ version: 2 });
  assert.deepEqual(until(), [[OTHER, 0]], "another version");
  records.applyLease(peerId(3), { revision: 9, until: 9_000 }, [shareId(1)]);
  assert.deepEqual(until(), [[OTHER, 0]], "another owner's lease");
  put({ version: 3, visibility: "public" });
  assert.deepEqual(until(), [[OTHER, Infinity]]);
  records.putOwn(signed(recordBy(ME, { ...HIDDEN, user: userId(1) })), "/a", [fileId(1)]);
  assert.deepEqual(until().at(-1), [ME, Infinity]);
});

Deno.test("owners of what is not public are known, with their shares, until these are dropped, public or gone", () => {
  const { records } = open();
  const put = (owner: typeof ME, number: number, changes = {}) => {
    const record = recordBy(owner, { shareId: shareId(number), ...HIDDEN, ...changes });
    records.putForeign(signed(record), { key: KEY }, []);
  };
  put(OTHER, 1);
  put(OTHER, 2, { visibility: "private" });
  put(OTHER, 3, { visibility: "public" });
  put(peerId(3), 1);
  put(peerId(4), 1, { visibility: "public" });
  records.putOwn(signed(recordBy(ME, HIDDEN)), "/a", []);
  assert.deepEqual(records.lessors().sort(), [OTHER, peerId(3)]);
  assert.deepEqual(records.leasedShares(OTHER).sort(), [shareId(1), shareId(2)]);
  records.dropForeign({ owner: OTHER, shareId: shareId(1) });
  put(OTHER, 2, { version: 2, visibility: "public" });
  records.dropForeign({ owner: ME, shareId: shareId(1) });
  assert.deepEqual([records.lessors(), records.leasedShares(OTHER)], [[peerId(3)], []]);
  assert.equal(records.ownShares().length, 1);
});

Deno.test("the certificate of an owner is kept with its key, and a later one takes its place", () => {
  const { records } = open();
  const put = (version: number, certificate?: string) => {
    const proof = { key: KEY, certificate: certificate as Certificate | undefined };
    records.putForeign(signed(recordBy(OTHER, { version })), proof, []);
    return records.certificateOf(OTHER);
  };
  assert.deepEqual([put(1), put(2, "AAAA"), put(3), put(4, "BBBB")], [undefined, "AAAA", "AAAA", "BBBB"]);
  assert.equal(records.certificateOf(peerId(9)), undefined);
});
