import assert from "node:assert/strict";
import fc from "fast-check";
import { openNeighbourIndex } from "../../lib/adapters/sqlite_neighbour_index.ts";
import { signatures } from "../../lib/adapters/signatures.ts";
import { NeighbourIndexes } from "../../lib/app/neighbour_indexes.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId } from "../../lib/core/ids.ts";
import type { IndexPage, IndexPosition } from "../../lib/core/messages.ts";
import { type Caller, mayRead } from "../../lib/core/permission.ts";
import type { Address } from "../../lib/ports.ts";
import { hexId, shareId, userId } from "../fakes.ts";
import { until } from "../fakes_download.ts";
import { Classroom, type Computer, fileOf } from "./leases_setup.ts";

const DAY_MS = 24 * 3_600_000;

/** A computer that follows what others share. */
class Follower implements AsyncDisposable {
  readonly store;
  readonly indexes: NeighbourIndexes;
  /** Questions that came, and how they were asked. */
  readonly asked: { of: string; secure: boolean; since: IndexPosition | undefined }[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  /** How an index answers, when not as it is. */
  answer: ((owner: Computer, page: IndexPage) => Promise<IndexPage>) | undefined;

  constructor(readonly room: Classroom, readonly me: Computer, keepMs = 7 * DAY_MS) {
    this.store = openNeighbourIndex(":memory:", me.log);
    this.indexes = new NeighbourIndexes({
      ...{ store: this.store, neighbours: me.neighbours, clock: room.clock, log: me.log, keepMs },
      ...{ signatures: signatures(), members: room.members },
      joined: () => me.joined,
      peers: { index: (at, since) => this.#index(at, since) },
    });
    this.indexes.start();
  }

  async #index(at: Address, since: IndexPosition | undefined): Promise<IndexPage> {
    const owner = [...this.room.peers.values()].find(({ id }) => id === at.host);
    const secure = at.secure !== undefined;
    this.asked.push({ of: at.host, secure, since });
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      if (owner === undefined) throw new EssaimError("unreachable", "Nobody answers.");
      const caller: Caller = secure ? this.me.caller : { kind: "anonymous", address: "10.0.0.9" };
      const page = await owner.index.page(since === undefined ? null : `${since.epoch}.${since.version}`, caller);
      return await (this.answer?.(owner, page) ?? Promise.resolve(page));
    } finally {
      this.atOnce--;
    }
  }

  /** It hears how far the owner is, and what is kept becomes that. */
  async follow(owner: Computer): Promise<void> {
    this.indexes.heard(owner.id, owner.records.position);
    await this.becomes(() => {
      const { epoch, version } = owner.records.position;
      const { position } = this.store.get(owner.id) ?? {};
      if (version === 0 && position === undefined) return true;
      return position?.epoch === epoch && position.version === version;
    });
  }

  becomes(condition: () => boolean): Promise<void> {
    return until(() => {
      if (condition()) return true;
      this.room.clock.advance(50);
      return false;
    }, "the index is followed");
  }

  names(q = ""): string[] {
    return this.indexes.search({ q }).map(({ shareId: id }) => `share ${parseInt(id, 16)}`).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.indexes.close();
    this.store[Symbol.dispose]();
  }
}

async function setup() {
  const room = new Classroom();
  const [owner, me] = [await room.computer(1), await room.computer(2)];
  me.meet(owner);
  return { room, owner, me };
}

Deno.test("what a neighbour shares is found without the tracker as soon as it is heard of, and no longer once it is taken back", async () => {
  const { room, owner, me } = await setup();
  await using _ = room;
  await using follower = new Follower(room, me);
  await owner.share(1, { name: "Devoir été.pdf" });
  await owner.share(2, { name: "carte.png", visibility: "class" });
  await owner.share(3, { name: "secret.txt", visibility: "private", allow: [userId(2)] });
  await owner.share(4, { name: "other secret.txt", visibility: "private", allow: [userId(9)] });
  await follower.follow(owner);
  assert.deepEqual(follower.names(), ["share 1", "share 2", "share 3"]);
  assert.deepEqual(follower.names("ete"), ["share 1"]);
  const [found] = follower.indexes.search({ q: "devoir" });
  assert.deepEqual([found?.peers, found?.seenAt, found?.member, found?.ownerId], [1, undefined, true, owner.id]);
  await owner.share(1, undefined);
  await owner.share(3, { visibility: "private", allow: [userId(9)] });
  await follower.follow(owner);
  assert.deepEqual(follower.names(), ["share 2"]);
  assert.ok(follower.asked.every(({ secure }) => secure));
  assert.equal(follower.asked.at(-1)?.since?.version, 4, "only what changed is asked for");
});

Deno.test("who never shared anything is not asked, and as soon as it does it is", async () => {
  const { room, owner, me } = await setup();
  await using _ = room;
  await using follower = new Follower(room, me);
  for (let second = 0; second < 10; second++) {
    follower.indexes.heard(owner.id, owner.records.position);
    room.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.deepEqual(follower.asked, []);
  assert.equal(follower.indexes.isEmpty, false);
  await owner.share(1, {});
  await follower.follow(owner);
  assert.deepEqual(follower.names(), ["share 1"]);
});

Deno.test("of an owner who is away it is said when it was seen last, until its shares are forgotten", async () => {
  const { room, owner, me } = await setup();
  await using _ = room;
  await using follower = new Follower(room, me, 2 * 3_600_000);
  await owner.share(1, {});
  await follower.follow(owner);
  const seen = room.clock.now();
  room.clock.advance(10 * 60_000);
  const [found] = follower.indexes.search({});
  assert.equal(found?.peers, 0);
  assert.ok(Math.abs(Date.parse(found!.seenAt!) - seen) < 10_000);
  assert.deepEqual(follower.indexes.search({ available: true }), []);
  assert.equal((await follower.indexes.recordsOf(fileOf(1).manifest.id)).length, 1);
  room.clock.advance(2 * 3_600_000);
  await follower.becomes(() => follower.store.list().length === 0);
  assert.deepEqual(follower.indexes.search({}), []);
});

Deno.test("nothing of a class is shown after leaving it, nor what a removed computer shares that is not public", async () => {
  const { room, owner, me } = await setup();
  await using _ = room;
  const other = await room.computer(3);
  me.meet(other);
  await using follower = new Follower(room, me);
  await owner.share(1, {});
  await owner.share(2, { visibility: "class" });
  await other.share(3, { visibility: "class" });
  await follower.follow(owner);
  await follower.follow(other);
  assert.deepEqual(follower.names(), ["share 1", "share 2", "share 3"]);
  room.members.revoked.add(other.id);
  assert.deepEqual(follower.names(), ["share 1", "share 2"]);
  me.joined = undefined;
  assert.deepEqual(follower.names(), ["share 1"]);
  assert.deepEqual(await follower.indexes.recordsOf(fileOf(2).manifest.id), []);
  await follower.becomes(() => follower.store.list().every(({ shares }) => shares <= 1));
  await follower.becomes(() =>
    follower.asked.at(-1)?.secure === false && follower.store.get(owner.id)?.position !== undefined
  );
  assert.deepEqual(follower.names(), ["share 1"]);
  me.joined = { ...(await room.computer(2)).joined!, class: { id: hexId<ClassId>(7, 64), name: "another" } };
  assert.deepEqual(follower.names(), ["share 1"]);
});

Deno.test("an index that begins again takes the place of the one before", async () => {
  const { room, owner, me } = await setup();
  await using _ = room;
  await using follower = new Follower(room, me);
  for (const number of [1, 2, 3]) await owner.share(number, {});
  await follower.follow(owner);
  owner.db.exec("UPDATE meta SET value = lower(hex(randomblob(16))) WHERE name = 'epoch'");
  owner.db.exec("DELETE FROM records WHERE index_version = 2");
  await follower.follow(owner);
  assert.deepEqual(follower.names(), ["share 1", "share 3"]);
  owner.db.exec("DELETE FROM records WHERE index_version = 3");
  owner.db.exec("UPDATE meta SET value = 1 WHERE name = 'version'"); // a copy of its database was restored
  room.clock.advance(120_000);
  me.meet(owner);
  await follower.follow(owner);
  assert.deepEqual(follower.names(), ["share 1"]);
});

Deno.test("a neighbour cannot speak for others, and what proves nothing is left out", async () => {
  const { room, owner, me } = await setup();
  await using _ = room;
  const victim = await room.computer(3);
  await victim.share(7, {});
  const foreign = victim.records.ownShare(shareId(7))!.signed.jws;
  await owner.share(1, {});
  await using follower = new Follower(room, me);
  follower.answer = (_, page) =>
    Promise.resolve({
      ...page,
      keys: { ...page.keys, [victim.id]: victim.identity.publicKey },
      records: [...page.records, foreign, page.records[0]!.slice(0, -8) + "AAAAAAAA"],
    });
  await follower.follow(owner);
  assert.deepEqual(follower.names(), ["share 1"]);
  assert.ok(me.log.codes.includes("record-refused"));
  follower.answer = (_, page) => Promise.resolve({ ...page, keys: { [owner.id]: victim.identity.publicKey } });
  await owner.share(1, undefined);
  follower.indexes.heard(owner.id, owner.records.position);
  await follower.becomes(() => me.log.codes.includes("index-not-pulled"));
  assert.deepEqual(follower.names(), ["share 1"], "whoever has not the owner's key takes nothing away");
});

Deno.test("at most four neighbours are asked at once, one that fails ever more seldom, and old beacons change nothing", async () => {
  const { room, owner, me } = await setup();
  await using _ = room;
  for (let number = 3; number < 11; number++) me.meet(await room.computer(number));
  await using follower = new Follower(room, me);
  const held = Promise.withResolvers<void>();
  follower.answer = async (_, page) => {
    await held.promise;
    return page;
  };
  await follower.becomes(() => follower.asked.length === 4);
  for (let second = 0; second < 20; second++) room.clock.advance(1_000);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([follower.asked.length, follower.mostAtOnce], [4, 4]);
  held.resolve();
  await follower.becomes(() => follower.asked.length >= 9 && follower.atOnce === 0);
  const before = follower.asked.length;
  const old = owner.records.position;
  await owner.share(1, {});
  me.meet(owner);
  await follower.follow(owner);
  assert.equal(follower.asked.length, before + 1);
  for (let time = 0; time < 10; time++) {
    follower.indexes.heard(owner.id, old);
    room.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.equal(follower.asked.length, before + 1);
  follower.answer = () => Promise.reject(new EssaimError("unreachable", "It is away."));
  await owner.share(2, {});
  for (let second = 0; second < 120; second++) {
    me.meet(owner);
    follower.indexes.heard(owner.id, owner.records.position);
    room.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const questions = follower.asked.slice(before).filter(({ of }) => of === owner.id);
  assert.ok(questions.length < 15, `${questions.length} questions in two minutes`);
  assert.deepEqual(follower.names(), ["share 1"]);
});

Deno.test("whatever an owner does, a neighbour that followed it shows exactly what the owner shows to it", async () => {
  const step = fc.oneof(
    fc.record({
      number: fc.integer({ min: 1, max: 4 }),
      visibility: fc.constantFrom("public" as const, "class" as const, "private" as const, undefined),
      allow: fc.subarray([2, 3].map(userId)),
    }),
    fc.constantFrom("follow" as const, "restart" as const, "leave" as const, "join" as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { room, owner, me } = await setup();
      await using _ = room;
      await using follower = new Follower(room, me);
      const { joined } = me;
      for (const one of steps) {
        if (one === "follow") await follower.follow(owner);
        else if (one === "restart") {
          owner.db.exec("UPDATE meta SET value = lower(hex(randomblob(16))) WHERE name = 'epoch'");
        } else if (one === "leave") me.joined = undefined;
        else if (one === "join") me.joined = joined;
        else {
          const { number, visibility, allow } = one;
          if (visibility === undefined && owner.records.ownShare(shareId(number)) === undefined) continue;
          await owner.share(number, visibility && { visibility, allow: visibility === "private" ? allow : [] });
        }
      }
      room.clock.advance(1_000);
      me.meet(owner);
      await follower.follow(owner);
      const reader: Caller = me.joined ? me.caller : { kind: "anonymous", address: "" };
      const expected = () =>
        owner.records.ownShares().map(({ signed }) => signed.record).filter((record) => mayRead(reader, record).allow)
          .map(({ shareId: id }) => `share ${parseInt(id, 16)}`).sort();
      await follower.becomes(() => follower.names().join() === expected().join());
    }),
    { numRuns: 40 },
  );
});
