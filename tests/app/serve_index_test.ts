import assert from "node:assert/strict";
import fc from "fast-check";
import { signatures } from "../../lib/adapters/signatures.ts";
import type { ClassId, PeerId, ShareId } from "../../lib/core/ids.ts";
import { type IndexPage, indexPageSchema, MAX_INDEX_PAGE } from "../../lib/core/messages.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { mayRead } from "../../lib/core/permission.ts";
import { type LiveRecord, shareKey, type ShareRecord, supersedes } from "../../lib/core/share_record.ts";
import { hexId, peerId, shareId, userId } from "../fakes.ts";
import { Classroom, type Computer, fileOf, saidIn } from "./leases_setup.ts";

const anonymous: Caller = { kind: "anonymous", address: "10.0.0.9" };

/** What a caller knows of an owner's shares, page by page. */
class Reader {
  readonly known = new Map<string, ShareRecord>();
  #since: string | null = null;

  constructor(readonly owner: Computer, readonly caller: Caller) {}

  async follow(): Promise<IndexPage> {
    for (;;) {
      const page = indexPageSchema.parse(await this.owner.index.page(this.#since, this.caller));
      for (const jws of page.records) {
        const { record } = await signatures().verifyRecord(jws, (peer) => page.keys[peer]);
        if (supersedes(record, this.known.get(shareKey(record)))) this.known.set(shareKey(record), record);
      }
      this.#since = `${page.epoch}.${page.version}`;
      if (!page.more) return page;
    }
  }

  get live(): ShareId[] {
    return [...this.known.values()].filter(({ deleted }) => !deleted).map(({ shareId }) => shareId).sort();
  }
}

async function setup() {
  const room = new Classroom();
  const owner = await room.computer(1);
  const member = (number: number): Caller => ({ ...owner.caller, peer: peerId(number), user: userId(number) });
  return { room, owner, member };
}

Deno.test("each caller is told of the shares that are for it, with a certificate where one is needed", async () => {
  const { room, owner, member } = await setup();
  await using _ = room;
  await owner.share(1, {});
  const readers = () => [anonymous, member(2), member(3), owner.caller].map((caller) => new Reader(owner, caller));
  for (const reader of readers()) assert.equal((await reader.follow()).certificates, undefined);
  await owner.share(2, { visibility: "class" });
  await owner.share(3, { visibility: "private", allow: [userId(2)] });
  const expected = [[1], [1, 2, 3], [1, 2], [1, 2, 3]];
  for (const [index, reader] of readers().entries()) {
    const page = await reader.follow();
    assert.deepEqual(reader.live, expected[index]!.map(shareId));
    assert.deepEqual(page.certificates, index === 0 ? undefined : { [owner.id]: owner.certificate });
    assert.equal(page.version, 3);
  }
  const elsewhere = new Reader(owner, { ...owner.caller, class: hexId<ClassId>(7, 64) });
  await elsewhere.follow();
  assert.deepEqual(elsewhere.live, [shareId(1)]);
});

Deno.test("who could read a share is told that it is gone; nobody else ever hears of it", async () => {
  const { room, owner, member } = await setup();
  await using _ = room;
  await owner.share(1, { visibility: "private", allow: [userId(2), userId(3)] });
  const [bob, chloe, dave, anyone] = [member(2), member(3), member(4), anonymous].map((one) =>
    new Reader(owner, one)
  ) as [
    Reader,
    Reader,
    Reader,
    Reader,
  ];
  const all = [bob, chloe, dave, anyone];
  const follow = async () => {
    for (const reader of all) await reader.follow();
    return all.map(({ known }) =>
      [...known.values()].map(({ version, deleted }) => `${version}${deleted ? " gone" : ""}`)
    );
  };
  assert.deepEqual(await follow(), [["1"], ["1"], [], []]);
  await owner.share(1, { visibility: "private", allow: [userId(3)] });
  assert.deepEqual(await follow(), [["2 gone"], ["2"], [], []]);
  await owner.share(1, { visibility: "private", allow: [userId(2)] });
  assert.deepEqual(await follow(), [["3"], ["3 gone"], [], []]);
  await owner.share(1, undefined);
  assert.deepEqual(await follow(), [["4 gone"], ["4 gone"], [], []]);
  await owner.share(1, {});
  assert.deepEqual(await follow(), [["5"], ["5"], ["5"], ["5"]]);
  await owner.share(1, { visibility: "class" });
  assert.deepEqual(await follow(), [["6"], ["6"], ["6"], ["6 gone"]]);
  const late = new Reader(owner, anonymous);
  await late.follow();
  assert.deepEqual([...late.known.values()].map(({ deleted }) => deleted), [true], "it was public once");
});

Deno.test("a tombstone for who may not read any more says nothing of the share, and is signed once", async () => {
  const { room, owner, member } = await setup();
  await using _ = room;
  await owner.share(1, { visibility: "private", name: "secret plan.pdf", allow: [userId(2)] });
  await owner.share(1, { visibility: "private", name: "other secret.pdf", allow: [userId(3)] });
  const pages = [await owner.index.page(null, member(2)), await owner.index.page(null, member(2))];
  assert.deepEqual(pages[0], pages[1]);
  const [jws] = pages[0]!.records;
  const { version, at } = owner.records.ownShare(shareId(1))!.signed.record;
  assert.deepEqual(saidIn(jws!), { shareId: shareId(1), owner: owner.id, version, at, deleted: true });
  assert.ok(!JSON.stringify(pages).includes("certificates"));
});

Deno.test("of an index whose shares are not for the caller nothing but its position is told, however long it is", async () => {
  const { room, owner, member } = await setup();
  await using _ = room;
  const empty = await (await room.computer(9)).index.page(null, anonymous);
  for (let number = 1; number <= MAX_INDEX_PAGE + 5; number++) {
    await owner.share(number, { visibility: "private", allow: [userId(2)] }, fileOf(1));
  }
  for (const caller of [anonymous, member(3)]) {
    const page = await owner.index.page(null, caller);
    assert.deepEqual([page.records, page.certificates], [empty.records, empty.certificates]);
    assert.deepEqual(Object.keys(page), Object.keys(empty));
    const reader = new Reader(owner, caller);
    assert.equal((await reader.follow()).version, MAX_INDEX_PAGE + 5);
    assert.equal(reader.known.size, 0);
  }
  const reader = new Reader(owner, member(2));
  await reader.follow();
  assert.equal(reader.live.length, MAX_INDEX_PAGE + 5);
});

Deno.test("whatever an owner does, each reader ends with exactly what it may read, and never heard of anything else", async () => {
  const users = [2, 3].map(userId);
  const step = fc.oneof(
    fc.record({
      number: fc.integer({ min: 1, max: 3 }),
      visibility: fc.constantFrom("public" as const, "class" as const, "private" as const, undefined),
      allow: fc.subarray(users),
    }),
    fc.record({ follows: fc.integer({ min: 0, max: 3 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { room, owner, member } = await setup();
      await using _ = room;
      const callers = [anonymous, member(2), member(3), member(4)];
      const readers = callers.map((caller) => new Reader(owner, caller));
      const could = new Set<string>();
      for (const one of steps) {
        if ("follows" in one) {
          await readers[one.follows]!.follow();
          continue;
        }
        const { number, visibility, allow } = one;
        if (visibility === undefined && owner.records.ownShare(shareId(number)) === undefined) continue;
        await owner.share(number, visibility && { visibility, allow: visibility === "private" ? allow : [] });
        const record = owner.records.ownShare(shareId(number))?.signed.record;
        for (const [index, caller] of callers.entries()) {
          if (record && mayRead(caller, record).allow) could.add(`${index} ${record.shareId}`);
        }
      }
      const now = owner.records.ownShares().map(({ signed }) => signed.record);
      for (const [index, reader] of readers.entries()) {
        const { version } = await reader.follow();
        assert.equal(version, owner.records.position.version);
        const theirs = now.filter((record: LiveRecord) => mayRead(reader.caller, record).allow);
        assert.deepEqual(reader.live, theirs.map(({ shareId }) => shareId).sort());
        for (const { shareId } of reader.known.values()) assert.ok(could.has(`${index} ${shareId}`));
      }
      assert.ok(readers.every(({ known }) => [...known.keys()].every((key) => key.startsWith(owner.id as PeerId))));
    }),
    { numRuns: 40 },
  );
});
