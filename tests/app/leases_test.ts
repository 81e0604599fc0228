import assert from "node:assert/strict";
import fc from "fast-check";
import type { LeaseReply } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId, UserId } from "../../lib/core/ids.ts";
import { DAY_MS } from "../../lib/core/membership.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { codeOf, hexId, peerId, shareId, userId } from "../fakes.ts";
import { nextTurn, testFile, until } from "../fakes_download.ts";
import { Classroom, type Computer, fileOf, saidIn, tampered, unreachable } from "./leases_setup.ts";

const HOUR_MS = 3_600_000;
const anonymous: Caller = { kind: "anonymous", address: "10.0.0.9" };
const file = (number: number) => fileOf(number).manifest.id;

/** An owner whose first share is for bob, who holds it, and a stranger. */
async function setup() {
  const room = new Classroom();
  const [owner, bob, stranger] = await Promise.all([1, 2, 3].map((n) => room.computer(n))) as [
    Computer,
    Computer,
    Computer,
  ];
  const reader = { ...bob.caller, peer: peerId(77) };
  await owner.share(1, { visibility: "private", allow: [bob.user] });
  await bob.fetch(owner, 1);
  return { room, owner, bob, stranger, reader };
}

/** After this an owner is asked again, also one that could not be. */
const later = (room: Classroom) => room.clock.advance(15_000);

Deno.test("an owner tells a holder of the records that the holder may read, and of nothing else", async () => {
  const { room, owner, bob, stranger } = await setup();
  await using _ = room;
  await owner.share(2, { visibility: "class" });
  await owner.share(3, { visibility: "private", allow: [stranger.user] });
  await owner.share(4, undefined);
  const shares = [1, 2, 3, 4, 99].map(shareId);
  const names = ({ records }: LeaseReply) => records.map((jws) => saidIn(jws).shareId);
  const ask = (caller: Caller, of = owner.id) => owner.leases.answer({ owner: of, shares }, caller);
  assert.deepEqual(names(await ask(bob.caller)), [shareId(1), shareId(2)]);
  assert.deepEqual(names(await ask(stranger.caller)), [shareId(2), shareId(3)]);
  assert.deepEqual(names(await ask(owner.caller)), [shareId(1), shareId(2), shareId(3)]);
  assert.deepEqual(names(await ask({ ...bob.caller, class: hexId<ClassId>(7, 64) })), []);
  assert.equal(await codeOf(ask(anonymous)), "not-found");
  assert.equal(await codeOf(ask(bob.caller, bob.id)), "not-found");
  const hidden = await owner.leases.answer({ owner: owner.id, shares: [shareId(3)] }, bob.caller);
  assert.deepEqual(hidden, await owner.leases.answer({ owner: owner.id, shares: [shareId(99)] }, bob.caller));
  owner.joined = undefined;
  assert.equal(await codeOf(ask(bob.caller)), "not-found");
});

Deno.test("a lease is signed again after a change, an hour or a new certificate, and not more often", async () => {
  const { room, owner } = await setup();
  await using _ = room;
  const count = async () => (await owner.leases.own(), owner.signed);
  assert.deepEqual([await count(), await count()], [1, 1]);
  room.clock.advance(HOUR_MS - 1);
  assert.equal(await count(), 1);
  room.clock.advance(1);
  assert.equal(await count(), 2);
  await owner.share(9, {});
  assert.deepEqual([await count(), await count()], [3, 3]);
  owner.renew();
  const lease = await owner.leases.own();
  assert.deepEqual([owner.signed, lease?.certificate], [4, owner.certificate]);
  owner.skewMs = -10 * DAY_MS; // the clock is set back: the lease would begin in the future
  assert.equal(await count(), 5);
  owner.joined = undefined;
  assert.equal(await owner.leases.own(), undefined);
});

Deno.test("a holder gives nothing without a lease, then for a day, and again once the owner is back", async () => {
  const { room, owner, bob, stranger, reader } = await setup();
  await using _ = room;
  bob.neighbours.heard([{ peerId: owner.id, name: "x", host: owner.id, port: 5001 }]); // not where members are answered
  assert.equal(await bob.gives(file(1), reader), false);
  later(room);
  bob.meet(owner);
  assert.equal(await bob.gives(file(1), reader), true);
  assert.equal(await bob.gives(file(1), owner.caller), true);
  for (const caller of [anonymous, stranger.caller, { ...reader, class: hexId<ClassId>(7, 64) }]) {
    assert.equal(await bob.gives(file(1), caller), false);
  }
  owner.answer = () => unreachable();
  room.clock.advance(DAY_MS - 1);
  assert.equal(await bob.gives(file(1), reader), true);
  room.clock.advance(1);
  assert.equal(await bob.gives(file(1), reader), false);
  assert.equal(
    bob.records.get({ owner: owner.id, shareId: shareId(1) })?.record.deleted,
    false,
    "nothing is forgotten",
  );
  owner.answer = (request, caller) => owner.leases.answer(request, caller);
  later(room);
  assert.equal(await bob.gives(file(1), reader), true);
});

Deno.test("whom the owner no longer allows gets nothing from a holder that can ask", async (t) => {
  const changes: [string, (owner: Computer, user: UserId) => Promise<unknown>][] = [
    ["for others now", (owner) => owner.share(1, { visibility: "private", allow: [userId(9)] })],
    ["for nobody now", (owner) => owner.share(1, { visibility: "private" })],
    ["taken back", (owner) => owner.share(1, undefined)],
  ];
  for (const [name, change] of changes) {
    await t.step(name, async () => {
      const { room, owner, bob, reader } = await setup();
      await using _ = room;
      assert.ok(await bob.gives(file(1), reader));
      await change(owner, bob.user);
      later(room);
      assert.equal(await bob.gives(file(1), reader), false);
      assert.equal(bob.records.get({ owner: owner.id, shareId: shareId(1) }), undefined);
      assert.equal(
        await codeOf(bob.leases.confirm(owner.records.get({ owner: owner.id, shareId: shareId(1) })!.record as never)),
        "access-ended",
      );
    });
  }
  await t.step("another reader", async () => {
    const { room, owner, bob, stranger, reader } = await setup();
    await using _ = room;
    await owner.share(1, { visibility: "private", allow: [bob.user, stranger.user] });
    assert.equal(await bob.gives(file(1), reader), true);
    assert.equal(await bob.gives(file(1), stranger.caller), true);
    await owner.share(1, { visibility: "private", allow: [bob.user] });
    later(room);
    assert.equal(await bob.gives(file(1), reader), true);
    assert.equal(await bob.gives(file(1), stranger.caller), false);
  });
});

Deno.test("who gets access again is served again, by owner and holder, and can fetch again", async () => {
  const { room, owner, bob, reader } = await setup();
  await using _ = room;
  await owner.share(1, { visibility: "private" });
  await bob.leases.refresh([{ ...(await owner.share(1, { visibility: "private" })), until: 0 }]);
  assert.equal(bob.records.get({ owner: owner.id, shareId: shareId(1) }), undefined);
  const record = await owner.share(1, { visibility: "class" });
  await bob.fetch(owner, 1);
  await bob.leases.confirm(record);
  later(room);
  assert.equal(await bob.gives(file(1), reader), true);
  assert.equal(await bob.gives(file(1), { ...reader, user: userId(9) }), true);
});

Deno.test("another content under the same share is told to who fetches it, and the old one is not given on", async () => {
  const { room, owner, bob, reader } = await setup();
  await using _ = room;
  const record = await owner.share(1, { visibility: "private", allow: [bob.user] }, testFile(11, 50));
  const old = { ...record, fileId: file(1) };
  await assert.rejects(bob.leases.confirm(old), { code: "changed" });
  await bob.leases.confirm(record);
  assert.equal(await bob.gives(file(1), reader), false);
  assert.equal(await bob.gives(record.fileId, reader), false, "of the new one nothing is here");
});

/** What somebody between an owner and a holder, or a member that lies, may say. */
type Forgery = (scene: Awaited<ReturnType<typeof setup>>, honest: LeaseReply) => LeaseReply | Promise<LeaseReply>;
const FORGERIES: [string, Forgery][] = [
  ["altered", (_, reply) => ({
    ...reply,
    lease: tampered(reply.lease, (said) => said.until = new Date(Date.parse(String(said.until)) + 1).toISOString()),
  })],
  ["signed by somebody else", async ({ owner, stranger }, reply) => ({
    ...reply,
    lease: await stranger.signLease({ owner: owner.id, revision: owner.records.position.version }),
  })],
  ["of another owner", async ({ stranger }, reply) => ({
    ...reply,
    lease: await stranger.signLease({ revision: 99 }),
    certificate: stranger.certificate,
  })],
  ["of another owner in the owner's name", async ({ owner, stranger }, reply) => ({
    ...reply,
    lease: await stranger.signLease({ owner: owner.id, revision: 99 }),
    certificate: stranger.certificate,
  })],
  ["of another class", async ({ owner }, reply) => ({
    ...reply,
    lease: await owner.signLease({ class: hexId<ClassId>(7, 64) }),
  })],
  ["longer than a day", async ({ owner, room }, reply) => ({
    ...reply,
    lease: await owner.signLease({ until: new Date(room.clock.now() + DAY_MS + 1).toISOString() }),
  })],
  ["of three days in the future", async ({ owner, room }, reply) => {
    const [at, until] = [3, 4].map((days) => new Date(room.clock.now() + days * DAY_MS).toISOString());
    return { ...reply, lease: await owner.signLease({ at: at!, until: until! }) };
  }],
  ["a record instead", (_, reply) => ({ ...reply, lease: reply.records[0]! })],
  ["no JWS", (_, reply) => ({ ...reply, lease: "a.b.c" })],
  ["with an expired certificate", ({ owner, room }, reply) => ({
    ...reply,
    certificate: room.members.enrol(owner.id, owner.user, { key: owner.identity.publicKey, notAfter: 0 }),
  })],
  ["with a certificate of another class", ({ owner, room }, reply) => ({
    ...reply,
    certificate: room.members.enrol(owner.id, owner.user, {
      ...{ key: owner.identity.publicKey, class: hexId<ClassId>(7, 64) },
    }),
  })],
  ["with an altered record", (_, reply) => ({
    ...reply,
    records: [tampered(reply.records[0]!, (said) => said.visibility = "class")],
  })],
  ["with a record in another user's name", async ({ owner }, reply) => {
    const { record } = owner.records.ownShare(shareId(1))!.signed;
    return { ...reply, records: [(await owner.identity.signRecord({ ...record, version: 9, user: userId(8) })).jws] };
  }],
  ["with a record of another class", async ({ owner }, reply) => {
    const { record } = owner.records.ownShare(shareId(1))!.signed;
    const other = { ...record, version: 9, class: hexId<ClassId>(7, 64) };
    return { ...reply, records: [(await owner.identity.signRecord(other)).jws] };
  }],
  ["with a record of another owner", async ({ owner, stranger }, reply) => {
    const { record } = owner.records.ownShare(shareId(1))!.signed;
    const other = { ...record, owner: stranger.id, user: stranger.user, version: 9 };
    return { ...reply, records: [(await stranger.identity.signRecord(other)).jws] };
  }],
];
for (const [name, forge] of FORGERIES) {
  for (const when of ["at first", "later"]) {
    Deno.test(`a lease that is forged (${name}) gives nothing ${when}, and takes nothing away`, async () => {
      const scene = await setup();
      const { room, owner, bob, reader } = scene;
      await using _ = room;
      if (when === "later") {
        assert.ok(await bob.gives(file(1), reader));
        later(room);
      }
      const ref = { owner: owner.id, shareId: shareId(1) };
      const state = () => [bob.records.get(ref), bob.records.granting(file(1)), bob.records.leaseOf(owner.id)];
      const before = state();
      const honest = await owner.leases.answer({ owner: owner.id, shares: [shareId(1)] }, bob.caller);
      const forged = await forge(scene, honest);
      owner.answer = () => Promise.resolve(forged);
      room.tracker = () => Promise.resolve(forged);
      assert.equal(await bob.gives(file(1), reader), when === "later");
      assert.deepEqual(state(), before);
      assert.deepEqual(bob.log.codes.filter((code) => code === "lease-not-renewed").length, 1);
      owner.answer = (request, caller) => owner.leases.answer(request, caller);
      later(room);
      assert.equal(await bob.gives(file(1), reader), true, "an honest one counts afterwards");
    });
  }
}

Deno.test("a computer that was removed from the class gives out no leases, and nothing of it is given on", async () => {
  const { room, owner, bob, reader } = await setup();
  await using _ = room;
  assert.ok(await bob.gives(file(1), reader));
  room.members.revoked.add(owner.id);
  assert.equal(await bob.gives(file(1), reader), false);
  const before = owner.asked;
  later(room);
  assert.equal(await bob.gives(file(1), reader), false);
  assert.equal(owner.asked, before);
});

Deno.test("leases last as long as they should when the holder's clock is two hours wrong", async (t) => {
  for (const skewMs of [-2 * HOUR_MS, 2 * HOUR_MS]) {
    await t.step(`${skewMs / HOUR_MS} h`, async () => {
      const { room, owner, bob, reader } = await setup();
      await using _ = room;
      bob.skewMs = skewMs;
      assert.equal(await bob.gives(file(1), reader), true);
      owner.answer = () => unreachable();
      const lasts = Math.min(DAY_MS, DAY_MS - skewMs);
      room.clock.advance(lasts - 1);
      assert.equal(await bob.gives(file(1), reader), true);
      room.clock.advance(1);
      assert.equal(await bob.gives(file(1), reader), false);
    });
  }
});

Deno.test("an owner is asked at most every two seconds, by one question at a time; after it could not be, every fifteen", async () => {
  const { room, owner, bob, reader } = await setup();
  await using _ = room;
  await Promise.all(Array.from({ length: 10 }, () => bob.gives(file(1), reader)));
  assert.equal(owner.asked, 1);
  room.clock.advance(1_999);
  await bob.gives(file(1), reader);
  assert.equal(owner.asked, 1);
  room.clock.advance(1);
  await bob.gives(file(1), reader);
  assert.equal(owner.asked, 2);
  owner.answer = () => unreachable();
  room.clock.advance(2_000);
  await bob.gives(file(1), reader);
  room.clock.advance(14_999);
  await bob.gives(file(1), reader);
  assert.equal(owner.asked, 3);
  room.clock.advance(1);
  await bob.gives(file(1), reader);
  assert.equal(owner.asked, 4);
  for (const caller of [anonymous, { ...reader, user: userId(9) }]) {
    later(room);
    await bob.gives(file(1), caller);
    assert.equal(owner.asked, 4, "nobody is asked for somebody who may not read it anyway");
  }
});

Deno.test("nobody waits longer than a second and a half for a silent owner; the lease counts meanwhile", async () => {
  const { room, owner, bob, reader } = await setup();
  await using _ = room;
  assert.ok(await bob.gives(file(1), reader));
  later(room);
  const silent = Promise.withResolvers<LeaseReply>();
  owner.answer = () => silent.promise;
  let given: boolean | undefined;
  const asking = bob.gives(file(1), reader).then((given_) => given = given_);
  await until(() => owner.asked === 2, "the owner is asked");
  room.clock.advance(1_499);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  assert.equal(given, undefined);
  room.clock.advance(1);
  await asking;
  assert.equal(given, true);
  silent.reject(new EssaimError("unreachable", "It went away."));
});

Deno.test("when its owner is away the tracker is asked, which knows what the owner last said", async (t) => {
  for (const away of ["silent", "nowhere"] as const) {
    await t.step(away, async () => {
      const { room, owner, bob, reader } = await setup();
      await using _ = room;
      room.tracker = (request, caller) => owner.leases.answer(request, caller);
      if (away === "silent") owner.answer = () => unreachable();
      else bob.neighbours.heard([{ peerId: owner.id, name: "x", host: "x", port: 5001 }]);
      assert.equal(await bob.gives(file(1), reader), true);
      await owner.share(1, { visibility: "private" });
      later(room);
      assert.equal(await bob.gives(file(1), reader), false);
      assert.equal(bob.records.get({ owner: owner.id, shareId: shareId(1) }), undefined);
    });
  }
});

Deno.test("a tracker that knows less than what the owner said already takes nothing back and gives nothing", async () => {
  const { room, owner, bob, stranger } = await setup();
  await using _ = room;
  await owner.share(1, { visibility: "private", allow: [bob.user, stranger.user] });
  const old = await owner.leases.answer({ owner: owner.id, shares: [shareId(1)] }, bob.caller);
  await owner.share(1, { visibility: "private", allow: [bob.user] });
  assert.equal(await bob.gives(file(1), bob.caller), true);
  later(room);
  owner.answer = () => unreachable();
  room.tracker = () => Promise.resolve(old);
  assert.equal(await bob.gives(file(1), stranger.caller), false);
  assert.equal(await bob.gives(file(1), bob.caller), true);
  assert.equal(bob.records.leaseOf(owner.id)?.revision, owner.records.position.version);
});

Deno.test("all owners are asked by themselves every ten minutes", async () => {
  const { room, owner, bob } = await setup();
  await using _ = room;
  const second = await room.computer(4);
  await second.share(1, { visibility: "class" });
  await bob.fetch(second, 1);
  bob.leases.start();
  await until(() => owner.asked === 1 && second.asked === 1, "both are asked");
  await until(() => room.clock.next < Infinity, "it rests");
  room.clock.advance(10 * 60_000 - 1);
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  assert.equal(owner.asked, 1);
  room.clock.advance(1);
  await until(() => owner.asked === 2 && second.asked === 2, "both are asked again");
});

Deno.test("many shares of one owner are asked for in several questions, and each is kept or dropped", async () => {
  const { room, owner, bob } = await setup();
  await using _ = room;
  const key = { key: owner.identity.publicKey, certificate: owner.certificate };
  for (let number = 2; number <= 600; number++) {
    const allow = number % 2 === 0 ? [bob.user] : [];
    await owner.share(number, { visibility: "private", allow }, fileOf(1));
    const { record, jws } = owner.records.ownShare(shareId(number))!.signed;
    bob.records.putForeign({ record, jws }, key, [record.fileId]);
  }
  await bob.leases.refresh(bob.records.granting(file(1)));
  assert.equal(owner.asked, 6);
  assert.equal(bob.records.leasedShares(owner.id).length, 301);
  assert.ok(bob.records.granting(file(1)).every(({ until }) => until > room.clock.now()));
});

Deno.test("nobody in the class joined next is asked about what is held from the one before", async () => {
  const { room, owner, bob } = await setup();
  await using _ = room;
  const { record } = owner.records.ownShare(shareId(1))!.signed;
  const old = { ...record, version: 2, class: hexId<ClassId>(7, 64) };
  bob.records.putForeign({ record: old, jws: "of the other class" }, { key: owner.identity.publicKey }, [file(1)]);
  let told = 0;
  room.tracker = () => (told++, unreachable());
  bob.leases.start();
  await bob.leases.confirm(old);
  await until(() => room.clock.next < Infinity, "it rests");
  assert.deepEqual([owner.asked, told], [0, 0]);
  assert.notEqual(bob.records.get(old), undefined, "it comes back with that class");
});

Deno.test("an owner is asked about what somebody wants, however much of it is held", async () => {
  const { room, owner, bob, reader } = await setup();
  await using _ = room;
  for (let number = 2; number <= 30; number++) {
    await owner.share(number, { visibility: "class" });
    await bob.fetch(owner, number);
  }
  const asked: number[] = [];
  owner.answer = (request, caller) => {
    asked.push(request.shares.length);
    return owner.leases.answer(request, caller);
  };
  await Promise.all([2, 3, 2, 3].map((number) => bob.gives(file(number), reader)));
  assert.deepEqual(asked, [1, 1]);
  await bob.serve.prepare([2, 3, 4, 5].map(file), reader);
  assert.deepEqual(asked, [1, 1, 2], "what was just asked is not asked again");
  owner.answer = () => unreachable();
  later(room);
  const before = bob.asking;
  for (const number of [2, 3, 4]) assert.equal(await bob.gives(file(number), reader), true);
  assert.equal(bob.asking, before + 1, "who cannot be asked about one share cannot be about another");
});

Deno.test("whatever an owner changes, and whoever can be asked, nobody gets what was not for them within a day", async () => {
  const users = [2, 3, 4].map(userId);
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("share" as const),
      number: fc.integer({ min: 1, max: 2 }),
      visibility: fc.constantFrom("class" as const, "private" as const, undefined),
      allow: fc.subarray(users),
    }),
    fc.record({ kind: fc.constant("away" as const), away: fc.boolean() }),
    fc.record({ kind: fc.constant("wait" as const), hours: fc.constantFrom(0.01, 1, 13, 25) }),
    fc.record({ kind: fc.constant("fetch" as const), number: fc.integer({ min: 1, max: 2 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      await using room = new Classroom();
      const owner = await room.computer(1);
      const bob = await room.computer(2);
      /** When a user could last read a share. */
      const could = new Map<string, number>();
      const readers = new Map<number, (user: UserId) => boolean>();
      let away = false;
      for (const one of steps) {
        if (one.kind === "share") {
          const { number, visibility, allow } = one;
          const isThere = owner.records.ownShare(shareId(number)) !== undefined;
          if (visibility === undefined && !isThere) continue;
          await owner.share(number, visibility && { visibility, allow: visibility === "private" ? allow : [] });
          readers.set(
            number,
            (user) =>
              visibility !== undefined && (visibility === "class" || user === owner.user || allow.includes(user)),
          );
        } else if (one.kind === "away") {
          away = one.away;
          owner.answer = away ? () => unreachable() : (request, caller) => owner.leases.answer(request, caller);
        } else if (one.kind === "wait") {
          room.clock.advance(one.hours * HOUR_MS);
        } else if (readers.get(one.number)?.(bob.user)) {
          await bob.fetch(owner, one.number);
        }
        for (const [number, reads] of readers) {
          for (const user of users) if (reads(user)) could.set(`${number} ${user}`, room.clock.now());
        }
        later(room);
        for (const number of [1, 2]) {
          for (const user of users) {
            const gives = await bob.gives(file(number), { ...bob.caller, user, peer: peerId(77) });
            const last = could.get(`${number} ${user}`) ?? -Infinity;
            if (gives) assert.ok(room.clock.now() - last < DAY_MS + 20_000, "it was theirs within a day");
            if (gives && !away) assert.ok(readers.get(number)?.(user), "it is theirs now");
          }
          assert.equal(await bob.gives(file(number), anonymous), false);
        }
      }
    }),
    { numRuns: 25 },
  );
});
