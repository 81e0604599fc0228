import assert from "node:assert/strict";
import fc from "fast-check";
import type { ClassId, UserId } from "../../lib/core/ids.ts";
import { type Caller, givable, mayGive, mayRead, type Readers } from "../../lib/core/permission.ts";
import { CLASS_ID, hexId, peerId, userId } from "../fakes.ts";

const [OWNER, READER, STRANGER] = [1, 2, 3].map(userId) as [UserId, UserId, UserId];
const OTHER_CLASS = hexId<ClassId>(0x07e4, 64);
const anonymous: Caller = { kind: "anonymous", address: "10.0.0.9" };
const local: Caller = { kind: "local" };
const member = (user: UserId, classId = CLASS_ID): Caller => (
  { kind: "member", address: "10.0.0.9", class: classId, peer: peerId(9), user }
);
const record = (visibility: Readers["visibility"], allow: UserId[] = []): Readers => (
  { visibility, allow, user: OWNER, class: CLASS_ID }
);
const CALLERS: Record<string, Caller> = {
  local,
  anonymous,
  owner: member(OWNER),
  reader: member(READER),
  stranger: member(STRANGER),
  ownerElsewhere: member(OWNER, OTHER_CLASS),
  readerElsewhere: member(READER, OTHER_CLASS),
};

for (
  const [name, readers, expected] of [
    ["public", record("public"), "all"],
    ["public, whatever else it says", { ...record("public"), user: undefined, class: undefined }, "all"],
    ["class", record("class"), ["local", "owner", "reader", "stranger"]],
    ["class, with people that mean nothing", record("class", [READER]), ["local", "owner", "reader", "stranger"]],
    ["private for one", record("private", [READER]), ["local", "owner", "reader"]],
    ["private for nobody", record("private"), ["local", "owner"]],
    ["of no class", { ...record("class"), class: undefined }, ["local"]],
    ["private of no class", { ...record("private", [READER]), class: undefined }, ["local"]],
    ["private of nobody", { ...record("private", [READER]), user: undefined }, ["local", "reader"]],
  ] as [string, Readers, string[] | "all"][]
) {
  Deno.test(`a share that is ${name} is read by exactly those that it is for, also from its secondary seeders`, () => {
    const now = 1_000;
    for (const [who, caller] of Object.entries(CALLERS)) {
      const may = expected === "all" || expected.includes(who);
      assert.equal(mayRead(caller, readers).allow, may, who);
      for (
        const [until, lasts] of [[Infinity, true], [now + 1, true], [now, false], [0, false], [NaN, false]] as const
      ) {
        assert.equal(mayGive(caller, { ...readers, until }, now).allow, may && lasts, `${who} until ${until}`);
      }
    }
  });
}

Deno.test("why somebody may not read is told apart, for the log only", () => {
  for (
    const [caller, readers, until, why] of [
      [anonymous, record("class"), Infinity, "not-a-member"],
      [member(READER, OTHER_CLASS), record("private", [READER]), Infinity, "not-a-member"],
      [member(STRANGER), record("private", [READER]), Infinity, "not-chosen"],
      [member(STRANGER), record("private", [READER]), 0, "not-chosen"],
      [member(READER), record("private", [READER]), 5, "lease-ended"],
    ] as [Caller, Readers, number, string][]
  ) assert.deepEqual(mayGive(caller, { ...readers, until }, 5), { allow: false, why });
});

Deno.test("of all records of a file only those that allow the caller count, and more time never takes one away", () => {
  const users = fc.constantFrom(OWNER, READER, STRANGER);
  const classes = fc.constantFrom(CLASS_ID, OTHER_CLASS, undefined);
  const readers = fc.record({
    visibility: fc.constantFrom("public", "class", "private"),
    allow: fc.uniqueArray(users),
    user: fc.option(users, { nil: undefined }),
    class: classes,
    until: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 20 })),
  }) as fc.Arbitrary<Readers & { until: number }>;
  const callers = fc.oneof(
    fc.constant(anonymous),
    fc.tuple(users, fc.constantFrom(CLASS_ID, OTHER_CLASS)).map(([user, id]) => member(user, id)),
  );
  fc.assert(fc.property(fc.array(readers), callers, fc.integer({ min: 0, max: 20 }), (records, caller, now) => {
    const given = givable(caller, records, now);
    assert.deepEqual(given, records.filter((one) => mayGive(caller, one, now).allow));
    for (const one of given) {
      const isReader = caller.kind === "member" && one.class === caller.class &&
        (one.visibility === "class" || one.user === caller.user || one.allow.includes(caller.user));
      assert.ok(one.visibility === "public" || isReader);
      assert.ok(now < one.until);
    }
    assert.deepEqual(givable(local, records, -1), records);
    const earlier = givable(caller, records, now - 1);
    assert.ok(given.every((one) => earlier.includes(one)));
  }));
});
