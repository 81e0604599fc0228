import assert from "node:assert/strict";
import { openNeighbourIndex } from "../../lib/adapters/sqlite_neighbour_index.ts";
import type { LiveRecord, ShareRecord } from "../../lib/core/share_record.ts";
import type { NeighbourChange, NeighbourStore } from "../../lib/store_ports.ts";
import type { ShareQuery } from "../../lib/swarm_ports.ts";
import { CLASS_ID, FakeLog, fileId, hexId, keyOf, peerId, recordBy, shareId, userId } from "../fakes.ts";

const [ALICE, BOB, ME] = [peerId(1), peerId(2), userId(9)];
const position = (version: number) => ({ epoch: hexId(1, 32), version });
const open = (path = ":memory:", log = new FakeLog()) => openNeighbourIndex(path, log);

function put(store: NeighbourStore, records: ShareRecord[], changes: Partial<NeighbourChange> = {}): void {
  const peer = changes.peerId ?? records[0]?.owner ?? ALICE;
  store.put({
    ...{ peerId: peer, name: `name of ${peer.slice(-1)}`, position: position(1), askedAs: "", lastSeen: 1_000 },
    proof: { key: keyOf(peer) },
    records: records.map((record) => ({ record, jws: `a.${record.shareId}.${record.version}` })),
    ...changes,
  });
}

function named(number: number, name: string, changes: Partial<LiveRecord> = {}): LiveRecord {
  return recordBy(ALICE, { shareId: shareId(number), fileId: fileId(number), name, ...changes });
}

const gone = (number: number, version: number, owner = ALICE): ShareRecord => (
  { shareId: shareId(number), owner, version, at: "2026-01-02T03:04:05.678Z", deleted: true }
);

function names(store: NeighbourStore, query: Partial<ShareQuery> = {}, present = [ALICE]): string[] {
  const everything: ShareQuery = {
    ...{ words: [], ownerWords: [], type: undefined, min: undefined, max: undefined, available: false },
    ...{ sort: query.words ? "relevance" : "date", order: "desc", visible: { user: ME }, after: undefined, limit: 200 },
  };
  return store.search({ ...everything, ...query }, present).map(({ signed: { record } }) => record.name);
}

Deno.test("shares of neighbours are found by parts of their names, accents or not, each as it was last heard", () => {
  using store = open();
  put(store, [named(1, "Leçon d'été.pdf"), named(2, "carte.png"), named(3, "lecon 2.pdf")]);
  assert.deepEqual(names(store, { words: ["lecon"] }).sort(), ["Leçon d'été.pdf", "lecon 2.pdf"]);
  put(store, [named(3, "autre.pdf", { version: 2 }), gone(1, 2), gone(2, 0)], { position: position(2) });
  assert.deepEqual(names(store, { words: ["lecon"] }), []);
  assert.deepEqual(names(store).sort(), ["autre.pdf", "carte.png"], "an older tombstone takes nothing away");
  put(store, [named(3, "old.pdf")]);
  assert.deepEqual(names(store, { words: ["old"] }), [], "an older record takes no newer one's place");
  assert.deepEqual(names(store, { type: "image" }), ["carte.png"]);
  assert.deepEqual(names(store, { ownerWords: ["bob"] }), []);
  store.seen(ALICE, "Bob", 2_000);
  assert.equal(names(store, { ownerWords: ["bob"] }).length, 2);
  assert.deepEqual([store.get(ALICE)?.lastSeen, store.get(ALICE)?.position], [2_000, position(1)]);
});

Deno.test("only what is for the asker is found, by name and by content", () => {
  using store = open();
  const secret = { user: userId(1), class: CLASS_ID } as const;
  put(store, [
    named(1, "public.txt"),
    named(2, "class.txt", { visibility: "class", ...secret }),
    named(3, "mine.txt", { visibility: "private", allow: [ME], ...secret }),
    named(4, "theirs.txt", { visibility: "private", allow: [userId(8)], ...secret }),
  ]);
  assert.deepEqual(names(store).sort(), ["class.txt", "mine.txt", "public.txt"]);
  assert.deepEqual(names(store, { visible: "public" }), ["public.txt"]);
  assert.deepEqual(store.sharesOf(fileId(4), { user: ME }), []);
  assert.equal(store.sharesOf(fileId(4), { user: userId(8) }).length, 1);
  assert.equal(store.drop(ALICE, "restricted", 2), 2);
  assert.equal(store.drop(ALICE, "restricted", 2), 1);
  assert.equal(store.drop(ALICE, "restricted", 2), 0);
  assert.deepEqual(names(store, { visible: { user: userId(8) } }), ["public.txt"]);
});

Deno.test("what is available comes from owners who are present", () => {
  using store = open();
  put(store, [named(1, "alice.txt")]);
  put(store, [recordBy(BOB, { name: "bob.txt" })]);
  assert.deepEqual(names(store, { available: true }), ["alice.txt"]);
  assert.deepEqual(names(store, { available: true }, [BOB]), ["bob.txt"]);
  assert.deepEqual(names(store, { sort: "copies" }, [BOB]), ["bob.txt", "alice.txt"]);
});

Deno.test("how much is kept of each neighbour is known, and nothing is left of one that is forgotten", () => {
  using store = open();
  put(store, [named(1, "one.txt"), named(2, "two.txt")]);
  const before = store.get(ALICE)!;
  assert.equal(before.shares, 2);
  put(store, [named(1, "a much longer name than before.txt", { version: 2 })]);
  assert.ok(store.get(ALICE)!.bytes > before.bytes);
  store.restart(ALICE);
  assert.deepEqual([store.get(ALICE)!.position, names(store).length], [undefined, 2]);
  while (store.drop(ALICE, "all", 1) > 0);
  assert.deepEqual([store.get(ALICE)!.shares, store.get(ALICE)!.bytes], [0, 0]);
  put(store, [named(1, "one.txt")]);
  store.forget(ALICE);
  assert.deepEqual([store.list(), names(store), names(store, { words: ["one"] })], [[], [], []]);
});

Deno.test("what was heard is known after a restart, and a damaged database is set aside", async () => {
  const folder = await Deno.makeTempDir({ prefix: "essaim-neighbours-" });
  const path = `${folder}/neighbours.db`;
  {
    using store = open(path);
    put(store, [named(1, "one.txt")]);
  }
  {
    using store = open(path);
    assert.deepEqual(names(store), ["one.txt"]);
    assert.deepEqual(store.sharesOf(fileId(1), "public")[0]?.proof, { key: keyOf(ALICE) });
  }
  await Deno.writeTextFile(path, "x".repeat(5_000));
  const log = new FakeLog();
  using store = open(path, log);
  assert.deepEqual([names(store), log.codes], [[], ["database-damaged"]]);
  await Deno.remove(folder, { recursive: true });
});
