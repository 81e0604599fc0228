import assert from "node:assert/strict";
import type { ClassId } from "../../lib/core/ids.ts";
import type { Lease } from "../../lib/core/class_messages.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { CLASS_ID, codeOf, fileId, hexId, peerId, recordBy, userId } from "../fakes.ts";
import {
  alice,
  aliceUser,
  anonymous,
  bob,
  completionOf,
  epoch,
  file,
  jws,
  memberAs,
  searchFor,
  tombstone,
  Tracker,
} from "./tracking_setup.ts";

const bobUser = userId(0xb);
const OTHER_CLASS = hexId<ClassId>(7, 64);

/** A tracker with alice and bob in its class. */
function classTracker(): Tracker {
  const tracker = new Tracker();
  tracker.members.enrol(alice, aliceUser);
  tracker.members.enrol(bob, bobUser);
  return tracker;
}

const leaseBy = (changes: Partial<Lease> = {}) => {
  const at = "2026-01-02T03:04:05.678Z";
  return JSON.stringify({
    class: CLASS_ID,
    owner: alice,
    revision: 1,
    at,
    until: "2026-01-03T03:04:05.678Z",
    ...changes,
  });
};

Deno.test("a member announces its own computer, and no other one", async () => {
  const tracker = classTracker();
  const { token } = await tracker.signed(alice);
  const asBob = tracker.caller(bob);
  assert.equal(await codeOf(tracker.signed(alice, {}, asBob)), "unauthorized");
  assert.equal(await codeOf(tracker.next(alice, token!, {}, asBob)), "unauthorized");
  assert.equal(await codeOf(tracker.next(alice, token!, { event: "stopped" }, asBob)), "unauthorized");
  assert.equal(tracker.index.peer(bob), undefined);
  assert.equal(tracker.swarm.presence(alice)?.user, aliceUser);
});

Deno.test("a token is good for the way on which it was given: as a member, or as anyone", async () => {
  const tracker = classTracker();
  const asAnyone: Caller = { kind: "anonymous", address: "10.0.0.10" };
  const { token } = await tracker.signed(alice);
  assert.equal(await codeOf(tracker.next(alice, token!, {}, asAnyone)), "unauthorized");
  const other: Caller = { ...tracker.members.caller(alice), user: bobUser };
  assert.equal(await codeOf(tracker.next(alice, token!, {}, other)), "unauthorized");
  await tracker.next(alice, token!);
  const { token: plain } = await tracker.signed(alice, {}, asAnyone);
  assert.equal(await codeOf(tracker.next(alice, plain!)), "unauthorized");
  await tracker.next(alice, plain!, {}, asAnyone);
});

Deno.test("what is not public is only taken from a member, in its own name and of this class", async (t) => {
  const asAlice = classTracker().members.caller(alice);
  const asAnyone: Caller = { kind: "anonymous", address: "10.0.0.10" };
  const cases: [string, Parameters<typeof file>[1], Caller, string | undefined][] = [
    ["a member", { visibility: "class" }, asAlice, undefined],
    ["a member for some", { visibility: "private", allow: [bobUser] }, asAlice, undefined],
    ["anyone", { visibility: "class" }, asAnyone, "bad-record"],
    ["anyone for some", { visibility: "private", allow: [bobUser] }, asAnyone, "bad-record"],
    ["anyone in nobody's name", { visibility: "class", user: undefined, class: undefined }, asAnyone, "bad-record"],
    ["another user", { visibility: "class", user: bobUser }, asAlice, "bad-record"],
    ["nobody", { visibility: "class", user: undefined }, asAlice, "bad-record"],
    ["another class", { visibility: "private", class: OTHER_CLASS }, asAlice, "bad-record"],
    ["no class", { visibility: "private", class: undefined }, asAlice, "bad-record"],
    ["anyone, public", {}, asAnyone, undefined],
    ["a member, public", {}, asAlice, undefined],
  ];
  for (const [name, changes, caller, code] of cases) {
    await t.step(name, async () => {
      const tracker = classTracker();
      const announce = { records: jws([file(1), file(2, changes)]), index: { epoch, from: 0, to: 2 } };
      assert.equal(await codeOf(tracker.signed(alice, announce, caller)), code);
      if (code !== undefined) assert.deepEqual([tracker.index.peer(alice), tracker.swarm.size], [undefined, 0]);
      else assert.equal(tracker.names("", memberAs(aliceUser)).length, 2);
    });
  }
});

Deno.test("a tombstone of what was not public is taken from anyone who owns it", async () => {
  const tracker = classTracker();
  const { token } = await tracker.share(file(1, { visibility: "class" }));
  const gone = { records: jws([tombstone(file(1))]), index: { epoch, from: 1, to: 2 } };
  await tracker.next(alice, token!, gone);
  assert.deepEqual(tracker.names("", memberAs(bobUser)), []);
});

Deno.test("a lease is kept once the tracker knows its owner's index as far, and not before", async () => {
  const tracker = classTracker();
  const certificate = tracker.members.enrol(alice, aliceUser);
  const lease = (revision: number) => ({ lease: leaseBy({ revision }), certificate });
  const { token } = await tracker.signed(alice, {
    ...{ records: jws([file(1)]), index: { epoch, from: 0, to: 1 }, lease: lease(2) },
  });
  assert.equal(tracker.index.leaseOf(alice), undefined);
  await tracker.next(alice, token!, { records: jws([file(2)]), index: { epoch, from: 1, to: 2 }, lease: lease(2) });
  assert.deepEqual(tracker.index.leaseOf(alice), { revision: 2, ...lease(2) });
  await tracker.next(alice, token!, { records: jws([file(9)]), index: { epoch, from: 7, to: 9 }, lease: lease(9) });
  assert.equal(tracker.index.leaseOf(alice)?.revision, 2, "changes are missing that it speaks of");
  const again = { ...lease(2), lease: leaseBy({ revision: 2, until: "2026-01-03T09:00:00.000Z" }) };
  await tracker.next(alice, token!, { index: { epoch, from: 2, to: 2 }, lease: again });
  assert.deepEqual(tracker.index.leaseOf(alice), { revision: 2, ...again });
  const other = hexId<string>(2, 32);
  await tracker.signed(alice, { records: jws([file(1)]), index: { epoch: other, from: 0, to: 1 }, lease: lease(2) });
  assert.equal(tracker.index.leaseOf(alice), undefined, "its index began again");
});

Deno.test("a lease that is not of the member that brings it is refused, and anyone else's is not kept", async (t) => {
  const tracker = classTracker();
  const certificate = tracker.members.enrol(alice, aliceUser);
  const index = { epoch, from: 0, to: 1 };
  const refused: [string, () => { lease: string; certificate: typeof certificate }][] = [
    ["of another owner", () => ({ lease: leaseBy({ owner: bob }), certificate })],
    ["of another class", () => ({ lease: leaseBy({ class: OTHER_CLASS }), certificate })],
    [
      "with another computer's certificate",
      () => ({ lease: leaseBy(), certificate: tracker.members.enrol(bob, aliceUser) }),
    ],
    [
      "with another user's certificate",
      () => ({ lease: leaseBy(), certificate: tracker.members.enrol(alice, bobUser) }),
    ],
    ["with an expired certificate", () => ({
      lease: leaseBy(),
      certificate: tracker.members.enrol(alice, aliceUser, { notAfter: 0 }),
    })],
    ["with another class's certificate", () => ({
      lease: leaseBy(),
      certificate: tracker.members.enrol(alice, aliceUser, { class: OTHER_CLASS }),
    })],
  ];
  const asAlice = tracker.members.caller(alice, aliceUser);
  for (const [name, lease] of refused) {
    await t.step(name, async () => {
      assert.equal(await codeOf(tracker.signed(alice, { index, lease: lease() }, asAlice)), "bad-record");
      assert.equal(tracker.index.leaseOf(alice), undefined);
    });
  }
  await t.step("brought by anyone", async () => {
    const asAnyone: Caller = { kind: "anonymous", address: "10.0.0.10" };
    await tracker.signed(alice, { index, lease: { lease: leaseBy(), certificate } }, asAnyone);
    assert.equal(tracker.index.leaseOf(alice), undefined);
  });
});

Deno.test("whose a computer is, and where it answers members, members are told and nobody else", async () => {
  const tracker = classTracker();
  await tracker.signed(alice, { memberPort: 5199 });
  const stranger = peerId(0xc);
  const { peers: [known] } = await tracker.signed(bob);
  const { peers, class: news } = await tracker.signed(stranger);
  assert.deepEqual([known?.user, known?.memberPort], [aliceUser, 5199]);
  assert.equal(peers.length, 2);
  for (const peer of peers) assert.deepEqual(Object.keys(peer).sort(), ["host", "name", "peerId", "port"]);
  assert.equal(news, undefined);
  const { class: told } = await tracker.signed(bob);
  assert.deepEqual(told, tracker.members.news());
});

Deno.test("a member is called as its class calls it, anyone else as it says", async () => {
  const tracker = classTracker();
  tracker.members.names.set(aliceUser, "Alice M.");
  const { token } = await tracker.signed(alice, { name: "the teacher" });
  assert.equal(tracker.swarm.presence(alice)?.name, "Alice M.");
  tracker.members.names.set(aliceUser, "Alice Martin");
  await tracker.next(alice, token!, { name: "the teacher" });
  assert.equal(tracker.index.peer(alice)?.name, "Alice Martin");
  await tracker.share(file(1));
  const impostor = peerId(0xc);
  const record = recordBy(impostor, { fileId: fileId(9), name: "file 9.txt" });
  await tracker.signed(impostor, { name: "Alice Martin", records: jws([record]), index: { epoch, from: 0, to: 1 } });
  const found = tracker.ask.search(searchFor({ q: "file" }), anonymous).results;
  assert.deepEqual(found.map(({ owner, member }) => [owner, member]), [["Alice Martin", false], [
    "Alice Martin",
    true,
  ]]);
});

Deno.test("whoever leaves the class, joins it or becomes another user tells everything anew; until then nothing is listed", async (t) => {
  const asAnyone: Caller = { kind: "anonymous", address: "10.0.0.10" };
  const before = async () => {
    const tracker = classTracker();
    const certificate = tracker.members.enrol(alice, aliceUser);
    const records = jws([file(1), file(2, { visibility: "class" })]);
    await tracker.signed(alice, {
      ...{ records, index: { epoch, from: 0, to: 2 }, lease: { lease: leaseBy({ revision: 2 }), certificate } },
    });
    assert.equal(tracker.index.leaseOf(alice)?.revision, 2);
    return tracker;
  };
  const at = (version: number) => ({ index: { epoch, from: version, to: version } });
  const from0 = (...records: string[]) => ({ records, index: { epoch, from: 0, to: 2 } });
  await t.step("leaves", async () => {
    const tracker = await before();
    const { token, index } = await tracker.signed(alice, at(2), asAnyone);
    assert.deepEqual(index, { epoch, version: 0 });
    assert.deepEqual([tracker.names("", memberAs(bobUser)), tracker.index.leaseOf(alice)], [[], undefined]);
    await tracker.next(alice, token!, from0(...jws([file(1)])), asAnyone);
    assert.deepEqual(tracker.names("", memberAs(aliceUser)), ["file 1.txt"]);
  });
  await t.step("joins", async () => {
    const tracker = classTracker();
    await tracker.signed(alice, from0(...jws([file(1)])), asAnyone);
    const { token, index } = await tracker.signed(alice, at(2));
    assert.deepEqual(index, { epoch, version: 0 });
    await tracker.next(alice, token!, from0(...jws([file(1), file(2, { visibility: "class" })])));
    assert.equal(tracker.names("", memberAs(bobUser)).length, 2);
  });
  await t.step("is another user", async () => {
    const tracker = await before();
    tracker.members.enrol(alice, bobUser);
    const { index } = await tracker.signed(alice, at(2));
    assert.deepEqual(index, { epoch, version: 0 });
    assert.deepEqual(tracker.names("", memberAs(userId(9))), []);
  });
  await t.step("stays", async () => {
    const tracker = await before();
    const { index } = await tracker.signed(alice, at(2));
    assert.deepEqual(index, { epoch, version: 2 });
    assert.equal(tracker.index.leaseOf(alice)?.revision, 2);
  });
});

Deno.test("of content that was taken down nothing is told, whoever shares or fetches it", async () => {
  const tracker = new Tracker();
  tracker.index.takeDown({ fileId: fileId(1), name: "file 1.txt", at: 1 });
  await tracker.share(file(1), file(2));
  await tracker.signed(bob, { event: "completed", completed: [completionOf(1)] });
  await tracker.signed(peerId(0xc), {
    records: jws([recordBy(peerId(0xc), { fileId: fileId(1), name: "again.txt" })]),
    index: { epoch, from: 0, to: 1 },
  });
  const told = JSON.stringify([tracker.events, tracker.figures.activity(50, undefined), tracker.figures.stats()]);
  assert.ok(told.includes("file 2.txt"));
  for (const secret of ["file 1.txt", "again.txt", fileId(1)]) assert.ok(!told.includes(secret), secret);
  assert.deepEqual(tracker.events.filter(({ kind }) => kind === "shared" || kind === "completed").length, 1);
});
