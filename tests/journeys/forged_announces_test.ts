import assert from "node:assert/strict";
import { type KeptIdentity, openIdentity } from "../../lib/adapters/identity.ts";
import type { Certificate } from "../../lib/core/class_messages.ts";
import type { PeerId, UserId } from "../../lib/core/ids.ts";
import type { Announce } from "../../lib/core/messages.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import { announceBy, recordBy } from "../fakes.ts";
import {
  authorityOf,
  bodyOf,
  issued,
  memberWire,
  newIdentity,
  plainWire,
  requestOf,
  statusOf,
  userOf,
  type Wire,
} from "./attackers.ts";
import { Classroom, type Peer } from "./processes.ts";
import { until } from "./until.ts";

const CANARY = "kanari-announced";
const EPOCH = "e".repeat(32);
const MINUTE_MS = 60_000;

/** A member who announces by hand what he likes. */
class Forger {
  #serial = Date.now() * 1_000;
  /** How much of the index was accepted. */
  version = 0;

  constructor(
    readonly me: KeptIdentity,
    readonly wire: Wire,
    readonly user: UserId,
    readonly certificate: Certificate,
  ) {}

  static async of(peer: Peer, room: Classroom): Promise<Forger> {
    const wire = await memberWire(peer, room.tracker);
    const user = await userOf(peer, await authorityOf(room));
    await peer.stop();
    const { certificate } = JSON.parse(await Deno.readTextFile(`${peer.data}/identity/class.json`));
    return new Forger(await openIdentity(`${peer.data}/identity`), wire, user, certificate);
  }

  /** Signed by `by`, sent over `wire`. */
  async announce(changes: Partial<Announce> = {}, by = this.me, wire = this.wire): Promise<string> {
    const jws = await by.signAnnounce(this.message({ peerId: by.peerId, ...changes }));
    return await send(wire, jws);
  }

  message(changes: Partial<Announce> = {}): Announce {
    const from = this.version;
    const index = { epoch: EPOCH, from, to: from + (changes.records?.length ?? 0) };
    return announceBy(this.me.peerId, { serial: ++this.#serial, name: "mallory", index, memberPort: 5101, ...changes });
  }

  async record(changes: Partial<LiveRecord> = {}, by = this.me): Promise<string> {
    const live = recordBy(by.peerId, { name: `${CANARY}.txt`, at: new Date().toISOString(), ...changes });
    return (await by.signRecord(live)).jws;
  }

  lease(revision: number, by = this.me, classId = ""): Promise<string> {
    const [at, until] = [Date.now(), Date.now() + MINUTE_MS].map((time) => new Date(time).toISOString()) as [
      string,
      string,
    ];
    return by.signLease({ class: classId as never, owner: by.peerId, revision, at, until });
  }
}

const send = (wire: Wire, jws: string) =>
  wire(requestOf("POST /api/announce", { headers: { "content-type": "application/jose" }, body: jws }));

const sendJson = (wire: Wire, announce: Announce, token: string) =>
  wire(requestOf("POST /api/announce", { headers: { authorization: `Bearer ${token}` }, body: announce }));

const problemOf = (answer: string) => [statusOf(answer), JSON.parse(bodyOf(answer)).code];

Deno.test("announces that were forged, replayed, altered or brought by another are refused and change nothing", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "mallory");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const authority = await authorityOf(room);
  const mallory = await Forger.of(room.peer("mallory"), room);
  const alicesUser = await userOf(alice, authority);
  const of = { user: mallory.user, class: authority.classId };
  const outsider = plainWire(room.tracker);
  const stranger = await newIdentity();
  const bobs = await memberWire(bob, room.tracker);

  // Whom it is about, and in whose name.
  assert.deepEqual(problemOf(await mallory.announce({}, stranger)), [401, "unauthorized"]);
  for (
    const [what, record] of [
      ["another user's", await mallory.record({ ...of, user: alicesUser, visibility: "class" })],
      ["nobody's", await mallory.record({ class: authority.classId, visibility: "class" })],
      ["of another class", await mallory.record({ ...of, class: "ab".repeat(32) as never, visibility: "class" })],
      ["of no class", await mallory.record({ user: mallory.user, visibility: "private" })],
      ["another computer's", await mallory.record({}, stranger)],
      ["of an owner who did not sign", (await mallory.me.signRecord(recordBy(stranger.peerId))).jws],
      ["altered", altered(await mallory.record({ ...of, visibility: "class" }))],
      ["unsigned", (await mallory.record()).replace(/\.[\w-]+$/, ".AAAA")],
      ["signed with none", withHeader(await mallory.record(), { alg: "none" })],
      ["a lease for a record", await mallory.lease(0)],
    ] as const
  ) assert.deepEqual(problemOf(await mallory.announce({ records: [record] })), [400, "bad-record"], what);

  const secret = await mallory.record({ ...of, visibility: "private", allow: [alicesUser] });
  const classwide = await mallory.record({ ...of, visibility: "class" });
  for (const record of [secret, classwide]) {
    const plainly = await mallory.announce({ records: [record] }, mallory.me, outsider);
    assert.deepEqual(problemOf(plainly), [400, "bad-record"], "not public over plain HTTP");
  }

  // Leases.
  const leased = (lease: string, certificate = mallory.certificate) =>
    mallory.announce({ lease: { lease, certificate } });
  const other = await issued(authority);
  const othersCertificate = other.cert.replace(/-----[^-]+-----|\s/g, "") as Certificate;
  assert.deepEqual(problemOf(await leased(await mallory.lease(0, mallory.me, "ab".repeat(32)))), [400, "bad-record"]);
  assert.deepEqual(problemOf(await leased(await mallory.lease(0, stranger, authority.classId))), [400, "bad-record"]);
  const lease = await mallory.lease(0, mallory.me, authority.classId);
  assert.deepEqual(problemOf(await leased(lease, othersCertificate)), [400, "bad-record"]);
  assert.deepEqual(problemOf(await leased(altered(lease))), [400, "bad-record"]);
  const ask = requestOf("POST /api/lease", { body: { owner: mallory.me.peerId, shares: ["1".padStart(32, "0")] } });
  const early = await mallory.lease(7, mallory.me, authority.classId);
  assert.equal(statusOf(await leased(early)), 200);
  assert.ok(!(await bobs(ask)).includes(early), "a lease of a revision that was not announced counts for nothing");

  // Replays, and tokens over the other channel.
  const good = await mallory.me.signAnnounce(mallory.message({ records: [secret] }));
  const accepted = await send(mallory.wire, good);
  assert.equal(statusOf(accepted), 200, accepted);
  mallory.version = 1;
  const { token } = JSON.parse(bodyOf(accepted));
  assert.equal(statusOf(await send(bobs, good)), 401, "by another member");
  assert.deepEqual(problemOf(await send(mallory.wire, good)), [409, "conflict"]);
  assert.deepEqual(problemOf(await send(outsider, good)), [409, "conflict"]);
  const next = () => mallory.message({ event: "alive" });
  assert.deepEqual(
    problemOf(await sendJson(outsider, next(), token)),
    [401, "unauthorized"],
    "a member's token, plainly",
  );
  assert.equal(statusOf(await sendJson(bobs, next(), token)), 401, "another member with it");
  assert.equal(statusOf(await sendJson(mallory.wire, { ...next(), instance: "f".repeat(32) }, token)), 401);
  assert.equal(statusOf(await sendJson(mallory.wire, next(), token)), 200);
  const plainToken = JSON.parse(bodyOf(await mallory.announce({}, mallory.me, outsider))).token;
  assert.equal(statusOf(await sendJson(mallory.wire, next(), plainToken)), 401, "a token from plain HTTP, as a member");
  assert.equal(statusOf(await sendJson(mallory.wire, next(), token)), 401, "the one before is no longer valid");

  // Who was not a member for a while tells everything anew.
  mallory.version = 0;
  assert.equal(statusOf(await mallory.announce({ records: [secret] })), 200);

  // Alice alone sees what is for her.
  await until("alice finds it", async () => (await alice.search(CANARY)).length === 1);
  assert.deepEqual(await bob.search(CANARY), []);
  assert.ok(!(await outsider(requestOf(`GET /api/search?q=${CANARY}`))).includes(CANARY));
});

Deno.test("who says to hold, or to have fetched, what he may not read is listed nowhere and counted nowhere", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "mallory");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const mallory = await Forger.of(room.peer("mallory"), room);
  const outsider = plainWire(room.tracker);
  await Deno.writeTextFile(`${room.folder}/${CANARY}.txt`, CANARY);
  const shared = await alice.share(`${room.folder}/${CANARY}.txt`, "--private", "--allow", "bob");
  const owner = (await (await alice.api()).status()).peer.peerId;
  const ref = { fileId: shared.id as never, owner, shareId: shared.shareId as never };
  const lies = {
    holdings: [{ ...ref, have: 1, of: 1 }],
    completed: [{ ...ref, id: "1".repeat(16), bytes: 1_000, seconds: 1, sources: 1 }],
  };
  const unreal = {
    holdings: [{ ...ref, fileId: "ab".repeat(32) as never, have: 1, of: 1 }],
    completed: [{ ...lies.completed[0]!, shareId: "cd".repeat(16) as never, id: "2".repeat(16) }],
  };
  const anonymous = await newIdentity();
  const replies: string[] = [];
  for (const [by, wire] of [[mallory.me, mallory.wire], [anonymous, outsider]] as const) {
    for (const lie of [lies, unreal]) replies.push(bodyOf(await mallory.announce(lie, by, wire)));
  }
  const [real, none, realPlainly, nonePlainly] = replies.map((reply) => {
    const { token: _, peers, later, ...others } = JSON.parse(reply);
    return { ...others, later: later?.length, peers: peers.map(({ peerId }: { peerId: string }) => peerId).sort() };
  });
  assert.deepEqual([real, realPlainly], [none, nonePlainly]);

  const bobs = await memberWire(bob, room.tracker);
  const known = JSON.parse(bodyOf(await bobs(requestOf(`GET /api/files/${shared.id}/peers`))));
  assert.deepEqual(known.peers.map(({ peerId }: { peerId: PeerId }) => peerId), [owner]);
  const refs = [{ owner, shareId: shared.shareId }];
  const counts = async () => JSON.parse(bodyOf(await bobs(requestOf("POST /api/counts", { body: { refs } })))).counts;
  assert.deepEqual(await counts(), [{ peers: 1, downloads: 0 }]);
  await bob.get(shared.id);
  await until("bob's is counted", async () => (await counts())[0].downloads === 1);
  assert.deepEqual(await counts(), [{ peers: 2, downloads: 1 }]);
});

/** One letter of what was signed is another one. */
function altered(jws: string): string {
  const [head, payload, signature] = jws.split(".") as [string, string, string];
  const text = new TextDecoder().decode(Uint8Array.fromBase64(payload, { alphabet: "base64url" }));
  return [head, encoded(text.replace(/"at":"20/, '"at":"21')), signature].join(".");
}

function withHeader(jws: string, header: unknown): string {
  return [encoded(JSON.stringify(header)), jws.split(".")[1], ""].join(".") + "AA";
}

const encoded = (text: string) => new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
