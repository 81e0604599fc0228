import assert from "node:assert/strict";
import type { PeerId } from "../../lib/core/ids.ts";
import type { LiveRecord, ShareRecord } from "../../lib/core/share_record.ts";
import type { SwarmChange, SwarmIndex } from "../../lib/ports.ts";
import { fileId, hexId, peerId, recordBy, shareId } from "../fakes.ts";

const alice = peerId(0xa);
const bob = peerId(0xb);

function change(peer: PeerId, changes: Partial<SwarmChange> = {}, serial = 1): SwarmChange {
  return {
    peer: {
      peerId: peer,
      key: { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) },
      name: `name of ${peer.slice(-1)}`,
      serial,
      index: { epoch: hexId(1, 32), version: 3 },
      lastSeen: 1000,
    },
    restart: false,
    records: [],
    completed: [],
    activity: [],
    ...changes,
  };
}

const signed = (record: ShareRecord) => ({ record, jws: `a.${record.shareId}-${record.version}.b` });
const put = (index: SwarmIndex, ...records: ShareRecord[]) =>
  index.apply(change(records[0]!.owner, { records: records.map(signed) }));
const named = (number: number, name: string, changes: Partial<LiveRecord> = {}) =>
  recordBy(alice, { shareId: shareId(number), fileId: fileId(number), name, ...changes });
const tombstone = (number: number, version: number): ShareRecord => (
  { shareId: shareId(number), owner: alice, version, at: "2026-01-02T03:04:05.678Z", deleted: true }
);
const names = (found: { signed: { record: LiveRecord } }[]) => found.map(({ signed: { record } }) => record.name);

/** What every `SwarmIndex` promises. `make` gives an empty one that keeps three lines of activity. */
export function swarmIndexContract(adapter: string, make: () => SwarmIndex): void {
  const check = (name: string, body: (index: SwarmIndex) => void) =>
    Deno.test(`${adapter}: ${name}`, () => {
      using index = make();
      body(index);
    });

  check("a peer is remembered with its key, serial and place in its index", (index) => {
    assert.equal(index.peer(alice), undefined);
    const { peer } = change(alice, {}, 7);
    index.apply({ ...change(alice), peer });
    assert.deepEqual(index.peer(alice), peer);
    index.apply({ ...change(alice), peer: { ...peer, serial: 8, index: undefined, name: "other" } });
    assert.deepEqual(index.peer(alice), { ...peer, serial: 8, index: undefined, name: "other" });
    assert.deepEqual([...index.keys([alice, bob, alice])], [[alice, peer.key]]);
  });

  check("a share is found by words and parts of words, without accents or case, newest first", (index) => {
    put(index, named(1, "Télé cours 1.mp4"), named(2, "Notes de télévision.PDF"), named(3, "c++ 50%.txt"));
    for (
      const [words, expected] of [
        [["tele"], ["Notes de télévision.PDF", "Télé cours 1.mp4"]],
        [["cours", "tele"], ["Télé cours 1.mp4"]],
        [["te"], ["Notes de télévision.PDF", "Télé cours 1.mp4"]],
        [["vision", "no"], ["Notes de télévision.PDF"]],
        [["++"], ["c++ 50%.txt"]],
        [["%"], []],
        [["_"], []],
        [["tel", "zzz"], []],
        [["telecours"], []],
        [["eleele"], []],
        [['"'], []],
        [['a" OR "b'], []],
        [["NEAR", "*"], []],
        [[], ["c++ 50%.txt", "Notes de télévision.PDF", "Télé cours 1.mp4"]],
      ] as const
    ) assert.deepEqual(names(index.search(words, 10, "any")), expected, words.join(" "));
    assert.deepEqual(names(index.search([], 1, "any")), ["c++ 50%.txt"]);
    assert.deepEqual(index.search(["mp4"], 9, "any")[0], {
      signed: signed(named(1, "Télé cours 1.mp4")),
      ownerName: "name of a",
      downloads: 0,
    });
  });

  check("a share is found by the first eight or more digits of its ids, by anyone only when it is public", (index) => {
    const id = (start: string, length: 32 | 64) => start.padEnd(length, "0") as never;
    put(
      index,
      named(1, "old.txt", { fileId: id("abcdef0123", 64) }),
      named(2, "deadbeef notes.txt"),
      named(3, "other.txt", { shareId: id("deadbeef77", 32) }),
      named(4, "secret.txt", { fileId: id("abcdef0123ff", 64), visibility: "private" }),
    );
    for (
      const [word, visible, expected] of [
        ["abcdef01", "public", ["old.txt"]],
        ["abcdef01", "any", ["secret.txt", "old.txt"]],
        ["abcdef0124", "any", []],
        ["abcdef0", "any", []],
        ["deadbeef", "any", ["other.txt", "deadbeef notes.txt"]],
        ["abcdef0123".padEnd(64, "0"), "public", ["old.txt"]],
      ] as const
    ) assert.deepEqual(names(index.search([word], 9, visible)), expected, word);
    assert.deepEqual(names(index.search(["abcdef01"], 1, "any")), ["secret.txt"]);
    assert.deepEqual(names(index.search(["abcdef01", "old"], 9, "any")), []);
    put(index, tombstone(1, 2));
    assert.deepEqual(names(index.search(["abcdef01"], 9, "public")), []);
  });

  check("a renamed share is found under its new name only, and a deleted one not at all", (index) => {
    put(index, named(1, "before.txt"));
    put(index, named(1, "after.txt", { version: 2 }));
    assert.deepEqual(names(index.search(["before"], 9, "any")), []);
    assert.deepEqual(names(index.search(["after"], 9, "any")), ["after.txt"]);
    put(index, tombstone(1, 3));
    assert.deepEqual(names(index.search(["after"], 9, "any")), []);
    assert.deepEqual(index.sharesOf(fileId(1)), []);
    assert.equal(index.share({ owner: alice, shareId: shareId(1) })?.deleted, true);
  });

  check("an older record never comes back, even after a deletion or a new beginning", (index) => {
    put(index, named(1, "old.txt", { version: 5 }), tombstone(2, 5), named(3, "third.txt", { version: 5 }));
    put(index, named(1, "older.txt", { version: 4 }), named(2, "back.txt", { version: 4 }));
    put(index, named(1, "same.txt", { version: 5 }), named(2, "back.txt", { version: 5 }));
    assert.deepEqual(names(index.search([], 9, "any")), ["third.txt", "old.txt"]);
    index.apply(change(alice, { restart: true }));
    assert.deepEqual(index.search([], 9, "any"), []);
    assert.equal(index.share({ owner: alice, shareId: shareId(1) }), undefined);
    put(index, named(1, "older.txt", { version: 4 }), named(2, "back.txt", { version: 5 }));
    assert.deepEqual(index.search([], 9, "any"), []);
    put(index, named(1, "old.txt", { version: 5 }), named(3, "third.txt", { version: 6 }));
    assert.deepEqual(names(index.search(["txt"], 9, "any")), ["third.txt", "old.txt"]);
  });

  check("peers cannot touch each other's shares by re-using an id", (index) => {
    put(index, named(1, "alice.txt"));
    put(index, { ...named(1, "bob.txt", { version: 9 }), owner: bob });
    index.apply(change(bob, { restart: true }));
    assert.deepEqual(names(index.sharesOf(fileId(1))), ["alice.txt"]);
  });

  check("totals, most fetched and public searches count nothing but public shares", (index) => {
    put(
      index,
      named(1, "public.txt", { size: 100 }),
      named(2, "class.txt", { visibility: "class" }),
      named(3, "private.txt", { visibility: "private" }),
      named(4, "copy.txt", { fileId: fileId(1), size: 100 }),
      named(5, "folder", { kind: "folder", size: 10, total: { size: 5000, files: 2 } }),
    );
    const completed = [1, 2, 3, 1].map((number) => (
      { ref: { fileId: fileId(number), owner: alice, shareId: shareId(number) }, bytes: 10, seconds: 1, sources: 1 }
    ));
    const unknown = { ...completed[0]!, ref: { ...completed[0]!.ref, shareId: shareId(99) } };
    const member = { ...completed[0]!, ref: { fileId: fileId(77), owner: alice, shareId: shareId(5) } };
    index.apply(change(bob, { completed: [...completed, unknown, member] }));
    const { since: _, ...totals } = index.totals("public");
    assert.deepEqual(totals, { files: 2, bytes: 5100, downloads: 2, transferred: 30 });
    assert.deepEqual(index.mostFetched(9).map(({ signed, downloads }) => [signed.record.name, downloads]), [[
      "public.txt",
      2,
    ]]);
    assert.deepEqual(names(index.search([], 9, "public")), ["folder", "copy.txt", "public.txt"]);
    assert.deepEqual(names(index.search(["private"], 9, "public")), []);
  });

  check("huge numbers are counted up to the largest exact one", (index) => {
    const size = 2 ** 44;
    put(index, ...Array.from({ length: 600 }, (_, n) => named(n + 1, `${n}.iso`, { size })));
    assert.ok(index.totals("public").bytes >= Number.MAX_SAFE_INTEGER);
  });

  check("activity is bounded, newest first, and stops naming a file that is no longer public", (index) => {
    const line = (name: string, number: number) => (
      { at: "2026-01-02T03:04:05.678Z", kind: "shared", peer: "alice", name, fileId: fileId(number) } as const
    );
    put(
      index,
      named(1, "one.txt"),
      named(2, "two.txt"),
      named(3, "three.txt"),
      named(4, "other.txt", { fileId: fileId(3) }),
    );
    index.apply(change(alice, { activity: [line("lost", 1), line("one.txt", 1), line("two.txt", 2)] }));
    index.apply(change(alice, { activity: [line("three.txt", 3)] }));
    const seen = index.activity(9);
    assert.deepEqual(seen.map(({ name }) => name), ["three.txt", "two.txt", "one.txt"]);
    assert.deepEqual(index.activity(1, seen[0]!.id).map(({ name }) => name), ["two.txt"]);
    put(index, named(2, "two.txt", { version: 2, visibility: "private" }), tombstone(3, 2));
    assert.deepEqual(index.activity(9).map(({ name }) => name), ["one.txt"]);
  });
}
