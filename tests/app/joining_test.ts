import assert from "node:assert/strict";
import { Membership, type MembershipPorts } from "../../lib/app/membership.ts";
import type { ClassTrust, KeptMembership } from "../../lib/class_ports.ts";
import { codePrefixOf, writeClassCode, writeJoinLink } from "../../lib/core/class_code.ts";
import type { Certificate, ClassInfo, Enrolled, RevocationList } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId, PeerId, UserId } from "../../lib/core/ids.ts";
import { CERTIFICATE_DAYS, DAY_MS } from "../../lib/core/membership.ts";
import { CLASS_ID, codeOf, FakeClass, FakeLog, hexId, PatientClock, peerId, userId } from "../fakes.ts";
import { nextTurn, until } from "../fakes_download.ts";
import { ALICE, fakeIdentity, ME } from "./sharing_setup.ts";

const SIGNAL = new AbortController().signal;
const OTHER_CLASS = hexId<ClassId>(7, 64).replace(/^0/, "f") as ClassId;
const TRACKER = "http://10.0.0.1:5000";
const SECRET = "ABCDEFGH";
const codeFor = (id: ClassId, secret = SECRET) => ({ prefix: codePrefixOf(id), secret });

/** An authority whose certificate names its class, and whose signature is its name. */
class FakeAuthority {
  readonly members: FakeClass;
  readonly info: ClassInfo;
  list: RevocationList;
  /** What it was asked, and by whom it would be believed. */
  readonly asked: { what: string; tracker: string; port: number; request: unknown }[] = [];
  refuses: EssaimError | undefined;

  constructor(readonly id: ClassId, clock: PatientClock) {
    this.members = new FakeClass(clock, id);
    this.info = { class: id, name: "Terminale S2", memberPort: 5443, enrolment: "code", software: "essaim/test" };
    this.list = { class: id, number: 1, at: "2026-01-02T03:04:05.678Z", revoked: [] };
  }

  get ca(): string {
    return `ca of ${this.id}`;
  }

  revoke(...revoked: PeerId[]): string {
    this.list = { ...this.list, number: this.list.number + 1, revoked };
    return this.revocations();
  }

  revocations(changes: Partial<RevocationList> & { by?: ClassId } = {}): string {
    return JSON.stringify({ by: this.id, ...this.list, ...changes });
  }

  enrolled(user: UserId = ME): Enrolled {
    return { certificate: this.members.enrol(ALICE, user), revocations: this.revocations() };
  }

  ask(what: string, tracker: string, port: number, jws: string): Promise<Enrolled> {
    this.asked.push({ what, tracker, port, request: JSON.parse(jws) });
    return this.refuses ? Promise.reject(this.refuses) : Promise.resolve(this.enrolled());
  }

  trust(): ClassTrust {
    const bad = (why: string) => Promise.reject(new EssaimError("bad-record", why));
    return {
      classId: this.id,
      readCertificate: (certificate) => {
        const said = JSON.parse(atob(certificate));
        return said.class === this.id ? Promise.resolve(said) : bad("This certificate is of another class.");
      },
      verifyRevocations: (jws) => {
        const { by, ...list } = JSON.parse(jws);
        return by === this.id ? Promise.resolve(list) : bad("Somebody else signed this.");
      },
    };
  }
}

/** A computer and the trackers that it may ask. */
class Joining implements AsyncDisposable {
  readonly clock = new PatientClock();
  readonly log = new FakeLog();
  readonly authorities = new Map([CLASS_ID, OTHER_CLASS].map((id) => [id, new FakeAuthority(id, this.clock)]));
  /** Whose tracker answers at an address. */
  readonly at = new Map([[TRACKER, CLASS_ID], ["http://10.0.0.2:5000", OTHER_CLASS]]);
  kept: KeptMembership | undefined;
  keeps = 0;
  isFull = false;
  people: { user: UserId; name: string }[] = [];
  members: MembershipPorts["tracker"]["members"] = () => Promise.resolve([{ user: ME, name: "alice" }, BOB]);
  trackerUrl = TRACKER;
  told = 0;
  membership!: Membership;

  static async make(): Promise<Joining> {
    const joining = new Joining();
    await joining.open();
    return joining;
  }

  /** As at a start of the program. */
  async open(): Promise<void> {
    const { clock, log } = this;
    const byCa = (ca: string) => [...this.authorities.values()].find((authority) => authority.ca === ca)!;
    const kept = () => this.kept;
    this.membership = await Membership.open({
      ...{ clock, log, identity: fakeIdentity },
      store: {
        get kept() {
          return kept();
        },
        keep: (kept) => {
          if (this.isFull) return Promise.reject(new EssaimError("disk-full", "The disk is full."));
          this.keeps++;
          this.kept = kept;
          return Promise.resolve();
        },
      },
      people: { list: () => this.people, replace: (people) => this.people = [...people] },
      tracker: {
        members: (signal) => this.members(signal),
        deviceCode: () =>
          Promise.resolve({ code: writeClassCode(codeFor(CLASS_ID)), until: "2026-01-02T03:19:05.678Z" }),
        revocations: () => Promise.resolve(this.authority.revocations()),
      },
      introduce: (tracker) => {
        const id = this.at.get(tracker);
        if (id === undefined) return Promise.reject(new EssaimError("unreachable", "Nobody answers."));
        const { info, ca } = this.authorities.get(id)!;
        return Promise.resolve({ info, ca });
      },
      trustIn: (ca) => Promise.resolve(byCa(ca).trust()),
      authority: (tracker, port, ca) => ({
        join: (jws) => byCa(ca).ask("join", tracker, port, jws),
        renew: (jws) => byCa(ca).ask("renew", tracker, port, jws),
      }),
      encrypt: () => Promise.resolve(new Uint8Array()),
      trackerUrl: () => this.trackerUrl,
      ownAddresses: () => ["192.168.1.7"],
      heardTrackers: () => [],
      useTracker: (url) => {
        this.trackerUrl = url;
        return Promise.resolve();
      },
    });
    this.membership.onChange(() => this.told++);
  }

  get authority(): FakeAuthority {
    return this.authorities.get(CLASS_ID)!;
  }

  join(link = writeJoinLink(TRACKER, codeFor(CLASS_ID)), name = "alice"): Promise<void> {
    return this.membership.join({ link, name }, SIGNAL);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.membership.close();
  }
}

const BOB = { user: userId(0xb), name: "bob" };
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await nextTurn();
}

Deno.test("a computer joins by a link, keeps it over restarts, and knows who else is in the class", async () => {
  await using peer = await Joining.make();
  assert.deepEqual([peer.membership.current, peer.membership.id, peer.membership.standing], [
    undefined,
    undefined,
    undefined,
  ]);
  await peer.join();
  assert.deepEqual(peer.authority.asked, [{
    what: "join",
    tracker: TRACKER,
    port: 5443,
    request: { class: CLASS_ID, name: "alice", secret: SECRET, at: new Date(peer.clock.now()).toISOString() },
  }]);
  const check = () => {
    const { membership } = peer;
    assert.deepEqual([membership.id, membership.current?.class.name, membership.current?.me.user], [
      CLASS_ID,
      "Terminale S2",
      ME,
    ]);
    assert.deepEqual(membership.people(), [BOB]);
    assert.deepEqual([membership.removed, membership.revocations?.number], [false, 1]);
  };
  check();
  assert.ok(peer.told > 0);
  assert.equal(await codeOf(peer.join()), "conflict");
  await peer.open();
  check();
});

Deno.test("the first half of a code alone is enough in an open class; else the answer says that a half is missing", async () => {
  await using peer = await Joining.make();
  const half = writeClassCode(codeFor(CLASS_ID, ""));
  peer.authority.refuses = new EssaimError("wrong-code", "This code is not the class's.");
  await assert.rejects(peer.join(half), { code: "wrong-code", message: /second half of the code is missing/ });
  await assert.rejects(peer.join(), { code: "wrong-code", message: /not the class's/ });
  peer.authority.refuses = undefined;
  await peer.join(half);
  assert.ok(peer.membership.current);
});

Deno.test("nothing is sent to an authority that is not the one of the code", async () => {
  await using peer = await Joining.make();
  for (
    const [link, code] of [
      [writeJoinLink("http://10.0.0.2:5000", codeFor(CLASS_ID)), "wrong-code"],
      [writeJoinLink(TRACKER, codeFor(OTHER_CLASS)), "wrong-code"],
      [writeClassCode(codeFor(OTHER_CLASS)), "wrong-code"],
      [writeJoinLink(TRACKER, codeFor(OTHER_CLASS, "")), "wrong-code"],
      [writeJoinLink("http://10.0.0.3:5000", codeFor(CLASS_ID)), "unreachable"],
      ["http://10.0.0.1:5000/join", "bad-input"],
      ["hello", "bad-input"],
    ] as const
  ) assert.equal(await codeOf(peer.join(link)), code, link);
  for (const { asked } of peer.authorities.values()) assert.deepEqual(asked, []);
  assert.deepEqual([peer.kept, peer.keeps, peer.membership.current], [undefined, 0, undefined]);
});

Deno.test("what an authority that proves to be right says wrongly is not kept", async () => {
  await using peer = await Joining.make();
  const { authority } = peer;
  const other = peer.authorities.get(OTHER_CLASS)!;
  const answers: Enrolled[] = [
    { ...authority.enrolled(), certificate: authority.members.enrol(peerId(9), ME) },
    { ...authority.enrolled(), certificate: other.members.enrol(ALICE, ME) },
    { ...authority.enrolled(), revocations: authority.revocations({ by: OTHER_CLASS }) },
    { ...authority.enrolled(), revocations: authority.revocations({ class: OTHER_CLASS }) },
  ];
  for (const answer of answers) {
    authority.ask = () => Promise.resolve(answer);
    assert.equal(await codeOf(peer.join()), "bad-record");
    assert.deepEqual([peer.kept, peer.membership.current], [undefined, undefined]);
  }
});

Deno.test("a code alone joins at the tracker that is set, and a link sets its own", async () => {
  await using peer = await Joining.make();
  const code = writeClassCode(codeFor(CLASS_ID));
  peer.trackerUrl = "";
  assert.equal(await codeOf(peer.join(code)), "bad-input");
  for (const tracker of [`${TRACKER}/`, TRACKER.slice("http://".length)]) {
    await peer.membership.join({ link: code, tracker, name: "alice" }, SIGNAL);
    assert.equal(peer.trackerUrl, TRACKER);
    await peer.membership.leave();
  }
  peer.trackerUrl = "http://10.0.0.9:5000";
  await peer.join();
  assert.equal(peer.trackerUrl, TRACKER);
});

Deno.test("a code alone that leads nowhere says to give the link", async () => {
  await using peer = await Joining.make();
  peer.trackerUrl = "http://127.0.0.1:5000";
  await assert.rejects(peer.join(writeClassCode(codeFor(CLASS_ID))), {
    code: "unreachable",
    message: /127\.0\.0\.1:5000, which is set here\. Give the whole link/,
  });
});

Deno.test("the link for a second computer leads there also when the tracker is on this one", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const link = async () => (await peer.membership.deviceCode(SIGNAL)).link;
  assert.equal(await link(), writeJoinLink(TRACKER, codeFor(CLASS_ID)));
  peer.trackerUrl = "http://127.0.0.1:5000/";
  assert.equal(await link(), writeJoinLink("http://192.168.1.7:5000", codeFor(CLASS_ID)));
});

Deno.test("who has joined has joined, even when the people cannot be asked for yet", async () => {
  await using peer = await Joining.make();
  peer.members = () => Promise.reject(new EssaimError("unreachable", "Nobody answers."));
  await peer.join();
  assert.equal(peer.membership.id, CLASS_ID);
});

Deno.test("who leaves is in no class any more, knows nobody of it, and can join again", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const asking = Promise.withResolvers<typeof peer.people>();
  peer.members = () => asking.promise;
  peer.membership.heardOfClass({ name: "Terminale S2", revocations: 1, members: "new", renew: false });
  await peer.membership.leave();
  asking.resolve([BOB]);
  await turns();
  const { membership } = peer;
  assert.deepEqual([membership.current, membership.kept, peer.kept, membership.standing], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual([membership.people(), membership.isRevoked(peerId(9))], [[], false], "also not what came late");
  const certificate = peer.authority.members.enrol(peerId(9), BOB.user);
  assert.equal(await codeOf(membership.member(certificate)), "bad-record");
  assert.equal(await codeOf(membership.deviceCode(SIGNAL)), "conflict");
  peer.members = () => Promise.resolve([BOB]);
  await peer.join();
  assert.equal(membership.id, CLASS_ID);
});

Deno.test("a member is who shows a certificate of this class that is valid now and was not revoked", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority, clock } = peer;
  const enrol = (changes = {}) => authority.members.enrol(peerId(9), BOB.user, changes);
  assert.equal((await membership.member(enrol())).user, BOB.user);
  for (
    const bad of [
      enrol({ notAfter: clock.now() - 1 }),
      enrol({ notBefore: clock.now() + 1 }),
      enrol({ class: OTHER_CLASS }),
    ]
  ) assert.equal(await codeOf(membership.member(bad)), "bad-record");
  const certificate = enrol();
  clock.advance((CERTIFICATE_DAYS + 1) * DAY_MS);
  assert.equal(await codeOf(membership.member(certificate)), "bad-record", "what was read is looked at again");
  const newer = enrol();
  await membership.accept(authority.revoke(peerId(9)));
  assert.equal(await codeOf(membership.member(newer)), "bad-record");
});

Deno.test("only a newer revocation list of this class counts, whoever brings it, and it is kept", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority } = peer;
  const old = authority.revocations();
  await membership.accept(authority.revoke(peerId(9)));
  assert.deepEqual([membership.isRevoked(peerId(9)), membership.revocations?.number], [true, 2]);
  const { keeps } = peer;
  await membership.accept(old);
  await membership.accept(authority.revocations({ revoked: [] }));
  await membership.accept(authority.revocations({ class: OTHER_CLASS, number: 9 }));
  assert.equal(
    await codeOf(membership.accept(authority.revocations({ by: OTHER_CLASS, number: 9, revoked: [] }))),
    "bad-record",
  );
  assert.deepEqual([membership.isRevoked(peerId(9)), membership.revocations?.number, peer.keeps], [true, 2, keeps]);
  await membership.accept(authority.revocations({ number: 5, revoked: [] }));
  assert.equal(membership.isRevoked(peerId(9)), false);
  await peer.open();
  assert.equal(peer.membership.revocations?.number, 5);
});

Deno.test("who was removed is no member from now on, also when the disk is too full to keep it", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority } = peer;
  peer.isFull = true;
  assert.equal(await codeOf(membership.accept(authority.revoke(peerId(9)))), "disk-full");
  assert.ok(membership.isRevoked(peerId(9)));
  assert.ok(peer.told > 0);
  const { certificate } = membership.current!;
  assert.equal(await codeOf(membership.renew()), "disk-full");
  assert.equal(membership.current?.certificate, certificate);
});

Deno.test("lists that come at once end with the newest", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority } = peer;
  const list = (number: number) => authority.revocations({ number, revoked: [peerId(number)] });
  await Promise.all([3, 9, 5, 9, 2].map((number) => membership.accept(list(number))));
  assert.equal(membership.revocations?.number, 9);
  assert.deepEqual([3, 5, 9].map((number) => membership.isRevoked(peerId(number))), [false, false, true]);
});

Deno.test("whoever knows a newer list is asked for it, once at a time, and believed only when it is right", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority } = peer;
  let asked = 0;
  const answer = Promise.withResolvers<string>();
  const hear = (number: number, jws: Promise<string>) => membership.hear(number, "carl", () => (asked++, jws));
  hear(1, answer.promise);
  assert.equal(asked, 0);
  hear(2, answer.promise);
  hear(3, answer.promise);
  assert.equal(asked, 1);
  answer.resolve(authority.revocations({ by: OTHER_CLASS, number: 3 }));
  await until(() => peer.log.codes.includes("class-not-asked"), "it was refused");
  hear(2, Promise.resolve(authority.revoke(peerId(9))));
  await until(() => membership.isRevoked(peerId(9)), "it counts");
  assert.equal(asked, 2);
});

Deno.test("who says to know a newer list and never gives it does not keep others from giving theirs", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority } = peer;
  const { promise: never } = Promise.withResolvers<string>();
  membership.hear(Number.MAX_SAFE_INTEGER, "mallory", () => never);
  membership.hear(2, "bob", () => Promise.resolve(authority.revoke(peerId(9))));
  await until(() => membership.isRevoked(peerId(9)), "it counts");
});

Deno.test("a computer that was removed is in no class, but knows which one, and comes back when the teacher lets it", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority } = peer;
  authority.refuses = new EssaimError("removed", "The teacher has removed this computer.");
  await membership.accept(authority.revoke(ALICE));
  assert.deepEqual([membership.removed, membership.current, membership.id, membership.kept], [
    true,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual(membership.standing, { name: "Terminale S2", user: ME, removed: true });
  assert.equal(await codeOf(membership.deviceCode(SIGNAL)), "conflict");
  assert.equal(await codeOf(membership.renew()), "removed");
  assert.equal(membership.removed, true);
  authority.revoke();
  authority.refuses = undefined;
  membership.start();
  await until(() => !membership.removed, "it is back");
  assert.equal(membership.id, CLASS_ID);
});

Deno.test("a removed computer may join again, or another class", async () => {
  await using peer = await Joining.make();
  await peer.join();
  await peer.membership.accept(peer.authority.revoke(ALICE));
  await peer.join(writeJoinLink("http://10.0.0.2:5000", codeFor(OTHER_CLASS)));
  assert.deepEqual([peer.membership.id, peer.membership.removed], [OTHER_CLASS, false]);
  assert.equal(await codeOf(peer.membership.member(peer.authority.members.enrol(peerId(9), BOB.user))), "bad-record");
});

Deno.test("a certificate is renewed when it is ten days old, looked at every hour, and at once when it is said to be wrong", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority, clock } = peer;
  const first = membership.current!.certificate;
  membership.start();
  const renewals = () => authority.asked.filter(({ what }) => what === "renew").length;
  await turns();
  for (const hours of [1, 1, 100, 137]) {
    clock.advance(hours * 3_600_000);
    await turns();
    assert.equal(renewals(), 0);
  }
  clock.advance(3_600_000);
  await until(() => renewals() === 1, "it is renewed");
  await until(() => membership.current?.certificate !== first, "it is kept");
  assert.equal(peer.kept?.certificate, membership.current?.certificate);
  clock.advance(3_600_000);
  await turns();
  assert.equal(renewals(), 1);
  authority.members.names.set(ME, "Alice M.");
  membership.heardOfClass({ name: "Terminale S2", revocations: 1, members: "1", renew: true });
  await until(() => membership.current?.me.name === "Alice M.", "it says the new name");
  const { request } = authority.asked.at(-1)!;
  assert.deepEqual(request, { class: CLASS_ID, peerId: ALICE, at: new Date(clock.now()).toISOString() });
});

Deno.test("a tracker that is away when it is time to renew is asked again, and the certificate stays meanwhile", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority, clock } = peer;
  authority.refuses = new EssaimError("unreachable", "Nobody answers.");
  clock.advance(12 * DAY_MS);
  membership.start();
  await until(() => authority.asked.length >= 2, "it was asked");
  await until(() => clock.next < Infinity, "it rests");
  assert.equal(membership.id, CLASS_ID);
  authority.refuses = undefined;
  clock.advance(3_600_000);
  await until(() => membership.current!.me.notBefore > clock.now() - 3 * DAY_MS, "it is renewed");
});

Deno.test("a renewal does not bring back an older revocation list", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority } = peer;
  await membership.accept(authority.revocations({ number: 7, revoked: [peerId(9)] }));
  peer.clock.advance(DAY_MS);
  await membership.renew();
  assert.deepEqual([membership.revocations?.number, membership.isRevoked(peerId(9))], [7, true]);
  assert.ok(membership.current!.me.notAfter > peer.clock.now() + (CERTIFICATE_DAYS - 1) * DAY_MS);
});

Deno.test("a renewal that gives another computer's certificate changes nothing", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { certificate } = peer.membership.current!;
  peer.authority.enrolled = () => ({
    certificate: peer.authority.members.enrol(peerId(9), ME),
    revocations: peer.authority.revocations(),
  });
  assert.equal(await codeOf(peer.membership.renew()), "bad-record");
  assert.equal(peer.membership.current?.certificate, certificate);
});

Deno.test("what the tracker says is new is asked for, and nothing else", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { membership, authority } = peer;
  let asked = 0;
  const chloe = { user: userId(0xc), name: "chloé" };
  peer.members = () => (asked++, Promise.resolve([BOB, chloe]));
  const news = { name: "Terminale S2", revocations: 1, members: "2", renew: false };
  membership.heardOfClass(news);
  await until(() => membership.people().length === 2, "the people are known");
  membership.heardOfClass(news);
  await turns();
  assert.deepEqual([asked, authority.asked.length], [1, 1]);
  authority.revoke(peerId(9));
  membership.heardOfClass({ ...news, revocations: 2, name: "Première S1" });
  await until(() => membership.isRevoked(peerId(9)) && peer.kept?.name === "Première S1", "both are known");
  assert.equal(membership.revocations?.number, 2);
  await peer.open();
  assert.deepEqual([peer.membership.current?.class.name, peer.membership.revocations?.number], ["Première S1", 2]);
});

Deno.test("another computer joins by a code for the same user, at this tracker", async () => {
  await using peer = await Joining.make();
  await peer.join();
  const { code, link, until } = await peer.membership.deviceCode(SIGNAL);
  assert.deepEqual([code, link], [writeClassCode(codeFor(CLASS_ID)), `${TRACKER}/join#${code}`]);
  assert.match(until, /^2026/);
});

Deno.test("what was kept for another key is no class, which the log says", async () => {
  await using peer = await Joining.make();
  await peer.join();
  peer.kept = { ...peer.kept!, certificate: peer.authority.members.enrol(peerId(9), ME) as Certificate };
  await peer.open();
  assert.equal(peer.membership.current, undefined);
  assert.ok(peer.log.codes.includes("class-unusable"));
});
