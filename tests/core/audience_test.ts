import assert from "node:assert/strict";
import fc from "fast-check";
import { type Audience, belongs, NOBODY, widened } from "../../lib/core/audience.ts";
import type { ClassId, UserId } from "../../lib/core/ids.ts";
import { type Caller, mayRead } from "../../lib/core/permission.ts";
import { isRestricted, type LiveRecord, type ShareRecord } from "../../lib/core/share_record.ts";
import { CLASS_ID, hexId, peerId, recordBy, shareId, userId } from "../fakes.ts";

const OWNER = userId(1);
const OTHER_CLASS = hexId<ClassId>(0x07e4, 64);
const anonymous: Caller = { kind: "anonymous", address: "10.0.0.9" };
const member = (user: UserId, classId = CLASS_ID): Caller => (
  { kind: "member", address: "10.0.0.9", class: classId, peer: peerId(9), user }
);
const record = (visibility: LiveRecord["visibility"], allow: UserId[] = [], classId = CLASS_ID): LiveRecord => {
  const plain = recordBy(peerId(1), { visibility, allow });
  return isRestricted(plain) ? { ...plain, user: OWNER, class: classId } : plain;
};
const tombstone: ShareRecord = {
  ...{ shareId: shareId(1), owner: peerId(1), version: 9, at: "2026-01-02T03:04:05.678Z", deleted: true },
};

Deno.test("whoever could read a share belongs to its audience for good, and nobody else ever does", () => {
  const user = fc.integer({ min: 1, max: 4 }).map(userId);
  const visibility = fc.constantFrom("public" as const, "class" as const, "private" as const);
  const versions = fc.array(
    fc.oneof(fc.constant(tombstone), fc.tuple(visibility, fc.array(user)).map(([seen, allow]) => record(seen, allow))),
  );
  const callers = [anonymous, ...[1, 2, 3, 4, 5].map((number) => member(userId(number)))];
  fc.assert(fc.property(versions, (history) => {
    const audience = history.reduce(widened, NOBODY);
    for (const caller of callers) {
      const could = history.some((version) => !version.deleted && mayRead(caller, version).allow);
      assert.equal(belongs(caller, audience), could, JSON.stringify({ caller, audience }));
    }
  }));
});

Deno.test("the people of another class are told nothing of what this one could read", () => {
  const elsewhere = member(userId(2), OTHER_CLASS);
  const audience = widened(NOBODY, record("class"));
  assert.ok(belongs(member(userId(2)), audience));
  assert.ok(!belongs(elsewhere, audience));
  const both = widened(audience, record("class", [], OTHER_CLASS));
  assert.ok(belongs(elsewhere, both));
});

Deno.test("an audience of very many people is the whole class", () => {
  let audience: Audience = NOBODY;
  for (let first = 0; first < 6_000; first += 1_000) {
    audience = widened(audience, record("private", Array.from({ length: 1_000 }, (_, n) => userId(100 + first + n))));
  }
  assert.ok(belongs(member(userId(99)), audience));
  assert.ok(!belongs(anonymous, audience));
});
