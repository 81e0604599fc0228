import assert from "node:assert/strict";
import { Groups } from "../../lib/app/groups.ts";
import { checkChosen, type Chosen } from "../../lib/app/people.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId } from "../../lib/core/ids.ts";
import type { Identity } from "../../lib/ports.ts";
import { hexId } from "../fakes.ts";
import { nextTurn } from "../fakes_download.ts";
import { MyFilesSetup } from "./my_files_setup.ts";
import { BOB, CHLOE, CLASS, DAVE, fakeIdentity, joined, ME, Sharing, userId } from "./sharing_setup.ts";

function groupsOf(s: Sharing): Groups {
  let ids = 0;
  return new Groups({ people: s.people, shares: s.share, clock: s.clock, newId: () => hexId(++ids, 32).slice(16) });
}

async function recordOf(s: Sharing, path: string) {
  return (await s.share.sharePath(path)).share.signed.record;
}

Deno.test("what is not public says for whose class it is, and who may have it; what is public says neither", async () => {
  await using s = await Sharing.make();
  const path = await s.write("a.txt", "a");
  const { share } = await s.share.sharePath(path, { visibility: "private", allow: [CHLOE, ME, BOB, BOB] });
  const id = share.signed.record.shareId;
  const { user, class: classId, allow, visibility } = share.signed.record;
  assert.deepEqual([visibility, allow, user, classId], ["private", [BOB, CHLOE], ME, CLASS]);
  await s.share.sharePath(path);
  assert.equal((await recordOf(s, path)).version, 1, "nothing new is signed");
  await s.share.update(id, { visibility: "private", allow: [CHLOE, BOB] });
  assert.equal((await recordOf(s, path)).version, 1, "the order says nothing");

  await s.share.update(id, { visibility: "class" });
  assert.deepEqual(Object.entries(await recordOf(s, path)).filter(([key]) => /user|class|allow/.test(key)), [
    ["user", ME],
    ["class", CLASS],
    ["allow", []],
  ]);
  await s.share.update(id, { visibility: "private" });
  assert.deepEqual(s.readers(), ["a.txt private"], "nobody but the own computers");
  await s.share.update(id, { visibility: "public" });
  const publicRecord = await recordOf(s, path);
  assert.deepEqual([publicRecord.user, publicRecord.class, publicRecord.allow], [undefined, undefined, []]);
});

Deno.test("as whom is asked when it is signed, and another user of the same class keeps what was chosen", async () => {
  await using s = await Sharing.make();
  const path = await s.write("a.txt", "a");
  await s.share.sharePath(path, { visibility: "private", allow: [BOB] });
  s.membership.current = joined(CLASS, userId(99));
  await s.share.membershipChanged();
  const record = s.records.ownShareAt(path)!.signed.record;
  assert.deepEqual([record.version, record.user, record.allow], [2, userId(99), [BOB]]);
  await s.share.membershipChanged();
  assert.equal(s.records.ownShareAt(path)!.signed.record.version, 2);
  s.membership.current = undefined;
  await s.share.unshare(record.shareId);
  const tombstone = s.records.get(record)!.record;
  assert.deepEqual([tombstone.deleted, tombstone.user, tombstone.class], [true, userId(99), CLASS]);
});

Deno.test("users and groups that are not there are refused, and names imply private", async () => {
  await using s = await Sharing.make();
  const groups = groupsOf(s);
  const { id } = await groups.add({ name: "Group 1", users: [BOB] });
  assert.deepEqual(checkChosen({ allow: [BOB] }, s.people), { visibility: "private", allow: [BOB] });
  for (
    const chosen of [
      { visibility: "private", allow: [userId(1234)] },
      { visibility: "private", groups: ["0123456789abcdef"] },
      { visibility: "class", allow: [BOB] },
      { visibility: "public", groups: [id] },
    ] satisfies Chosen[]
  ) assert.throws(() => checkChosen<Chosen>(chosen, s.people), { code: "bad-input" });
  s.membership.removed = true;
  assert.throws(() => checkChosen({ visibility: "class" }, s.people), { code: "removed" });
  s.membership.removed = false;
  s.membership.current = undefined;
  assert.throws(() => checkChosen({ allow: [BOB] }, s.people), { code: "not-joined" });
  assert.throws(() => checkChosen({ visibility: "class" }, undefined), { code: "not-joined" });
});

Deno.test("a share that names a group follows it, also over a restart, and its own names stay", async () => {
  await using s = await Sharing.make();
  let groups = groupsOf(s);
  const group = await groups.add({ name: "Group 1", users: [BOB] });
  const path = await s.write("a.txt", "a");
  await s.write("folder/b.txt", "b");
  await s.share.sharePath(path, { visibility: "private", allow: [DAVE], groups: [group.id] });
  await s.share.sharePath(`${s.root}/folder`, { visibility: "private", groups: [group.id] });
  assert.deepEqual(s.readers(), ["a.txt private bob dave", "folder private bob"]);
  const { users, groups: chosen, allow } = s.share.list().find(({ name }) => name === "a.txt")!;
  assert.deepEqual([users, chosen, allow], [[DAVE], [group.id], [BOB, DAVE]]);

  s.restart();
  groups = groupsOf(s);
  await groups.change(group.id, { users: [CHLOE, DAVE, ME] });
  assert.deepEqual(s.readers(), ["a.txt private chloé dave", "folder private chloé dave"]);
  assert.deepEqual(groups.list(), [{ id: group.id, name: "Group 1", users: [CHLOE, DAVE] }]);
  await groups.change(group.id, { name: "Group one" });
  assert.equal(s.records.ownShareAt(path)!.signed.record.version, 2, "a name is for this computer only");
  await s.write("a.txt", "edited");
  await s.settle();
  assert.deepEqual(s.readers(), ["a.txt private chloé dave", "folder private chloé dave"]);

  await groups.remove(group.id);
  assert.deepEqual(s.readers(), ["a.txt private dave", "folder private"], "those who were only in it are out");
  assert.deepEqual(s.share.list().flatMap(({ groups }) => groups), []);
});

/** The disk is full at the second record of those to come. */
function fillDisk(s: Sharing): void {
  const { putOwn } = s.records;
  let left = 1;
  s.records.putOwn = (...put) => {
    if (left-- > 0) return putOwn(...put);
    s.records.putOwn = putOwn;
    throw new EssaimError("disk-full", "There is no space.");
  };
}

Deno.test("who leaves a group is out of its shares, also when that was interrupted and is asked for again", async (t) => {
  const changes: [string, (groups: Groups, id: string) => Promise<unknown>, string][] = [
    ["changed", (groups, id) => groups.change(id, { users: [CHLOE] }), " chloé"],
    ["removed", (groups, id) => groups.remove(id), ""],
  ];
  for (const [name, change, readers] of changes) {
    for (const restarts of [false, true]) {
      await t.step(`${name}, ${restarts ? "and a new start" : "and asked for again"}`, async () => {
        await using s = await Sharing.make();
        const groups = groupsOf(s);
        const { id } = await groups.add({ name: "Group 1", users: [BOB, CHLOE] });
        for (let n = 0; n < 130; n++) {
          await s.share.sharePath(await s.write(`${n}.txt`, `${n}`), { visibility: "private", groups: [id] });
        }
        fillDisk(s);
        await assert.rejects(change(groups, id), { code: "disk-full" });
        if (restarts) {
          s.restart();
          await s.share.membershipChanged();
        } else await change(groups, id);
        assert.deepEqual([...new Set(s.readers().map((line) => line.replace(/^\d+\.txt /, "")))], [
          `private${readers}`,
        ]);
        const versions = s.records.ownShares().map(({ signed }) => signed.record.version);
        assert.ok(versions.every((version) => version === 2), "each is signed once");
      });
    }
  }
});

Deno.test("what is shared with a group while somebody leaves it is not for whom left", async (t) => {
  const changes: [string, (groups: Groups, id: string) => Promise<unknown>][] = [
    ["changed", (groups, id) => groups.change(id, { users: [CHLOE] })],
    ["removed", (groups, id) => groups.remove(id)],
  ];
  for (const [name, change] of changes) {
    await t.step(name, async () => {
      await using s = await Sharing.make();
      const groups = groupsOf(s);
      const { id } = await groups.add({ name: "Group 1", users: [BOB] });
      const path = await s.write("a.txt", "a");
      const { signRecord } = fakeIdentity;
      let changed: Promise<unknown> | undefined;
      const signing: Identity = {
        ...fakeIdentity,
        async signRecord(record) {
          changed ??= change(groups, id);
          for (let turn = 0; turn < 5; turn++) await nextTurn();
          return await signRecord(record);
        },
      };
      Object.assign(s.share.ports, { identity: signing });
      await s.share.sharePath(path, { visibility: "private", groups: [id] });
      await changed;
      assert.deepEqual(s.readers(), [name === "changed" ? "a.txt private chloé" : "a.txt private"]);
    });
  }
});

Deno.test("no group is made or renamed to the name of a person; one that had it before is changed all the same", async () => {
  await using s = await Sharing.make();
  const groups = groupsOf(s);
  for (const name of ["bob", "BOB", "alice"]) {
    await assert.rejects(groups.add({ name, users: [] }), { code: "name-taken" });
  }
  const { id } = await groups.add({ name: "3B", users: [BOB] });
  await assert.rejects(groups.change(id, { name: "Chloé" }), {
    code: "name-taken",
    message: "Chloé is a person of the class: give the group another name.",
  });
  s.membership.names.set(userId(77), "3b");
  await groups.change(id, { users: [BOB, CHLOE] });
  await groups.change(id, { name: "3B", users: [BOB] });
  assert.deepEqual(groups.list(), [{ id, name: "3B", users: [BOB] }]);
});

Deno.test("groups have names of their own and bounds, and only people of the class", async () => {
  await using s = await Sharing.make();
  const groups = groupsOf(s);
  const { id } = await groups.add({ name: "Élèves", users: [BOB] });
  await assert.rejects(groups.add({ name: "élèves", users: [] }), { code: "conflict" });
  await assert.rejects(groups.add({ name: "x", users: [userId(77)] }), { code: "bad-input" });
  await assert.rejects(groups.change("0123456789abcdef", { name: "x" }), { code: "not-found" });
  await assert.rejects(groups.remove("0123456789abcdef"), { code: "not-found" });
  s.membership.names.delete(BOB);
  await groups.change(id, { users: [BOB, CHLOE] });
  for (let n = 1; n < 100; n++) await groups.add({ name: `group ${n}`, users: [] });
  await assert.rejects(groups.add({ name: "one more", users: [] }), { code: "too-large" });

  const others = Array.from({ length: 1_001 }, (_, n) => userId(10_000 + n));
  for (const user of others) s.membership.names.set(user, user);
  const path = await s.write("a.txt", "a");
  await s.share.sharePath(path, { visibility: "private", allow: others.slice(0, 998), groups: [id] });
  assert.throws(() => checkChosen({ allow: others }, s.people), { code: "too-large" });
  await assert.rejects(groups.change(id, { users: others.slice(-3) }), { code: "too-large" });
  assert.deepEqual(groups.list().find((group) => group.id === id)?.users, [BOB, CHLOE], "nothing has changed");
  s.membership.current = undefined;
  await assert.rejects(groups.change(id, { users: [] }), { code: "not-joined" });
});

Deno.test("changing a group of a thousand shares leaves time for others", async () => {
  await using s = await Sharing.make({ quietPeriodMs: 0 });
  const groups = groupsOf(s);
  const { id } = await groups.add({ name: "Group 1", users: [BOB] });
  for (let n = 0; n < 1_000; n++) await s.write(`${n}.txt`, `${n}`);
  await s.settle();
  for (const { signed } of s.records.ownShares()) {
    await s.share.update(signed.record.shareId, { visibility: "private", groups: [id] });
  }
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await groups.change(id, { users: [CHLOE] });
  clearInterval(timer);
  assert.ok(s.readers().every((line) => line.endsWith("private chloé")));
  assert.ok(longest < 500, `others waited ${longest} ms`);
});

Deno.test("what is brought back from the trash is for the same people; in another class for nobody", async () => {
  await using setup = await MyFilesSetup.make();
  const { sharing: s, my } = setup;
  const groups = groupsOf(s);
  const { id: group } = await groups.add({ name: "Group 1", users: [CHLOE] });
  const path = await s.write("a.txt", "a");
  const { share } = await s.share.sharePath(path, { visibility: "private", allow: [BOB], groups: [group] });
  const id = share.signed.record.shareId;
  await my.remove(id, "trash");
  await groups.change(group, { users: [DAVE] });
  const back = await my.restore(id);
  assert.deepEqual([s.readers(), back.users, back.groups], [["a.txt private bob dave"], [BOB], [group]]);
  await my.remove(id, "trash");
  s.membership.current = undefined;
  await my.restore(id);
  assert.deepEqual(s.readers(), ["a.txt private bob dave"], "also in no class");
  await my.remove(id, "trash");
  s.membership.current = joined(hexId<ClassId>(2, 64), userId(5));
  await my.restore(id);
  assert.deepEqual(s.readers(), ["a.txt private"]);
});
