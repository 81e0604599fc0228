import assert from "node:assert/strict";
import type { Certificate } from "../../lib/core/messages.ts";
import type { SwarmIndex, Visible } from "../../lib/swarm_ports.ts";
import { fileId, shareId, userId } from "../fakes.ts";
import { alice, aliceUser, ALL, bob, change, look, named, names, put, signed, tombstone } from "./swarm_index_setup.ts";

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
    index.apply({ ...change(alice), peer: { ...peer, serial: 8, index: undefined, user: aliceUser, name: "other" } });
    assert.deepEqual(index.peer(alice), { ...peer, serial: 8, index: undefined, user: aliceUser, name: "other" });
    assert.deepEqual([...index.keys([alice, bob, alice])], [[alice, peer.key]]);
  });

  check("downloads that were counted are remembered by peer", (index) => {
    index.apply({ ...change(bob), counted: ["a1", "a2"] });
    index.apply({ ...change(bob), counted: ["a2"] });
    assert.deepEqual(index.counted(bob, ["a1", "a3", "a2"]), new Set(["a1", "a2"]));
    assert.deepEqual(index.counted(alice, ["a1"]), new Set());
  });

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
    assert.deepEqual(names(index.sharesOf(fileId(1), ALL)), ["alice.txt"]);
  });

  check("the public shares of a content are found however many others hide behind them", (index) => {
    const hidden = Array.from({ length: 1_005 }, (_, number) => named(10 + number, "x.txt", { visibility: "private" }));
    put(index, named(1, "public.txt"), ...hidden.map((record) => ({ ...record, fileId: fileId(1) })));
    assert.deepEqual(names(index.sharesOf(fileId(1), "public")), ["public.txt"]);
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

  check("taken-down content is not live, whoever shares it and whenever, until it is allowed again", (index) => {
    const copy = { ...named(2, "copy.txt", { fileId: fileId(1) }), owner: bob };
    const count = () => index.totals("public").files;
    put(index, named(1, "one.txt"), named(3, "three.txt"));
    index.takeDown({ fileId: fileId(1), name: "one.txt", at: 5 });
    put(index, copy, { ...named(4, "folder", { fileId: fileId(1), kind: "folder" }), owner: bob });
    put(index, named(1, "renamed.txt", { version: 2 }));
    const gone = () => {
      assert.deepEqual(index.sharesOf(fileId(1), ALL), []);
      assert.equal(index.liveShare(copy), undefined);
      assert.deepEqual(names(look(index)), ["three.txt"]);
      assert.deepEqual(names(look(index, { words: ["txt"] })), ["three.txt"]);
      assert.equal(count(), 1);
      assert.deepEqual(index.takenDown(), [{ fileId: fileId(1), name: "one.txt", at: 5 }]);
    };
    gone();
    index.apply(change(alice, { restart: true, records: [named(1, "renamed.txt", { version: 2 })].map(signed) }));
    put(index, named(3, "three.txt"));
    gone();
    index.apply(change(bob, { completed: [{ ref: copy, bytes: 9, seconds: 1, sources: 1 }] }));
    assert.equal(index.totals("public").downloads, 0);
    assert.equal(index.share(copy)?.version, 1, "what it says of itself is still known");
    index.takeDown({ fileId: fileId(7), name: "unknown.txt", at: 9 });
    assert.deepEqual(index.takenDown().map(({ name }) => name), ["unknown.txt", "one.txt"]);
    index.allowAgain(fileId(7));
    index.allowAgain(fileId(1));
    assert.deepEqual(names(look(index)).sort(), ["copy.txt", "folder", "renamed.txt", "three.txt"]);
    assert.deepEqual([index.takenDown(), count()], [[], 2]);
    assert.deepEqual(index.history(60, 0).map(({ shared }) => shared), [2], "nothing of it is news");
  });

  check(
    "a share that is deleted or gets another content while it is taken down does not come back as it was",
    (index) => {
      put(index, named(1, "one.txt"), named(2, "two.txt", { fileId: fileId(1) }));
      index.takeDown({ fileId: fileId(1), name: "one.txt", at: 5 });
      put(index, tombstone(1, 2), named(2, "two.txt", { version: 2 }));
      assert.deepEqual(names(look(index)), ["two.txt"]);
      index.allowAgain(fileId(1));
      assert.deepEqual(names(look(index)), ["two.txt"]);
      assert.deepEqual(index.sharesOf(fileId(1), ALL), []);
    },
  );

  check("the newest lease of an owner is kept, until its index begins again", (index) => {
    const lease = (revision: number, text = `lease ${revision}`) => (
      { revision, lease: text, certificate: "AAAA" as Certificate }
    );
    assert.equal(index.leaseOf(alice), undefined);
    index.apply(change(alice, { lease: lease(3) }));
    index.apply(change(bob, { lease: lease(9) }));
    assert.deepEqual(index.leaseOf(alice), lease(3));
    index.apply(change(alice));
    index.apply(change(alice, { lease: lease(2) }));
    assert.deepEqual(index.leaseOf(alice), lease(3), "an older one is none");
    index.apply(change(alice, { lease: lease(3, "signed again") }));
    assert.deepEqual(index.leaseOf(alice), lease(3, "signed again"));
    index.apply(change(alice, { lease: lease(4) }));
    index.apply(change(alice, { restart: true }));
    assert.deepEqual([index.leaseOf(alice), index.leaseOf(bob)], [undefined, lease(9)]);
    index.apply(change(alice, { restart: true, lease: lease(1) }));
    assert.deepEqual(index.leaseOf(alice), lease(1));
  });

  check("each user sees the shares of a content that are for it, and no others", (index) => {
    const [bobUser, chloe] = [userId(0xb), userId(0xc)];
    put(
      index,
      named(1, "public", { fileId: fileId(1) }),
      named(2, "class", { fileId: fileId(1), visibility: "class" }),
      named(3, "for bob", { fileId: fileId(1), visibility: "private", allow: [bobUser] }),
      named(4, "for both", { fileId: fileId(1), visibility: "private", allow: [chloe, bobUser] }),
      named(5, "for nobody", { fileId: fileId(1), visibility: "private" }),
    );
    const seen = (visible: Visible) => names(index.sharesOf(fileId(1), visible));
    const views: [Visible, string[]][] = [
      ["public", ["public"]],
      [{ user: userId(0xd) }, ["class", "public"]],
      [{ user: chloe }, ["for both", "class", "public"]],
      [{ user: bobUser }, ["for both", "for bob", "class", "public"]],
      [ALL, ["for nobody", "for both", "for bob", "class", "public"]],
    ];
    for (const [visible, expected] of views) {
      assert.deepEqual(seen(visible), expected, JSON.stringify(visible));
      assert.deepEqual(names(look(index, { visible })), expected, JSON.stringify(visible));
    }
    put(index, named(4, "for chloe", { version: 2, fileId: fileId(1), visibility: "private", allow: [chloe] }));
    put(index, named(2, "mine", { version: 2, fileId: fileId(1), visibility: "private" }));
    assert.deepEqual(seen({ user: bobUser }), ["for bob", "public"]);
    assert.deepEqual(seen({ user: chloe }), ["for chloe", "public"]);
  });
}
