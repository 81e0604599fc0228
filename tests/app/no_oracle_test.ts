import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { HISTORY_RANGES } from "../../lib/core/history.ts";
import type { ClassId, FileId, UserId } from "../../lib/core/ids.ts";
import { writeCursor } from "../../lib/core/search_cursor.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { asEssaimError } from "../../lib/core/errors.ts";
import { CLASS_ID, fileId, hexId, peerId, shareId, userId } from "../fakes.ts";
import { Classroom, type Computer, fileOf } from "./leases_setup.ts";
import { readAll } from "./serving_setup.ts";
import {
  alice,
  aliceUser,
  anonymous,
  asker,
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

/** Whatever strangers ask, the answer about something that is not for them is the one about something that is not there. */

const [reader, stranger] = [userId(5), userId(6)] as [UserId, UserId];
const OTHER_CLASS = hexId<ClassId>(7, 64);

/** All that can be seen of an answer. */
async function seen(work: () => unknown): Promise<unknown> {
  try {
    return { answer: await work() };
  } catch (caught) {
    const { code, message, status, retryAfterMs, details } = asEssaimError(caught);
    return { code, message, status, retryAfterMs, details };
  }
}

/* ---- A peer: owner and secondary seeder ---- */

const PEER_QUESTIONS: Record<string, (peer: Computer, owner: Computer, number: number, caller: Caller) => unknown> = {
  "what of a file is here": ({ serve }, _, number, caller) => serve.manifest(idOf(number), caller),
  "its hashes": ({ serve }, _, number, caller) => readAll(serve.hashes(idOf(number), caller)),
  "one chunk": async ({ serve }, _, number, caller) => await readAll(await serve.chunks(idOf(number), 0, 0, caller)),
  "chunks out of range": async ({ serve }, _, number, caller) =>
    await readAll(await serve.chunks(idOf(number), 7, 9, caller)),
  "a range that makes no sense": async ({ serve }, _, number, caller) =>
    await readAll(await serve.chunks(idOf(number), 3, 1, caller)),
  "the whole file": async ({ serve }, _, number, caller) =>
    await readAll(await (await serve.content(idOf(number), caller)).body(0, 5)),
  "a bundle": async ({ serve }, _, number, caller) => await readAll(await serve.bundle([idOf(number)], 1_000, caller)),
  "a lease of its own": ({ leases, id }, _, number, caller) =>
    leases.answer({ owner: id, shares: [shareId(number)] }, caller),
  "a lease of the owner": ({ leases }, owner, number, caller) =>
    leases.answer({ owner: owner.id, shares: [shareId(number)] }, caller),
};
const idOf = (number: number): FileId => fileOf(number).manifest.id;

for (const [question, ask] of Object.entries(PEER_QUESTIONS)) {
  Deno.test(`a peer that is asked for ${question} says the same of what is hidden as of what does not exist`, async () => {
    await using room = new Classroom();
    const owner = await room.computer(1);
    const holder = await room.computer(5);
    await owner.share(1, { visibility: "private", allow: [reader] });
    await owner.share(2, { visibility: "class" });
    await owner.share(3, { visibility: "private", allow: [reader] });
    await owner.share(3, undefined);
    for (const number of [1, 2]) await holder.fetch(owner, number);
    await holder.leases.refresh(holder.records.granting(idOf(1)));
    const strangers: [string, Caller, number[]][] = [
      ["anyone", { kind: "anonymous", address: "10.0.0.99" }, [1, 2, 3]],
      ["another class", { ...owner.caller, class: OTHER_CLASS }, [1, 2, 3]],
      ["a member who may not", { ...owner.caller, peer: peerId(9), user: stranger }, [1, 3]],
    ];
    for (const peer of [owner, holder]) {
      for (const [who, caller, hidden] of strangers) {
        const about = async (number: number) => {
          await peer.serve.prepare([idOf(number)], caller);
          return await seen(() => ask(peer, owner, number, caller));
        };
        const unknown = await about(99);
        for (const number of hidden) {
          const asked = owner.asked;
          assert.deepEqual(await about(number), unknown, `${who}, share ${number}`);
          assert.equal(owner.asked, asked, "nobody is asked for a stranger");
        }
      }
    }
    const mine = { ...owner.caller, peer: peerId(9), user: reader };
    const known = ["a lease of its own", "a range that makes no sense"];
    if (!known.includes(question)) {
      const [given, none] = [1, 99].map((number) => seen(() => ask(owner, owner, number, mine)));
      assert.notDeepEqual(await given, await none, "whom it is for gets another answer");
    }
  });
}

/* ---- The tracker ---- */

const TRACKER_QUESTIONS: Record<string, (tracker: Tracker, number: number, caller: Caller) => unknown> = {
  "who has a file": ({ ask }, number, caller) => ask.filePeers(fileId(number), undefined, caller, asker),
  "who has a file of a share": ({ ask }, number, caller) =>
    ask.filePeers(fileId(number), { owner: alice, shareId: shareId(number) }, caller, asker),
  "who has another file of a share": ({ ask }, number, caller) =>
    ask.filePeers(fileId(77), { owner: alice, shareId: shareId(number) }, caller, asker),
  "what a page shows of it": ({ ask }, number, caller) => ask.file(fileId(number), caller, asker),
  "its counts": ({ ask }, number, caller) => ask.counts({ refs: [{ owner: alice, shareId: shareId(number) }] }, caller),
  "a lease": ({ ask }, number, caller) => ask.lease({ owner: alice, shares: [shareId(number)] }, caller),
  "its id": ({ ask }, number, caller) => ask.search(searchFor({ q: fileId(number) }), caller),
  "its name": ({ ask }, number, caller) => ask.search(searchFor({ q: `file ${number}` }), caller),
  "what comes after it": ({ ask }, number, caller) => {
    const cursor = writeCursor({ key: "file", owner: alice, shareId: shareId(number) }, "name", "asc");
    return ask.search(searchFor({ q: "file", sort: "name", order: "asc", cursor }), caller);
  },
};

/** A tracker where alice hides some of what she shares. */
async function hiding(): Promise<Tracker> {
  const tracker = new Tracker();
  const certificate = tracker.members.enrol(alice, aliceUser);
  tracker.members.enrol(bob, reader);
  const lease = JSON.stringify({
    ...{ class: CLASS_ID, owner: alice, revision: 5 },
    ...{ at: "2026-01-02T03:04:05.678Z", until: "2026-01-03T03:04:05.678Z" },
  });
  const records = [
    file(1, { visibility: "private", allow: [reader] }),
    file(2, { visibility: "class" }),
    file(3, { visibility: "private", allow: [reader], kind: "folder" }),
    tombstone(file(4)),
  ];
  await tracker.signed(alice, {
    records: jws(records),
    index: { epoch, from: 0, to: 5 },
    lease: { lease, certificate },
  });
  const held = [1, 2, 3].map((number) => ({
    fileId: fileId(number),
    owner: alice,
    shareId: shareId(number),
    have: 1,
    of: 1,
  }));
  await tracker.signed(bob, { holdings: held });
  return tracker;
}

for (const [question, ask] of Object.entries(TRACKER_QUESTIONS)) {
  Deno.test(`a tracker that is asked for ${question} says the same of what is hidden as of what does not exist`, async () => {
    const tracker = await hiding();
    const strangers: [string, Caller, number[]][] = [
      ["anyone", anonymous, [1, 2, 3, 4]],
      ["a member who may not", memberAs(stranger), [1, 3, 4]],
    ];
    for (const [who, caller, hidden] of strangers) {
      const unknown = await seen(() => ask(tracker, 99, caller));
      for (const number of hidden) {
        const answer = await seen(() => ask(tracker, number, caller));
        assert.deepEqual(answer, unknown, `${who}, share ${number}`);
        assert.ok(!JSON.stringify(answer).includes(`file ${number}`));
      }
    }
    const unknown = await seen(() => ask(tracker, 99, memberAs(reader)));
    const known = await Promise.all([1, 3].map((number) => seen(() => ask(tracker, number, memberAs(reader)))));
    assert.ok(known.some((answer) => !isDeepStrictEqual(answer, unknown)), "whom it is for gets another answer");
  });
}

Deno.test("the whole of what a stranger sees of a tracker is the same whether or not others share with each other", async () => {
  const world = async (hidden: boolean) => {
    const tracker = new Tracker();
    const certificate = tracker.members.enrol(alice, aliceUser);
    tracker.members.enrol(bob, reader);
    const secret = [
      file(11, { visibility: "private", allow: [reader] }),
      file(12, { visibility: "private", allow: [reader], kind: "folder", total: { size: 9, files: 2 } }),
    ];
    const records = [file(1), ...hidden ? secret : [], file(2), file(3, { visibility: "class" })];
    const lease = JSON.stringify({
      ...{ class: CLASS_ID, owner: alice, revision: 5 },
      ...{ at: "2026-01-02T03:04:05.678Z", until: "2026-01-03T03:04:05.678Z" },
    });
    await tracker.signed(alice, {
      records: jws(records),
      index: { epoch, from: 0, to: 5 },
      lease: { lease, certificate },
    });
    const held = secret.map(({ fileId, owner, shareId }) => ({ fileId, owner, shareId, have: 1, of: 1 }));
    const completed = secret.map((share, n) => completionOf(n + 1, { ...share, id: downloadId(n + 1), bytes: 500 }));
    await tracker.signed(bob, hidden ? { holdings: held, completed, event: "completed" } : { event: "completed" });
    tracker.track.expire();
    const refs = [1, 2, 3, 11, 12, 99].map((number) => ({ owner: alice, shareId: shareId(number) }));
    const views = [];
    for (const caller of [anonymous, memberAs(stranger)]) {
      for (const sort of ["relevance", "name", "size", "date", "copies"] as const) {
        for (const order of ["asc", "desc"] as const) {
          for (const filter of [{}, { available: "1" }, { type: "folder" }, { owner: "alice" }, { min: "1" }]) {
            for (const q of ["", "file", "ile", "file 1", fileId(11).slice(0, 12)]) {
              const search = { q, sort, order, limit: "2", ...filter };
              let cursor: string | undefined;
              do {
                const page = await seen(() => tracker.ask.search(searchFor({ ...search, cursor }), caller)) as {
                  answer?: { cursor?: string };
                };
                cursor = page.answer?.cursor;
                views.push(page);
              } while (cursor !== undefined);
            }
          }
        }
      }
      views.push(tracker.ask.counts({ refs }, caller));
      for (const number of [1, 2, 3, 11, 12]) {
        views.push(await seen(() => tracker.ask.filePeers(fileId(number), undefined, caller, asker)));
        views.push(await seen(() => tracker.ask.file(fileId(number), caller, asker)));
      }
      const shares = refs.map(({ shareId }) => shareId);
      views.push(await seen(() => tracker.ask.lease({ owner: alice, shares }, caller)));
    }
    views.push(
      tracker.figures.stats(),
      tracker.figures.present(),
      tracker.figures.freshBoard(),
      tracker.figures.activity(50, undefined),
    );
    views.push(
      ...HISTORY_RANGES.map((range) => tracker.figures.history(range)),
      tracker.events,
      tracker.track.counters,
    );
    const outsider = await tracker.signed(peerId(0xc));
    views.push({ ...outsider, token: "" });
    return views;
  };
  assert.deepEqual(await world(true), await world(false));
});
