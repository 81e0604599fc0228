import assert from "node:assert/strict";
import { signatures } from "../../lib/adapters/signatures.ts";
import { Owners } from "../../lib/app/owners.ts";
import type { Certificate } from "../../lib/core/class_messages.ts";
import type { ClassId } from "../../lib/core/ids.ts";
import { CLOCK_TOLERANCE_MS } from "../../lib/core/membership.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import { codeOf, hexId, shareId, userId } from "../fakes.ts";
import { Classroom, type Computer, tampered } from "./leases_setup.ts";

const OTHER_CLASS = hexId<ClassId>(7, 64);

interface Scene {
  readonly room: Classroom;
  readonly owner: Computer;
  readonly other: Computer;
  /** As the owner signs it, when it signs this. */
  sign(changes: Partial<LiveRecord>): Promise<string>;
}

async function scene(): Promise<Scene> {
  const room = new Classroom();
  const [owner, other] = [await room.computer(1), await room.computer(2)];
  const record = await owner.share(1, { visibility: "private", allow: [other.user] });
  return {
    room,
    owner,
    other,
    sign: async (changes) => (await owner.identity.signRecord({ ...record, ...changes })).jws,
  };
}

/** What a record of the owner proves by these certificates, or the code of what is wrong. */
async function proves(
  { room, owner }: Scene,
  jws: string,
  certificates: Record<string, Certificate> = { [owner.id]: owner.certificate },
  keys = {},
) {
  const owners = await Owners.of({ keys, certificates }, { signatures: signatures(), members: room.members });
  let proved: Awaited<ReturnType<Owners["prove"]>>;
  const code = await codeOf(owners.prove(jws).then((answer) => proved = answer));
  return code ?? proved;
}

Deno.test("a record of a member in its own name is proved by its certificate, which comes along", async () => {
  const it = await scene();
  await using _ = it.room;
  for (const visibility of ["class", "private", "public"] as const) {
    const jws = await it.sign({ visibility });
    const proved = await proves(it, jws);
    assert.ok(typeof proved === "object");
    assert.deepEqual([proved.signed.record.visibility, proved.signed.jws], [visibility, jws]);
    assert.deepEqual(proved.proof, { key: it.owner.identity.publicKey, certificate: it.owner.certificate });
  }
});

Deno.test("a public record needs no certificate, only its owner's key, and a bad certificate does not hide it", async () => {
  const it = await scene();
  await using _ = it.room;
  const { owner, room } = it;
  const jws = await it.sign({ visibility: "public", user: undefined, class: undefined, allow: [] });
  const keys = { [owner.id]: owner.identity.publicKey };
  const expired = room.members.enrol(owner.id, owner.user, { key: owner.identity.publicKey, notAfter: 0 });
  for (const certificates of [{}, { [owner.id]: expired }, { [owner.id]: "AAAA" as Certificate }]) {
    const proved = await proves(it, jws, certificates, keys);
    assert.ok(typeof proved === "object");
    assert.deepEqual(proved.proof, { key: owner.identity.publicKey, certificate: undefined });
  }
  assert.equal(await proves(it, jws, {}, {}), "bad-record");
});

Deno.test("a tombstone proves nothing to read", async () => {
  const it = await scene();
  await using _ = it.room;
  const { record: { shareId, owner, version, at } } = it.owner.records.ownShares()[0]!.signed;
  const { jws } = await it.owner.identity.signRecord({ shareId, owner, version: version + 1, at, deleted: true });
  assert.equal(await proves(it, jws), undefined);
});

type Forgery = (it: Scene) => Promise<{ jws: string; certificates?: Record<string, Certificate> }>;
const asOwner = ({ owner, room }: Scene, changes: Parameters<Classroom["members"]["enrol"]>[2]) => (
  { [owner.id]: room.members.enrol(owner.id, owner.user, { key: owner.identity.publicKey, ...changes }) }
);
const FORGERIES: [string, Forgery][] = [
  ["is of another class", async (it) => ({ jws: await it.sign({ class: OTHER_CLASS }) })],
  ["is of no class", async (it) => ({ jws: await it.sign({ class: undefined }) })],
  ["is in another user's name", async (it) => ({ jws: await it.sign({ user: it.other.user }) })],
  ["is in nobody's name", async (it) => ({ jws: await it.sign({ user: undefined }) })],
  ["was altered", async (it) => ({ jws: tampered(await it.sign({}), (said) => said.visibility = "class") })],
  ["was altered to be for somebody else", async (it) => ({
    jws: tampered(await it.sign({}), (said) => said.allow = [userId(9)]),
  })],
  ["is signed by another member", async ({ owner, other }) => {
    const { record } = owner.records.ownShare(shareId(1))!.signed;
    const { jws } = await other.identity.signRecord(record);
    return { jws, certificates: { [owner.id]: owner.certificate, [other.id]: other.certificate } };
  }],
  ["comes with another member's certificate", async (it) => ({
    jws: await it.sign({}),
    certificates: { [it.owner.id]: it.other.certificate },
  })],
  ["comes with a certificate of another user for the same key", async (it) => ({
    jws: await it.sign({}),
    certificates: {
      [it.owner.id]: it.room.members.enrol(it.owner.id, it.other.user, { key: it.owner.identity.publicKey }),
    },
  })],
  ["comes with a certificate of another class", async (it) => ({
    jws: await it.sign({ class: OTHER_CLASS }),
    certificates: asOwner(it, { class: OTHER_CLASS }),
  })],
  ["comes with a certificate that has expired", async (it) => ({
    jws: await it.sign({}),
    certificates: asOwner(it, { notAfter: it.room.clock.now() - 1 }),
  })],
  ["comes with a certificate that is not valid yet", async (it) => ({
    jws: await it.sign({}),
    certificates: asOwner(it, { notBefore: it.room.clock.now() + CLOCK_TOLERANCE_MS }),
  })],
  ["comes with a certificate that was revoked", async (it) => {
    it.room.members.revoked.add(it.owner.id);
    return { jws: await it.sign({}) };
  }],
  ["comes without certificate", async (it) => ({ jws: await it.sign({}), certificates: {} })],
  ["is no record", async (it) => ({ jws: await it.owner.signLease() })],
];
for (const [name, forge] of FORGERIES) {
  Deno.test(`a record that ${name} proves nothing`, async () => {
    const it = await scene();
    await using _ = it.room;
    const { jws, certificates } = await forge(it);
    const keys = { [it.owner.id]: it.owner.identity.publicKey, [it.other.id]: it.other.identity.publicKey };
    assert.equal(await proves(it, jws, certificates, keys), "bad-record");
  });
}

Deno.test("in no class nothing that is not public is proved, whatever comes along", async () => {
  const it = await scene();
  await using _ = it.room;
  const jws = await it.sign({});
  const none = await it.sign({ class: undefined });
  it.room.members.id = undefined;
  for (const record of [jws, none]) {
    assert.equal(await proves(it, record, undefined, { [it.owner.id]: it.owner.identity.publicKey }), "bad-record");
  }
});
