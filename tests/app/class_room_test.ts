import assert from "node:assert/strict";
import { join } from "node:path";
import type { ClassRoomPorts } from "../../lib/app/class_room.ts";
import { enrolledSchema, membersReplySchema } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { UserId } from "../../lib/core/ids.ts";
import { certificateSpan, DAY_MS } from "../../lib/core/membership.ts";
import { codeOf, FakeClock, hexId } from "../fakes.ts";
import { memberOn } from "../adapters/class_setup.ts";
import { newComputer, NOW, openRoom } from "./class_room_setup.ts";

Deno.test("who knows the class code joins under a name of its own", async () => {
  using it = await openRoom();
  const { room, authority } = it;
  let changes = 0;
  room.onChange(() => changes++);
  const computer = await newComputer();
  const answer = await room.enrol(
    await computer.join({
      class: authority.classId,
      name: " Zoé  D. ",
      secret: room.code().slice(-9).replace("-", ""),
    }),
    "10.0.0.1",
  );
  enrolledSchema.parse(answer);
  const { user, name, peerId, notBefore, notAfter } = await it.read(answer.certificate);
  assert.deepEqual({ name, peerId, notBefore, notAfter }, {
    ...{ name: "Zoé D.", peerId: computer.peerId },
    ...certificateSpan(NOW),
  });
  assert.deepEqual(membersReplySchema.parse({ members: room.members() }).members, [{ user, name }]);
  assert.equal(room.nameOf(user), "Zoé D.");
  assert.equal(room.userOf(computer.peerId), user);
  assert.deepEqual(room.info(), { class: authority.classId, name: "6e B", enrolment: "code" });
  assert.equal(changes, 1);
  assert.deepEqual(room.audit(10).map(({ action, about, by }) => [action, about, by]), [[
    "joined",
    "Zoé D.",
    "10.0.0.1",
  ]]);
});

Deno.test("a name belongs to whom claimed it first, however it is written", async () => {
  using it = await openRoom();
  await it.join(await newComputer(), "Alice");
  const other = await newComputer();
  for (const name of ["Alice", "ALICE", "a lice", "Аlicе", "A1ice", "Álice", "alice."]) {
    assert.equal(await codeOf(it.join(other, name)), "name-taken", name);
  }
  for (const name of ["ali\u200bce", "alice\u202e"]) {
    assert.equal(await codeOf(it.join(other, name)), "bad-input", name);
  }
  assert.equal(it.store.countUsers(), 1);
  assert.equal((await it.join(other, "Alicia")).name, "Alicia");
});

Deno.test("an answer that was lost can be asked for again, by the same key", async () => {
  using it = await openRoom();
  const computer = await newComputer();
  const first = await it.join(computer, "alice");
  it.clock.advance(60_000);
  assert.equal((await it.join(computer, "ALICE")).user, first.user);
  assert.equal(await codeOf(it.join(computer, "bob")), "conflict");
  const { code } = it.room.deviceCode(first.user);
  const second = await newComputer();
  assert.equal((await it.join(second, "x", code)).user, first.user);
  assert.equal((await it.join(second, "x", code)).user, first.user); // used up, but it is the same key
  assert.equal(await codeOf(it.join(await newComputer(), "x", code)), "wrong-code");
  assert.equal(it.store.countUsers(), 1);
});

Deno.test("wrong codes are answered five times a minute for each address, then not at all", async () => {
  using it = await openRoom();
  const computer = await newComputer();
  const wrong = (from?: string) => it.join(computer, "alice", "0000-0000-0000-0001", {}, from);
  // at once, so that all pass the first look
  const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(wrong())));
  assert.deepEqual(Object.entries(Object.groupBy(codes, String)).map(([code, all]) => [code, all!.length]).sort(), [
    ["limited", 15],
    ["wrong-code", 5],
  ]);
  await assert.rejects(it.join(computer, "alice"), (error) => {
    assert.ok(error instanceof EssaimError && error.code === "limited");
    assert.equal(error.retryAfterMs, 60_000);
    return true;
  });
  assert.equal(await codeOf(wrong("10.0.0.2")), "wrong-code"); // others are not slowed down
  it.clock.advance(59_999);
  assert.equal(await codeOf(it.join(computer, "alice")), "limited");
  it.clock.advance(1);
  assert.equal((await it.join(computer, "alice")).name, "alice");
});

Deno.test("a member cannot try out the codes of others without being limited", async () => {
  using it = await openRoom();
  const computer = await newComputer();
  await it.join(computer, "alice");
  const guess = () => codeOf(it.join(computer, "alice", "0000-0000-0000-0001"));
  for (let tries = 0; tries < 5; tries++) assert.equal(await guess(), undefined); // its own certificate
  assert.equal(await guess(), "limited");
});

Deno.test("an open class needs no secret, one with a roster only takes its own codes", async () => {
  using it = await openRoom();
  const [alice, bob, carol] = [await newComputer(), await newComputer(), await newComputer()];
  assert.equal(await codeOf(it.join(alice!, "alice", "")), "wrong-code");
  await it.room.setEnrolment("open");
  await it.join(alice!, "alice", "");
  await it.join(bob!, "bob");
  assert.equal(await codeOf(it.join(carol!, "carol", "0000-0000-0000-0001")), "wrong-code");
  await it.room.setEnrolment("roster");
  assert.equal(await codeOf(it.join(carol!, "carol")), "wrong-code");
  assert.equal(await codeOf(it.join(carol!, "carol", "")), "wrong-code");
  const [{ name, code } = { name: "", code: "" }] = await it.room.importRoster("Nom;Prénom\nDupont;Carol");
  assert.equal(name, "Carol Dupont");
  assert.equal((await it.join(carol!, "whatever", code)).name, "Carol Dupont");
  assert.equal(it.room.info().enrolment, "roster");
});

Deno.test("a new class code takes the place of the one before, also after a restart", async () => {
  const it = await openRoom();
  const before = it.room.code();
  await it.room.renewCode();
  await Promise.all([it.room.renewCode(), it.room.renameClass("5e A"), it.room.setEnrolment("code")]);
  const after = it.room.code();
  assert.notEqual(after, before);
  assert.equal(after.slice(0, 9), before.slice(0, 9));
  assert.equal(await codeOf(it.join(await newComputer(), "alice", before)), "wrong-code");
  it[Symbol.dispose]();
  using again = await openRoom({ dir: it.data });
  assert.equal(again.room.code(), after);
  assert.equal(again.room.info().name, "5e A");
});

Deno.test("a request for another class, of long ago or replayed to gain something is refused", async () => {
  using it = await openRoom();
  const computer = await newComputer();
  for (
    const changes of [
      { class: hexId<typeof it.authority.classId>(1, 64) },
      { at: new Date(NOW - 3 * DAY_MS).toISOString() },
      { at: new Date(NOW + 3 * DAY_MS).toISOString() },
    ]
  ) assert.equal(await codeOf(it.join(computer, "alice", undefined, changes)), "bad-record");
  assert.equal(
    (await it.join(computer, "alice", undefined, { at: new Date(NOW - 7_200_000).toISOString() })).name,
    "alice",
  );

  const { user } = await it.join(computer, "alice");
  const jws = await computer.join({
    class: it.authority.classId,
    name: "alice",
    secret: it.room.code().slice(-9).replace("-", ""),
  });
  await it.room.remove(user);
  assert.equal(await codeOf(it.room.enrol(jws, "10.0.0.9")), "removed");
  assert.equal(await codeOf(it.room.renew(await computer.renew(it.authority.classId))), "removed");
});

Deno.test("a certificate is renewed by its key alone, also after it ended, unless it was removed", async () => {
  using it = await openRoom();
  const computer = await newComputer();
  const first = await it.join(computer, "alice");
  it.clock.advance(100 * DAY_MS);
  const renewed = await it.renew(computer);
  assert.equal(renewed.user, first.user);
  assert.equal(renewed.notAfter, certificateSpan(it.clock.now()).notAfter);
  assert.equal(await codeOf(it.renew(await newComputer())), "unauthorized");
  it.room.rename(first.user, "alice d");
  assert.equal((await it.renew(computer)).name, "alice d");
});

Deno.test("who is removed is in the signed list, cannot come back by that key, and its name goes to another user", async () => {
  const it = await openRoom();
  const [old, other] = [await newComputer(), await newComputer()];
  const { user } = await it.join(old!, "alice");
  const bob = await it.join(other!, "bob");
  const before = it.room.revocations.number;
  const { code } = it.room.deviceCode(user);
  await it.room.remove(user);
  assert.deepEqual(await it.revoked(), [old!.peerId]);
  assert.ok(it.room.revocations.number > before);
  assert.ok(it.room.isRevoked(old!.peerId));
  assert.equal(it.room.nameOf(user), undefined);
  assert.equal(it.room.userOf(old!.peerId), undefined);
  assert.deepEqual(it.room.members(), [{ user: bob.user, name: "bob" }]);
  assert.equal(await codeOf(it.renew(old!)), "removed");
  assert.equal(await codeOf(it.join(old!, "alice")), "removed");
  assert.equal(await codeOf(it.join(await newComputer(), "alice", code)), "wrong-code");
  assert.equal(await codeOf(it.room.remove(user)), "not-found");
  assert.equal(await codeOf(it.room.reset(user)), "not-found");
  const next = await it.join(await newComputer(), "alice");
  assert.notEqual(next.user, user);
  const jws = it.room.revocations.jws;
  it[Symbol.dispose]();
  using again = await openRoom({ dir: it.data, clock: it.clock });
  assert.equal(again.room.revocations.jws, jws);
  assert.ok(again.room.isRevoked(old!.peerId));
});

Deno.test("a computer that is removed takes no other with it, and a reset lets the same user come back with a new one", async () => {
  using it = await openRoom();
  const [one, two, three] = [await newComputer(), await newComputer(), await newComputer()];
  const { user } = await it.join(one!, "alice");
  await it.join(two!, "", it.room.deviceCode(user).code, { name: "x" });
  await it.room.removeDevice(one!.peerId);
  assert.deepEqual(await it.revoked(), [one!.peerId]);
  assert.equal((await it.renew(two!)).user, user);
  assert.equal(await codeOf(it.room.removeDevice(one!.peerId)), "not-found");
  const { code } = await it.room.reset(user);
  assert.deepEqual((await it.revoked()).toSorted(), [one!.peerId, two!.peerId].toSorted());
  assert.equal(await codeOf(it.join(two!, "alice")), "removed");
  assert.equal((await it.join(three!, "x", code)).user, user);
  assert.deepEqual(
    it.room.roster().map(({ name, state, devices }) => ({
      name,
      state,
      devices: devices.map((d) => d.state).toSorted(),
    })),
    [
      { name: "alice", state: "active", devices: ["active", "revoked", "revoked"] },
    ],
  );
  assert.deepEqual(it.room.audit(3).map(({ action, by }) => [action, by]), [
    ["joined", "10.0.0.1"],
    ["reset", "teacher"],
    ["device-removed", "teacher"],
  ]);
});

Deno.test("who is taken back is the same user with the computers that it had, and only with those", async () => {
  const it = await openRoom();
  const [lost, reset, one, two] = [await newComputer(), await newComputer(), await newComputer(), await newComputer()];
  const { user } = await it.join(reset, "alice");
  await it.join(lost, "x", (await it.room.reset(user)).code);
  await it.join(one, "x", it.room.deviceCode(user).code);
  await it.join(two, "x", it.room.deviceCode(user).code);
  await it.room.removeDevice(lost.peerId);
  const { code } = it.room.deviceCode(user);
  assert.equal(await codeOf(it.room.restore(user)), "not-found");
  await it.room.remove(user);
  const number = it.room.revocations.number;
  let changes = 0;
  it.room.onChange(() => changes++);
  await it.room.restore(user);
  assert.equal(changes, 1);
  assert.ok(it.room.revocations.number > number);
  assert.deepEqual((await it.revoked()).toSorted(), [lost.peerId, reset.peerId].toSorted());
  for (const computer of [one, two]) {
    assert.deepEqual(await it.renew(computer).then(({ user, name }) => ({ user, name })), { user, name: "alice" });
    assert.equal(it.room.userOf(computer.peerId), user);
  }
  for (const computer of [lost, reset]) assert.equal(await codeOf(it.renew(computer)), "removed");
  assert.deepEqual(it.room.members(), [{ user, name: "alice" }]);
  assert.equal(await codeOf(it.join(await newComputer(), "alice")), "name-taken");
  assert.equal(await codeOf(it.join(await newComputer(), "x", code)), "wrong-code"); // given before the removal
  assert.equal(await codeOf(it.room.restore(user)), "not-found");
  assert.deepEqual(it.room.audit(1).map(({ action, about, by }) => [action, about, by]), [
    ["restored", "alice", "teacher"],
  ]);
  it[Symbol.dispose]();
  using again = await openRoom({ dir: it.data, clock: it.clock });
  assert.deepEqual((await again.revoked()).toSorted(), [lost.peerId, reset.peerId].toSorted());
  assert.equal((await again.renew(one)).user, user);
});

Deno.test("who is taken back while somebody has the name needs another one", async () => {
  using it = await openRoom();
  const computer = await newComputer();
  const { user } = await it.join(computer, "alice");
  await it.room.remove(user);
  const other = await it.join(await newComputer(), "Alice");
  assert.equal(await codeOf(it.room.restore(user)), "name-taken");
  assert.equal(await codeOf(it.room.restore(user, "alice\u200b")), "bad-input");
  assert.equal(await codeOf(it.renew(computer)), "removed");
  assert.deepEqual(await it.revoked(), [computer.peerId]);
  await it.room.restore(user, "Alice D.");
  const renewed = await it.renew(computer);
  assert.deepEqual([renewed.user, renewed.name], [user, "Alice D."]);
  assert.equal(it.room.nameOf(other.user), "Alice");
  assert.equal(it.room.audit(1)[0]!.about, "alice → Alice D.");
});

Deno.test("who never joined and is taken back is invited again", async () => {
  using it = await openRoom();
  await it.room.importRoster("name\nZoé");
  const { user } = it.room.roster()[0]!;
  await it.room.remove(user);
  await it.room.restore(user);
  assert.equal(it.room.roster()[0]!.state, "invited");
  const { code } = (await it.room.importRoster("name\nZoé"))[0]!;
  assert.equal((await it.join(await newComputer(), "x", code)).user, user);
});

Deno.test("a computer that was removed comes back by a one-time code of its own user, and by no other code", async () => {
  using it = await openRoom();
  const [one, stays] = [await newComputer(), await newComputer()];
  const { user } = await it.join(one, "alice");
  const bob = await it.join(await newComputer(), "bob");
  const { code } = await it.room.reset(user);
  const bobs = it.room.deviceCode(bob.user).code;
  for (
    const [wrong, answer] of [[it.room.code(), "removed"], [bobs, "removed"], ["0000-0000-0000-0001", "wrong-code"]]
  ) {
    assert.equal(await codeOf(it.join(one, "alice", wrong)), answer);
    assert.deepEqual(await it.revoked(), [one.peerId]);
  }
  const number = it.room.revocations.number;
  assert.equal((await it.join(one, "x", code)).user, user);
  assert.deepEqual(await it.revoked(), []);
  assert.ok(it.room.revocations.number > number);
  assert.equal((await it.renew(one)).name, "alice");
  assert.equal((await it.join(one, "x", code)).user, user); // its answer was lost
  assert.equal(await codeOf(it.join(stays, "x", code)), "wrong-code");
  assert.equal((await it.join(stays, "x", bobs)).user, bob.user); // still valid

  // One that the teacher removed alone, by a code of another computer of its user.
  await it.join(await newComputer(), "x", it.room.deviceCode(user).code);
  await it.room.removeDevice(one.peerId);
  assert.equal(await codeOf(it.renew(one)), "removed");
  assert.equal((await it.join(one, "x", it.room.deviceCode(user).code)).user, user);
  await it.room.remove(user);
  assert.equal(await codeOf(it.join(one, "x", code)), "wrong-code");
  assert.ok((await it.revoked()).includes(one.peerId));
});

Deno.test("a computer that was removed cannot try out codes without being limited, nor make lists by those it has", async () => {
  using it = await openRoom();
  const computer = await newComputer();
  const { user } = await it.join(computer, "alice");
  const { code } = await it.room.reset(user);
  for (let number = 1; number <= 16; number++) {
    await it.join(await newComputer(), "x", number === 1 ? code : it.room.deviceCode(user).code);
  }
  const { number } = it.room.revocations;
  const last = it.room.deviceCode(user).code;
  assert.equal(await codeOf(it.join(computer, "x", last)), "limited");
  assert.equal(it.room.revocations.number, number);
  for (let tries = 0; tries < 5; tries++) {
    assert.equal(await codeOf(it.join(computer, "x", "0000-0000-0000-0001")), "wrong-code");
  }
  assert.equal(await codeOf(it.join(computer, "x", last)), "limited");
});

/** The class folder, with something that happens before a list of removed computers is written. */
const beforeEachList = (happens: () => Promise<unknown>) => (ports: ClassRoomPorts): ClassRoomPorts => ({
  ...ports,
  folder: {
    get settings() {
      return ports.folder.settings;
    },
    revocations: ports.folder.revocations,
    putSettings: (settings) => ports.folder.putSettings(settings),
    async putRevocations(jws) {
      await happens();
      await ports.folder.putRevocations(jws);
    },
  },
});

Deno.test("a computer that joins while its user is removed is removed too", async () => {
  const late = await newComputer();
  let happens = () => Promise.resolve();
  using it = await openRoom({ wrap: beforeEachList(() => happens()) });
  const { user } = await it.join(await newComputer(), "alice");
  const { code } = it.room.deviceCode(user);
  happens = async () => {
    happens = () => Promise.resolve();
    assert.equal((await it.join(late, "x", code)).user, user);
  };
  await it.room.remove(user);
  assert.deepEqual(it.store.devicesOf(user).map(({ state }) => state), ["suspended", "suspended"]);
  assert.ok((await it.revoked()).includes(late.peerId));
  assert.equal(await codeOf(it.renew(late)), "removed");
});

Deno.test("when the list cannot be written nobody is removed, and it can be tried again", async () => {
  let isFull = false;
  using it = await openRoom({
    wrap: beforeEachList(() => isFull ? Promise.reject(new EssaimError("disk-full", "full")) : Promise.resolve()),
  });
  const computer = await newComputer();
  const { user } = await it.join(computer, "alice");
  isFull = true;
  assert.equal(await codeOf(it.room.remove(user)), "disk-full");
  assert.ok(!it.room.isRevoked(computer.peerId));
  assert.equal((await it.renew(computer)).user, user);
  isFull = false;
  await it.room.remove(user);
  assert.ok(it.room.isRevoked(computer.peerId));
});

Deno.test("what comes between while somebody is taken back leaves nobody valid by half", async () => {
  let happens: () => Promise<unknown> = () => Promise.resolve();
  using it = await openRoom({ wrap: beforeEachList(() => happens()) });
  const once = (what: () => Promise<unknown>) =>
    happens = async () => {
      happens = () => Promise.resolve();
      await what();
    };
  const computer = await newComputer();
  const { user } = await it.join(computer, "alice");

  await it.room.remove(user);
  once(() => Promise.reject(new EssaimError("disk-full", "full")));
  assert.equal(await codeOf(it.room.restore(user)), "disk-full");
  assert.equal(await codeOf(it.renew(computer)), "removed");

  let other: UserId | undefined;
  once(async () => other = (await it.join(await newComputer(), "Alice")).user); // takes the name meanwhile
  assert.equal(await codeOf(it.room.restore(user)), "name-taken");
  assert.deepEqual(await it.revoked(), [computer.peerId]);
  assert.equal(await codeOf(it.renew(computer)), "removed");
  it.room.rename(other!, "bob");
  const outcomes = await Promise.all([codeOf(it.room.restore(user)), codeOf(it.room.restore(user))]);
  assert.deepEqual(outcomes, [undefined, "not-found"]);
  assert.deepEqual(await it.revoked(), []);
  assert.equal((await it.renew(computer)).user, user);

  const { code } = await it.room.reset(user);
  const next = await newComputer();
  once(() => it.join(next, "x", code)); // is faster by the same code
  assert.equal(await codeOf(it.join(computer, "x", code)), "wrong-code");
  assert.deepEqual(await it.revoked(), [computer.peerId]);
  assert.equal((await it.renew(next)).user, user);

  const another = it.room.deviceCode(user).code;
  let removing: Promise<void> | undefined;
  once(() => {
    removing = it.room.remove(user); // waits for the list under way
    return Promise.resolve();
  });
  await codeOf(it.join(computer, "x", another));
  await removing;
  assert.deepEqual((await it.revoked()).toSorted(), [computer.peerId, next.peerId].toSorted());
  for (const each of [computer, next]) assert.equal(await codeOf(it.renew(each)), "removed");
});

Deno.test("a crash while somebody is taken back leaves it removed, and it can be tried again", async () => {
  const it = await openRoom();
  const computer = await newComputer();
  const { user } = await it.join(computer, "alice");
  await it.room.remove(user);
  await it.room.removed.release([computer.peerId]); // the program ends here
  const { number } = it.room.revocations;
  it[Symbol.dispose]();
  using again = await openRoom({ dir: it.data, clock: it.clock });
  assert.deepEqual(await again.revoked(), [computer.peerId]);
  assert.ok(again.room.revocations.number > number);
  assert.equal(await codeOf(again.renew(computer)), "removed");
  await again.room.restore(user);
  assert.deepEqual(await again.revoked(), []);
  assert.equal((await again.renew(computer)).user, user);
});

Deno.test("a crash between list and database is mended: removed stays removed", async () => {
  const it = await openRoom();
  const [one, two] = [await newComputer(), await newComputer()];
  const alice = await it.join(one!, "alice");
  await it.join(two!, "bob");
  await it.room.removed.add([it.store.device(one!.peerId)!]); // the program ends here
  it[Symbol.dispose]();
  {
    using again = await openRoom({ dir: it.data, clock: it.clock });
    assert.equal(again.store.device(one!.peerId)?.state, "revoked");
    assert.equal(await codeOf(again.renew(one!)), "removed");
    await again.room.remove(alice.user);
  }
  // The list was lost, or put back from an old copy: the database knows, and the number only rises.
  const number = it.room.revocations.number;
  await Deno.remove(join(it.data, "class", "revocations.jws"));
  it.clock.advance(5_000);
  {
    using again = await openRoom({ dir: it.data, clock: it.clock });
    assert.deepEqual(await again.revoked(), [one!.peerId]);
    assert.ok(again.room.revocations.number > number);
  }
  await Deno.writeTextFile(join(it.data, "class", "revocations.jws"), "junk");
  using again = await openRoom({ dir: it.data, clock: it.clock });
  assert.deepEqual(await again.revoked(), [one!.peerId]);
  assert.ok(again.log.codes.includes("revocations-damaged"));
});

Deno.test("numbers of the list only rise, also after the class folder was put back from an old copy", async () => {
  const clock = new FakeClock(NOW);
  const it = await openRoom({ clock });
  const path = join(it.data, "class", "revocations.jws");
  const first = await Deno.readTextFile(path);
  const numbers = [it.room.revocations.number];
  for (const name of ["a", "b", "c"]) {
    await it.room.remove((await it.join(await newComputer(), name)).user);
    numbers.push(it.room.revocations.number);
  }
  assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
  assert.equal(new Set(numbers).size, 4);
  it[Symbol.dispose]();
  await Deno.writeTextFile(path, first, { mode: 0o600 });
  clock.advance(10_000);
  using again = await openRoom({ dir: it.data, clock });
  assert.ok(again.room.revocations.number > numbers.at(-1)!);
  assert.equal((await again.revoked()).length, 3);
});

Deno.test("removed computers leave the list two days after their last certificate ended", async () => {
  using it = await openRoom();
  const [one, two] = [await newComputer(), await newComputer()];
  await it.room.remove((await it.join(one!, "alice")).user);
  it.clock.advance(31 * DAY_MS);
  await it.room.remove((await it.join(two!, "bob")).user);
  assert.equal((await it.revoked()).length, 2);
  it.clock.advance(1.5 * DAY_MS);
  await it.room.remove((await it.join(await newComputer(), "carol")).user);
  assert.equal((await it.revoked()).length, 2);
  assert.ok(!(await it.revoked()).includes(one!.peerId));
  assert.ok(it.room.isRevoked(one!.peerId));
  assert.equal(await codeOf(it.renew(one!)), "removed");
});

Deno.test("a tracker that lost its database knows its members again by their certificates", async () => {
  const it = await openRoom();
  const [alice, bob, gone] = [await newComputer(), await newComputer(), await newComputer()];
  const members = [await it.join(alice!, "alice"), await it.join(bob!, "bob")];
  const left = await it.join(gone!, "mallory");
  await it.room.remove(left.user);
  await it.loseDatabase();
  using again = await openRoom({ dir: it.data, clock: it.clock });
  assert.deepEqual(again.room.members(), []);
  assert.equal(await codeOf(again.renew(alice!)), "unauthorized");
  const newcomer = await again.join(await newComputer(), "BOB");
  let changes = 0;
  again.room.onChange(() => changes++);
  for (const member of members) {
    again.room.admit(member);
    again.room.admit(member);
  }
  assert.equal(changes, 2);
  assert.throws(() => again.room.admit(left), (error) => error instanceof EssaimError && error.code === "removed");
  assert.equal(again.room.nameOf(members[0]!.user), "alice");
  assert.equal(again.room.nameOf(members[1]!.user), "bob (2)"); // its user id, and what it may read, stay its own
  assert.equal(again.room.nameOf(newcomer.user), "BOB");
  assert.ok(again.log.codes.includes("name-taken-meanwhile"));
  assert.equal((await again.renew(bob!)).name, "bob (2)");
  assert.equal(await codeOf(again.renew(gone!)), "removed");
  assert.deepEqual(await again.revoked(), [gone!.peerId]);
  assert.deepEqual(again.room.audit(2).map(({ action, about }) => [action, about]), [
    ["renewed-after-loss", "bob (2)"],
    ["renewed-after-loss", "alice"],
  ]);
});

Deno.test("names of one class and the longest name stay apart when a lost database is filled again", async () => {
  using it = await openRoom();
  const name = "😀x".repeat(21); // 63 characters
  const users = [1, 2, 3].map((number) => hexId<UserId>(number, 32));
  for (const user of users) it.room.admit(memberOn(await newComputer(), { name, user }));
  const names = users.map((user) => it.room.nameOf(user)!);
  assert.equal(new Set(names).size, 3);
  assert.ok(names.every((each) => each.length <= 64 && each.isWellFormed()));
});

Deno.test("a roster invites once; who has joined is left alone, who has not gets another code", async () => {
  using it = await openRoom();
  const computer = await newComputer();
  const csv = "Élève\nDUPONT Zoé\nMARTIN Léo\n";
  const first = await it.room.importRoster(csv);
  assert.deepEqual(first.map(({ name }) => name), ["DUPONT Zoé", "MARTIN Léo"]);
  const zoe = await it.join(computer, "zz", first[0]!.code);
  assert.equal(zoe.name, "DUPONT Zoé");
  const again = await it.room.importRoster(csv + "NGUYEN Thị\n");
  assert.deepEqual(again.map(({ name }) => name), ["MARTIN Léo", "NGUYEN Thị"]);
  assert.equal(await codeOf(it.join(await newComputer(), "x", first[1]!.code)), "wrong-code");
  assert.equal((await it.join(await newComputer(), "x", again[0]!.code)).name, "MARTIN Léo");
  assert.equal(await codeOf(it.join(await newComputer(), "nguyen thi")), "name-taken");
  assert.deepEqual(it.room.roster().map(({ state }) => state).toSorted(), ["active", "active", "invited"]);
  await assert.rejects(it.room.importRoster("name\nivy\nIVY\n"), (error) => {
    assert.ok(error instanceof EssaimError && error.code === "bad-input");
    assert.equal((error.details?.problems as unknown[]).length, 1);
    return true;
  });
  assert.equal(it.store.countUsers(), 3); // nothing of it was taken
  it.clock.advance(31 * DAY_MS);
  assert.equal(await codeOf(it.join(await newComputer(), "x", again[1]!.code)), "wrong-code");
});

Deno.test("a code for a second computer is valid once, for a quarter of an hour, and the newest counts", async () => {
  using it = await openRoom();
  const { user } = await it.join(await newComputer(), "alice");
  const first = it.room.deviceCode(user);
  const second = it.room.deviceCode(user);
  assert.equal(Date.parse(second.until) - it.clock.now(), 15 * 60_000);
  assert.equal(await codeOf(it.join(await newComputer(), "x", first.code)), "wrong-code");
  it.clock.advance(15 * 60_000 + 1);
  assert.equal(await codeOf(it.join(await newComputer(), "x", second.code)), "wrong-code");
  const bob = await newComputer();
  await it.join(bob, "bob");
  const { code } = it.room.deviceCode(user);
  assert.equal(await codeOf(it.join(bob, "bob", code)), "conflict"); // the key is another user's: the code stays valid
  assert.equal((await it.join(await newComputer(), "bob", code)).user, user);
});

Deno.test("a user has a bounded number of computers", async () => {
  using it = await openRoom();
  const { user } = await it.join(await newComputer(), "alice");
  const add = async () => it.join(await newComputer(), "x", it.room.deviceCode(user).code);
  for (let number = 2; number <= 16; number++) await add();
  assert.equal(await codeOf(add()), "limited");
  await it.room.removeDevice(it.store.devicesOf(user)[0]!.peerId);
  await add();
});

Deno.test("the teacher renames within the same rules", async () => {
  using it = await openRoom();
  const { user } = await it.join(await newComputer(), "alice");
  await it.join(await newComputer(), "bob");
  it.room.rename(user, "ALICE");
  it.room.rename(user, "Alice Dupont");
  assert.throws(() => it.room.rename(user, "B0B"), /BOB|bob/);
  assert.throws(() => it.room.rename(user, "a\u200b"), /cannot be seen/);
  assert.throws(() => it.room.rename(hexId(9, 32), "x"), /no such user/);
  assert.equal(it.room.nameOf(user), "Alice Dupont");
  await it.join(await newComputer(), "alice"); // free again
});

Deno.test("thirty computers join at once, each under its own name", async () => {
  using it = await openRoom();
  const computers = await Promise.all(Array.from({ length: 30 }, newComputer));
  const members = await Promise.all(computers.map((computer, number) => it.join(computer, `pupil ${number}`)));
  assert.equal(new Set(members.map(({ user }) => user)).size, 30);
  const same = await Promise.all(
    Array.from({ length: 10 }, async () => codeOf(it.join(await newComputer(), "one name"))),
  );
  assert.equal(same.filter((code) => code === undefined).length, 1);
  assert.equal(same.filter((code) => code === "name-taken").length, 9);
});
