import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import type { PeerId } from "../../lib/core/ids.ts";
import type { LiveRecord, ShareRecord } from "../../lib/core/share_record.ts";
import { RANK } from "../../lib/core/search.ts";
import type { ShareQuery, SwarmChange, SwarmIndex } from "../../lib/ports.ts";
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
/** By date, newest first, as far as the query says nothing else; with words by relevance. */
const look = (index: SwarmIndex, query: Partial<ShareQuery> = {}) =>
  index.search({
    words: [],
    ownerWords: [],
    type: undefined,
    min: undefined,
    max: undefined,
    available: false,
    sort: query.words?.length ? "relevance" : "date",
    order: "desc",
    visible: "any",
    after: undefined,
    limit: 9,
    ...query,
  });
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
    ) assert.deepEqual(names(look(index, { words, sort: "date" })), expected, words.join(" "));
    assert.deepEqual(names(look(index, { limit: 1 })), ["c++ 50%.txt"]);
    assert.deepEqual(look(index, { words: ["mp4"] })[0], {
      key: RANK.wordPrefix,
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
    ) assert.deepEqual(names(look(index, { words: [word], visible })), expected, word);
    assert.deepEqual(names(look(index, { words: ["abcdef01"], limit: 1 })), ["secret.txt"]);
    assert.deepEqual(names(look(index, { words: ["abcdef01", "old"] })), []);
    put(index, tombstone(1, 2));
    assert.deepEqual(names(look(index, { words: ["abcdef01"], visible: "public" })), []);
  });

  check("names that are the words come before those that begin with them, then words that do, then parts", (index) => {
    put(
      index,
      named(1, "tele"),
      named(2, "Télé 2.mp4"),
      named(3, "ma tele"),
      named(4, "satellite.svg"),
      named(5, "TELE"),
      named(6, "tele"),
      named(7, "satele c++"),
      named(8, "c++ tele"),
    );
    for (
      const [words, expected] of [
        [["tele"], [[6, 4], [5, 4], [1, 4], [2, 3], [8, 2], [3, 2], [7, 1]]],
        [["tele", "2"], [[2, 3]]],
        [["2", "tele"], [[2, 2]]],
        [["c++"], [[8, 3], [7, 2]]],
        [["tel", "c"], [[8, 2], [7, 1]]],
        [["c", "tel"], [[8, 2], [7, 1]]],
        [["el"], [[8, 1], [7, 1], [6, 1], [5, 1], [4, 1], [3, 1], [2, 1], [1, 1]]],
      ] as const
    ) {
      const found = look(index, { words });
      assert.deepEqual(found.map(({ signed, key }) => [Number(signed.record.shareId), key]), expected, words.join(" "));
    }
  });

  check("filters leave out by type, size, owner and availability, whatever else there is", (index) => {
    put(
      index,
      named(1, "cours.pdf", { size: 10 }),
      named(2, "cours.PNG", { size: 20 }),
      named(3, "cours", { kind: "folder", size: 5, total: { size: 30, files: 2 } }),
      named(4, "cours.zzz", { size: 40, visibility: "private" }),
    );
    const record = { ...named(5, "cours.pdf", { size: 50 }), owner: bob };
    const { peer } = change(bob, {});
    index.apply({ ...change(bob, { records: [signed(record)] }), peer: { ...peer, name: "Zoé d’Œuvre" } });
    const held = { fileId: fileId(4), owner: alice, shareId: shareId(4) };
    index.noteCopies({
      present: [bob],
      held: [{ ref: held, peers: 2 }, { ref: { ...held, shareId: shareId(1) }, peers: 7 }],
    });
    for (
      const [query, expected] of [
        [{}, [5, 4, 3, 2, 1]],
        [{ type: "document" }, [5, 1]],
        [{ type: "image" }, [2]],
        [{ type: "folder" }, [3]],
        [{ type: "other" }, [4]],
        [{ type: "other", visible: "public" }, []],
        [{ type: "video" }, []],
        [{ min: 20, max: 40 }, [4, 3, 2]],
        [{ min: 51 }, []],
        [{ max: 0 }, []],
        [{ ownerWords: ["zoe"] }, [5]],
        [{ ownerWords: ["oeuv", "zo"] }, [5]],
        [{ ownerWords: ["zoe", "x"] }, []],
        [{ ownerWords: ["name", "of", "a"] }, [4, 3, 2, 1]],
        [{ available: true }, [5, 4]],
        [{ available: true, visible: "public" }, [5]],
        [{ type: "document", ownerWords: ["zoe"], min: 50, available: true }, [5]],
      ] as [Partial<ShareQuery>, number[]][]
    ) {
      for (const words of [[], ["cours"], ["co"], ["ours"]]) {
        for (const sort of ["date", "relevance"] as const) {
          if (sort === "relevance" && words.length === 0) continue;
          const found = look(index, { ...query, words, sort }).map(({ signed }) => Number(signed.record.shareId));
          assert.deepEqual(found.sort().reverse(), expected, JSON.stringify({ ...query, words, sort }));
        }
      }
    }
    index.noteCopies({ present: [], held: [] });
    assert.deepEqual(look(index, { available: true }), []);
    put(index, named(1, "photo.jpg", { version: 2, size: 11 }));
    assert.deepEqual(names(look(index, { type: "image", max: 11 })), ["photo.jpg"]);
  });

  check("each sort goes both ways, and each page begins where the one before ended", (index) => {
    const many = Array.from(
      { length: 60 },
      (_, n) =>
        named(n + 1, `${"éÉe€𐀀z"[n % 6]}${n % 4} notes.${["pdf", "png"][n % 2]}`, {
          size: (n * 7) % 11,
          at: new Date(1e12 + (n * 13) % 17).toISOString(),
          visibility: n % 10 === 0 ? "class" : "public",
        }),
    );
    put(index, ...many);
    index.noteCopies({
      present: [alice],
      held: many.flatMap(({ owner, shareId, fileId }, n) =>
        n % 3 === 0 ? [{ ref: { owner, shareId, fileId }, peers: n % 5 }] : []
      ),
    });
    for (const words of [[], ["notes"], ["otes"], ["e"], ["no", "pdf"]]) {
      for (const sort of ["relevance", "name", "size", "date", "copies"] as const) {
        for (const order of ["asc", "desc"] as const) {
          if (sort === "relevance" && (words.length === 0 || order === "asc")) continue;
          const query: Partial<ShareQuery> = { words, sort, order, visible: "public" };
          const whole = look(index, { ...query, limit: 100 });
          const keys = whole.map(({ key }) => key);
          const sorted = [...keys].sort((a, b) =>
            typeof a === "number" ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
          );
          assert.deepEqual(keys, order === "asc" ? sorted : sorted.reverse());
          const found = [];
          let after: ShareQuery["after"];
          while (true) {
            const page = look(index, { ...query, after, limit: 7 });
            found.push(...page);
            const last = page.at(-1);
            if (!last) break;
            const { owner, shareId } = last.signed.record;
            after = { key: last.key, owner, shareId };
          }
          assert.deepEqual(found, whole, `${words} ${sort} ${order}`);
          assert.ok(whole.length > 20 && whole.length <= 54);
        }
      }
    }
  });

  check(
    "a page goes on behind a share that was renamed or deleted meanwhile, and never behind an unknown one",
    (index) => {
      put(index, named(1, "a"), named(2, "b"), named(3, "c"));
      const query = { sort: "name", order: "asc" } as const;
      put(index, tombstone(2, 2));
      assert.deepEqual(names(look(index, { ...query, after: { key: "b", owner: alice, shareId: shareId(2) } })), ["c"]);
      const unknown = { key: "b", owner: bob, shareId: shareId(2) };
      assert.throws(() => look(index, { ...query, after: unknown }), { code: "bad-input" });
    },
  );

  check("one share is looked up with its owner and count while it is live", (index) => {
    put(index, named(1, "one.txt"), named(2, "two.txt"));
    const ref = { owner: alice, shareId: shareId(1) };
    const whole = { ...ref, fileId: fileId(1) };
    index.apply(change(bob, { completed: [{ ref: whole, bytes: 1, seconds: 1, sources: 1 }] }));
    assert.deepEqual(index.liveShare(ref), {
      signed: signed(named(1, "one.txt")),
      ownerName: "name of a",
      downloads: 1,
    });
    assert.equal(index.liveShare({ owner: bob, shareId: shareId(1) }), undefined);
    put(index, tombstone(1, 2));
    assert.equal(index.liveShare(ref), undefined);
    index.apply(change(alice, { restart: true }));
    assert.equal(index.liveShare({ owner: alice, shareId: shareId(2) }), undefined);
  });

  check("a renamed share is found under its new name only, and a deleted one not at all", (index) => {
    put(index, named(1, "before.txt"));
    put(index, named(1, "after.txt", { version: 2 }));
    assert.deepEqual(names(look(index, { words: ["before"] })), []);
    assert.deepEqual(names(look(index, { words: ["after"] })), ["after.txt"]);
    put(index, tombstone(1, 3));
    assert.deepEqual(names(look(index, { words: ["after"] })), []);
    assert.deepEqual(index.sharesOf(fileId(1)), []);
    assert.equal(index.share({ owner: alice, shareId: shareId(1) })?.deleted, true);
  });

  check("an older record never comes back, even after a deletion or a new beginning", (index) => {
    put(index, named(1, "old.txt", { version: 5 }), tombstone(2, 5), named(3, "third.txt", { version: 5 }));
    put(index, named(1, "older.txt", { version: 4 }), named(2, "back.txt", { version: 4 }));
    put(index, named(1, "same.txt", { version: 5 }), named(2, "back.txt", { version: 5 }));
    assert.deepEqual(names(look(index, { words: [] })), ["third.txt", "old.txt"]);
    index.apply(change(alice, { restart: true }));
    assert.deepEqual(look(index, { words: [] }), []);
    assert.equal(index.share({ owner: alice, shareId: shareId(1) }), undefined);
    put(index, named(1, "older.txt", { version: 4 }), named(2, "back.txt", { version: 5 }));
    assert.deepEqual(look(index, { words: [] }), []);
    put(index, named(1, "old.txt", { version: 5 }), named(3, "third.txt", { version: 6 }));
    assert.deepEqual(names(look(index, { words: ["txt"] })), ["third.txt", "old.txt"]);
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
    assert.deepEqual(names(look(index, { words: [], visible: "public" })), ["folder", "copy.txt", "public.txt"]);
    assert.deepEqual(names(look(index, { words: ["private"], visible: "public" })), []);
  });

  check("the history counts what anyone may see: bytes given, finished downloads, new shares, most peers", (index) => {
    const minute = 60_000;
    const at = (n: number) => ({ ...change(alice).peer, lastSeen: 1_000 * 3_600_000 + n * minute });
    const complete = (number: number) => (
      { ref: { fileId: fileId(number), owner: alice, shareId: shareId(number) }, bytes: 10, seconds: 1, sources: 1 }
    );
    const member = { ...complete(1), ref: { ...complete(1).ref, fileId: fileId(77) } };
    index.apply({ ...change(alice), peer: at(0), records: [1, 2].map((n) => signed(named(n, `${n}.txt`))) });
    const hidden = signed(named(3, "private.txt", { visibility: "private" }));
    index.apply({ ...change(alice), peer: at(1), records: [hidden, signed(named(1, "1b.txt", { version: 2 }))] });
    index.apply({ ...change(alice), peer: at(1), completed: [1, 1, 3].map(complete) });
    index.apply({ ...change(alice), peer: at(16), completed: [member], restart: true });
    index.apply({ ...change(alice), peer: at(16), records: [signed(named(1, "1b.txt", { version: 2 }))] });
    index.apply({ ...change(alice), peer: at(16), completed: [member] });
    index.notePresent(5, at(17).lastSeen);
    index.notePresent(3, at(17).lastSeen);
    const hour = 1_000 * 3_600;
    const empty = { peers: 0, downloads: 0, bytes: 0, shared: 0 };
    assert.deepEqual(index.history(60, 0), [
      { ...empty, from: hour, shared: 2 },
      { ...empty, from: hour + 60, downloads: 2, bytes: 20 },
      { ...empty, from: hour + 16 * 60, bytes: 10 },
      { ...empty, from: hour + 17 * 60, peers: 5 },
    ]);
    assert.deepEqual(index.history(900, hour), [
      { ...empty, from: hour, shared: 2, downloads: 2, bytes: 20 },
      { ...empty, from: hour + 900, bytes: 10, peers: 5 },
    ]);
    assert.deepEqual(index.history(3_600, hour), [{ peers: 5, downloads: 2, bytes: 30, shared: 2, from: hour }]);
    assert.deepEqual(index.history(900, hour + 1), index.history(900, hour).slice(1));
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
