import assert from "node:assert/strict";
import { EssaimError } from "../../lib/core/errors.ts";
import { historyReplySchema, type SearchReply, searchReplySchema } from "../../lib/core/messages.ts";
import type { Caller } from "../../lib/core/permission.ts";
import type { ShareRecord } from "../../lib/core/share_record.ts";
import { SWARM_LIMITS } from "../../lib/core/swarm.ts";
import { codeOf, fileId, hexId, MemorySwarmIndex, peerId, shareId, userId } from "../fakes.ts";
import {
  alice,
  anonymous,
  bob,
  completionOf,
  downloadId,
  epoch,
  file,
  jws,
  memberAs,
  searchFor,
  tombstone,
  Tracker,
} from "./tracking_setup.ts";

const notFound = (work: () => unknown) =>
  assert.throws(work, (error: unknown) => error instanceof EssaimError && error.code === "not-found");

Deno.test("a shared file is found, with its owner as a source, and again after the tracker restarts", async () => {
  const index = new MemorySwarmIndex();
  const first = new Tracker(index);
  await first.share(file(1, { name: "Télé.mp4" }));
  assert.deepEqual(first.names("tele"), ["Télé.mp4"]);
  assert.deepEqual(first.peersOf(1), [[alice, "10.0.0.10"]]);
  const restarted = new Tracker(index);
  restarted.clock.advance(1);
  assert.deepEqual(restarted.names("tele"), ["Télé.mp4"]);
  assert.deepEqual(restarted.peersOf(1), []);
  const { index: position } = await restarted.signed(alice, { serial: 50, index: { epoch, from: 1, to: 1 } });
  assert.deepEqual(position, { epoch, version: 1 });
  assert.deepEqual(restarted.peersOf(1), [[alice, "10.0.0.10"]]);
});

Deno.test("announces after the first one need its token, from the same instance", async () => {
  const tracker = new Tracker();
  const { token } = await tracker.signed(alice);
  const { token: bobs } = await tracker.signed(bob);
  const again = await tracker.next(alice, token!);
  assert.equal(again.token, undefined);
  assert.deepEqual(again.peers.map(({ peerId, host }) => [peerId, host]), [[bob, "10.0.0.11"]]);
  for (const wrong of ["", "x".repeat(32), bobs!, "__proto__"]) {
    assert.equal(await codeOf(tracker.next(alice, wrong)), "unauthorized");
  }
  assert.equal(await codeOf(tracker.next(alice, token!, { instance: hexId(2, 32) })), "unauthorized");
  const { token: newer } = await tracker.signed(alice);
  assert.equal(await codeOf(tracker.next(alice, token!)), "unauthorized");
  await tracker.next(alice, newer!, { event: "stopped" });
  assert.equal(await codeOf(tracker.next(alice, newer!)), "unauthorized");
});

Deno.test("a replayed announce is refused, also after a restart of the tracker, and told the known serial", async () => {
  const index = new MemorySwarmIndex();
  const tracker = new Tracker(index);
  const { token } = await tracker.signed(alice, { serial: 7 });
  await tracker.next(alice, token!, { serial: 9 });
  assert.equal(await codeOf(tracker.next(alice, token!, { serial: 9 })), "conflict");
  assert.equal(await codeOf(tracker.signed(alice, { serial: 8 })), "conflict");
  await assert.rejects(new Tracker(index).signed(alice, { serial: 7 }), { details: { knownSerial: 7 } });
});

Deno.test("changes come as deltas, and one that does not fit is asked for again from the known place", async () => {
  const tracker = new Tracker();
  const { token } = await tracker.share(file(1), file(2));
  const at = (from: number, to: number, records: ShareRecord[], e = epoch) =>
    tracker.next(alice, token!, { index: { epoch: e, from, to }, records: jws(records) });
  assert.deepEqual((await at(5, 6, [file(3)])).index, { epoch, version: 2 });
  assert.deepEqual(tracker.names("file").length, 2);
  assert.deepEqual((await at(2, 3, [file(3)])).index, { epoch, version: 3 });
  assert.deepEqual((await at(2, 4, [file(3), file(4)])).index, { epoch, version: 4 });
  assert.equal(tracker.names("file").length, 4);
  const other = hexId<string>(2, 32);
  assert.deepEqual((await at(4, 5, [file(5)], other)).index, { epoch: other, version: 0 });
  assert.equal(tracker.names("file").length, 4);
  assert.deepEqual((await at(0, 1, [file(5)], other)).index, { epoch: other, version: 1 });
  assert.deepEqual(tracker.names("file"), ["file 5.txt"]);
  assert.equal(await codeOf(at(3, 2, [])), "bad-input");
});

Deno.test("a peer whose database is older than the tracker's knowledge begins again", async () => {
  const tracker = new Tracker();
  const { token } = await tracker.share(file(1), file(2), file(3));
  const { index } = await tracker.next(alice, token!, { index: { epoch, from: 1, to: 1 } });
  assert.deepEqual(index, { epoch, version: 0 });
});

Deno.test("a deleted share is gone at once and does not come back", async () => {
  const tracker = new Tracker();
  const { token } = await tracker.share(file(1));
  await tracker.next(alice, token!, { index: { epoch, from: 1, to: 2 }, records: jws([tombstone(file(1))]) });
  assert.deepEqual(tracker.names(""), []);
  notFound(() => tracker.peersOf(1));
  await tracker.next(alice, token!, { index: { epoch, from: 2, to: 3 }, records: jws([file(1)]) });
  assert.deepEqual(tracker.names(""), []);
});

Deno.test("another owner's record is never stored", async () => {
  const tracker = new Tracker();
  const forged = tracker.signed(bob, { records: jws([file(1)]), index: { epoch, from: 0, to: 1 } });
  assert.equal(await codeOf(forged), "bad-record");
  assert.deepEqual(tracker.names(""), []);
});

Deno.test("peers that stop or stay silent are sources no more", async () => {
  const tracker = new Tracker();
  const { token } = await tracker.share(file(1));
  tracker.clock.advance(60_000);
  await tracker.signed(bob, {
    holdings: [{ fileId: fileId(1), owner: alice, shareId: shareId(1), have: 1, of: 2 }],
  });
  assert.equal(tracker.peersOf(1).length, 2);
  tracker.clock.advance(30_000);
  tracker.track.expire();
  assert.deepEqual(tracker.peersOf(1), [[bob, "10.0.0.11"]]);
  assert.equal(await codeOf(tracker.next(alice, token!)), "unauthorized");
  await tracker.signed(bob, { event: "stopped" });
  assert.deepEqual(tracker.peersOf(1), []);
  assert.deepEqual(tracker.events.map(({ kind, peer }) => `${peer} ${kind}`), [
    "alice peer-joined",
    "alice shared",
    "bob peer-joined",
    "alice peer-left",
    "bob peer-left",
  ]);
});

Deno.test("the clock of the machine may jump without anyone expiring", async () => {
  const tracker = new Tracker();
  await tracker.share(file(1));
  for (const jump of [1e12, -2e12]) {
    tracker.clock.wall += jump;
    tracker.track.expire();
    assert.equal(tracker.swarm.size, 1);
  }
  await tracker.signed(bob);
});

Deno.test("nothing about class and private shares reaches someone outside", async () => {
  const tracker = new Tracker();
  const user = userId(5);
  const { token } = await tracker.share(
    file(1, { visibility: "class" }),
    file(2, { visibility: "private", allow: [user] }),
    file(3),
  );
  const completed = [1, 2].map((n) => (
    {
      id: downloadId(n),
      fileId: fileId(n),
      owner: alice,
      shareId: shareId(n),
      bytes: 10,
      seconds: 1,
      sources: 1,
    }
  ));
  await tracker.signed(bob, { completed });
  assert.deepEqual(tracker.names(""), ["file 3.txt"]);
  for (const hidden of [1, 2]) {
    notFound(() => tracker.peersOf(hidden));
    notFound(() => tracker.peersOf(hidden, { owner: alice, shareId: shareId(hidden) }));
  }
  const { files, downloads, transferred, mostFetched } = tracker.figures.stats();
  assert.deepEqual({ files, downloads, transferred, mostFetched }, {
    files: 1,
    downloads: 0,
    transferred: 0,
    mostFetched: [],
  });
  const told = JSON.stringify([tracker.events, tracker.figures.activity(50, undefined)]);
  assert.ok(!told.includes("file 1") && !told.includes("file 2") && told.includes("file 3"));
  const member: Caller = memberAs(user);
  assert.deepEqual(tracker.names("", member).length, 3);
  assert.deepEqual(tracker.names("", memberAs(userId(6))).length, 2);

  const hide = file(3, { version: 2, visibility: "private" });
  await tracker.next(alice, token!, { index: { epoch, from: 3, to: 4 }, records: jws([hide]) });
  assert.deepEqual(tracker.names(""), []);
  assert.ok(!JSON.stringify(tracker.figures.activity(50, undefined)).includes("file 3"));
  assert.deepEqual(tracker.events.at(-1)?.kind, "removed");
  assert.equal(tracker.events.at(-1)?.name, undefined);
});

Deno.test("a file in a folder is found through the folder's share only", async () => {
  const tracker = new Tracker();
  await tracker.share(file(1, { kind: "folder", name: "Cours" }), file(2));
  const via = { owner: alice, shareId: shareId(1) };
  await tracker.signed(bob, { holdings: [{ ...via, fileId: fileId(77), have: 2, of: 3 }] });
  notFound(() => tracker.peersOf(77));
  notFound(() => tracker.peersOf(77, { owner: bob, shareId: shareId(1) }));
  notFound(() => tracker.peersOf(77, { owner: alice, shareId: shareId(2) }));
  assert.deepEqual(tracker.peersOf(77, via).sort(), [[alice, "10.0.0.10"], [bob, "10.0.0.11"]]);
  assert.deepEqual(tracker.peersOf(1, via), [[alice, "10.0.0.10"]]);
});

Deno.test("pages of a search have every result once, best first", async () => {
  const tracker = new Tracker();
  const names = [
    "notes",
    "notes de maths",
    "mes notes",
    "footnotes",
    ...Array.from({ length: 20 }, (_, n) => `x notes ${n}`),
  ];
  await tracker.share(...names.map((name, n) => file(n + 1, { name, at: `2026-01-02T03:04:${10 + (n >> 1)}Z` })));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = searchReplySchema.parse(tracker.ask.search(searchFor({ q: "notes", cursor, limit: "5" }), anonymous));
    assert.deepEqual(page, tracker.ask.search(searchFor({ q: "notes", cursor, limit: "5" }), anonymous));
    seen.push(...page.results.map(({ name }) => name));
    cursor = page.cursor;
  } while (cursor !== undefined);
  assert.deepEqual([...seen].sort(), [...names].sort());
  assert.deepEqual([seen[0], seen[1], seen.at(-1)], ["notes", "notes de maths", "footnotes"]);
  for (const bad of ["x", "9~1~a~b", "__proto__"]) {
    assert.throws(() => tracker.ask.search(searchFor({ q: "a", cursor: bad }), anonymous), /cursor/);
  }
});

Deno.test("pages of a search in any order have every result once, and only what the caller may read", async () => {
  const tracker = new Tracker();
  const user = userId(5);
  const member: Caller = memberAs(user);
  const records = Array.from({ length: 90 }, (_, n) =>
    file(n + 1, {
      name: `${"abc"[n % 3]} ${n % 7}.pdf`,
      size: n % 5,
      at: `2026-01-02T03:04:${10 + (n % 40)}Z`,
      visibility: n % 9 === 0 ? "public" : "private",
      allow: n % 2 === 0 ? [user] : [],
    }));
  await tracker.share(...records);
  const callers: [Caller, number][] = [[anonymous, 10], [member, 50]];
  for (const sort of ["relevance", "name", "size", "date", "copies"] as const) {
    for (const order of ["asc", "desc"] as const) {
      for (const [caller, expected] of callers) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page: SearchReply = tracker.ask.search(
            searchFor({ q: "pdf", sort, order, limit: "3", cursor }),
            caller,
          );
          assert.ok(page.results.length <= 3);
          seen.push(...page.results.map(({ shareId }) => shareId));
          cursor = page.cursor;
        } while (cursor !== undefined);
        assert.deepEqual([seen.length, new Set(seen).size], [expected, expected], `${sort} ${order} ${caller.kind}`);
      }
    }
  }
});

Deno.test("copies are the present peers that have some of a file, and available is what has one", async () => {
  const tracker = new Tracker();
  await tracker.share(file(1), file(2), file(3, { visibility: "private" }));
  const search = (parameters: Record<string, string>) =>
    tracker.ask.search(searchFor(parameters), anonymous).results.map(({ name, peers }) => [name, peers]);
  assert.deepEqual(search({ sort: "copies" }), [["file 2.txt", 1], ["file 1.txt", 1]]);
  const held = [1, 3].map((n) => ({ fileId: fileId(n), owner: alice, shareId: shareId(n), have: 1, of: 2 }));
  await tracker.signed(bob, { holdings: held });
  tracker.clock.advance(10_000);
  assert.deepEqual(search({ sort: "copies" }), [["file 1.txt", 2], ["file 2.txt", 1]]);
  assert.deepEqual(search({ sort: "copies", order: "asc" }), [["file 2.txt", 1], ["file 1.txt", 2]]);
  await tracker.signed(alice, { event: "stopped", index: { epoch, from: 3, to: 3 } });
  tracker.clock.advance(10_000);
  assert.deepEqual(search({ available: "1" }), [["file 1.txt", 1]]);
  assert.deepEqual(search({ available: "1", q: "file 2" }), []);
});

Deno.test("counts of many shares come in the order asked, and none of what does not exist or is not the caller's", async () => {
  const tracker = new Tracker();
  const user = userId(5);
  await tracker.share(file(1), file(2, { visibility: "private", allow: [user] }), file(4));
  await tracker.signed(alice, { index: { epoch, from: 3, to: 4 }, records: jws([tombstone(file(4))]) });
  const holdings = [{ fileId: fileId(1), owner: alice, shareId: shareId(1), have: 1, of: 2 }];
  tracker.members.enrol(bob, user);
  await tracker.signed(bob, { holdings, completed: [completionOf(1), completionOf(2, { ...file(2) })] });
  await tracker.signed(peerId(0xc), { completed: [completionOf(3, { ...file(2) })] }); // it may not read that one
  const refs = [3, 2, 1, 4, 1].map((n) => ({ owner: alice, shareId: shareId(n) }));
  const first = { peers: 2, downloads: 1 };
  assert.deepEqual(tracker.ask.counts({ refs }, anonymous), { counts: [null, null, first, null, first] });
  const member: Caller = memberAs(user);
  assert.deepEqual(tracker.ask.counts({ refs }, member).counts[1], { peers: 1, downloads: 1 });
});

Deno.test("a full tracker refuses newcomers and keeps the peers it has", async () => {
  const tracker = new Tracker(undefined, { ...SWARM_LIMITS, peers: 1 });
  const { token } = await tracker.signed(alice);
  assert.equal(await codeOf(tracker.signed(bob)), "limited");
  await tracker.next(alice, token!);
  assert.equal(tracker.index.peer(bob), undefined);
});

Deno.test("a peer cannot count more bytes for a download than the file has", async () => {
  const tracker = new Tracker();
  await tracker.share(file(1, { size: 500 }));
  const download = completionOf(1, { bytes: 1e15 });
  const other = { ...download, id: downloadId(2), shareId: shareId(9) };
  await tracker.signed(bob, { event: "completed", completed: [download, other] });
  const { downloads, transferred, mostFetched } = tracker.figures.stats();
  assert.deepEqual([downloads, transferred, mostFetched[0]?.downloads], [1, 500, 1]);
});

Deno.test("the history of an hour and the sum of today grow with what is given, until midnight", async () => {
  const tracker = new Tracker();
  tracker.clock.wall = new Date(2026, 2, 4, 23, 50).getTime();
  await tracker.share(file(1, { size: 500 }), file(2, { visibility: "private" }));
  const { token } = await tracker.signed(bob);
  tracker.track.expire();
  tracker.clock.advance(60_000);
  const hidden = { ...completionOf(2), shareId: shareId(2), fileId: fileId(2) };
  await tracker.next(bob, token!, { event: "completed", completed: [completionOf(1), hidden] });
  const { range, everySeconds, from, buckets } = historyReplySchema.parse(tracker.figures.history("hour"));
  assert.deepEqual([range, everySeconds, buckets.length], ["hour", 60, 60]);
  assert.equal(Date.parse(from), tracker.clock.wall - 59 * 60_000);
  assert.deepEqual(buckets.slice(-2), [
    { peers: 2, downloads: 0, bytes: 0, shared: 1 },
    { peers: 0, downloads: 1, bytes: 10, shared: 0 },
  ]);
  assert.deepEqual(tracker.figures.stats().today, { downloads: 1, transferred: 10 });
  tracker.clock.advance(10 * 60_000);
  assert.deepEqual(tracker.figures.stats().today, { downloads: 0, transferred: 0 });
  assert.equal(tracker.figures.history("day").buckets.at(-2)?.bytes, 10);
  assert.equal(tracker.figures.history("week").buckets.at(-2)?.shared, 1);
});

Deno.test("a completed download that is told again, because the answer got lost, is counted once", async () => {
  const tracker = new Tracker();
  await tracker.share(file(1, { size: 500 }));
  const completed = [completionOf(1), completionOf(1)];
  await tracker.signed(bob, { event: "completed", completed });
  const { token } = await tracker.signed(bob, { event: "completed", completed });
  await tracker.next(bob, token!, { event: "completed", completed: [completionOf(2)] });
  assert.equal(tracker.index.totals("public").downloads, 2);
  assert.equal(tracker.events.filter(({ kind }) => kind === "completed").length, 2);
  await tracker.signed(peerId(0xc), { event: "completed", completed });
  assert.equal(tracker.index.totals("public").downloads, 3);
});

Deno.test("a completed download counts once also over a restart of the tracker, and not before its share is known", async () => {
  const index = new MemorySwarmIndex();
  const first = new Tracker(index);
  const completed = [completionOf(1)];
  assert.deepEqual((await first.signed(bob, { event: "completed", completed })).later, [downloadId(1)]);
  await first.share(file(1, { size: 500 }));
  assert.equal((await first.signed(bob, { event: "completed", completed })).later, undefined);
  const second = new Tracker(index);
  second.clock.advance(1);
  const serial = 1e6;
  assert.equal((await second.signed(bob, { serial, event: "completed", completed })).later, undefined);
  assert.equal(index.totals().downloads, 1);
});

Deno.test("two announces of one peer at once are taken one after the other", async () => {
  const tracker = new Tracker();
  const replies = await Promise.allSettled([2, 2, 1].map((serial) => tracker.signed(alice, { serial })));
  assert.deepEqual(replies.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
});
