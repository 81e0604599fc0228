import assert from "node:assert/strict";
import { Doctor, type DoctorPorts } from "../../lib/app/doctor.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import type { ClassInfo } from "../../lib/core/class_messages.ts";
import { type ErrorCode, EssaimError } from "../../lib/core/errors.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import { type HostPort, writeHostPort } from "../../lib/core/known_address.ts";
import { CLASS_ID, FakeClass, FakeLog, hexId, PatientClock, peerId, userId } from "../fakes.ts";
import { settled } from "./known_setup.ts";

const SELF = peerId(1);
const [BOB, CARL, DAVE, EVE] = [2, 3, 4, 5].map(peerId) as [PeerId, PeerId, PeerId, PeerId];
const CARD = { name: "eth0", family: "IPv4", address: "10.0.0.1", netmask: "255.255.255.0" } as const;
const TRACKER = "http://10.0.0.100:5000";

/** A room of peers by address; `callback` says what each answers, or throws. */
class Room {
  readonly clock = new PatientClock();
  readonly log = new FakeLog();
  readonly neighbours = new Neighbours(SELF, this.clock);
  readonly class = new FakeClass(this.clock);
  readonly hellos = new Map<string, PeerId | ErrorCode | Promise<PeerId>>();
  readonly callbacks = new Map<string, (boolean | ErrorCode)[]>();
  readonly asked: string[] = [];
  trackerSays: ErrorCode | undefined;
  memberSays: ErrorCode | undefined;
  atOnce = 0;
  mostAtOnce = 0;
  /** How far the clocks of others are behind ours. */
  behindMs = 0;

  readonly ports: DoctorPorts = {
    ...{ clock: this.clock, log: this.log, self: SELF, neighbours: this.neighbours },
    reach: {
      hello: async (at: HostPort) => {
        const key = writeHostPort(at);
        this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
        const said = await this.hellos.get(key);
        this.atOnce--;
        if (said === undefined || !/^[0-9a-f]{32}$/.test(said)) {
          throw new EssaimError((said ?? "unreachable") as ErrorCode, "No.");
        }
        const hello = {
          peerId: said as PeerId,
          name: "x",
          software: "x",
          index: { epoch: hexId<string>(1, 32), version: 0 },
        };
        return { said: hello, date: this.#date() };
      },
      callback: (at, { peerId, port }) => {
        const key = writeHostPort(at);
        this.asked.push(`${key} ${peerId === SELF} ${port}`);
        const answers = this.callbacks.get(key) ?? [true];
        const said = answers.length > 1 ? answers.shift()! : answers[0]!;
        if (typeof said === "boolean") return Promise.resolve({ reachable: said });
        return Promise.reject(new EssaimError(said, "No.", { retryAfterMs: 1_000 }));
      },
      classOf: () => {
        if (this.trackerSays) return Promise.reject(new EssaimError(this.trackerSays, "No."));
        const said: ClassInfo = {
          ...{ class: CLASS_ID, name: "S2", memberPort: 5443, software: "x" },
          enrolment: "code" as ClassInfo["enrolment"],
        };
        return Promise.resolve({ said, date: this.#date() });
      },
    },
    known: () => [],
    membership: { current: undefined, standing: undefined },
    cards: () => [CARD],
    listening: () => ({ host: "0.0.0.0", port: 5001 }),
    discovery: () => ({
      ...{ state: "on", port: 5555, sent: 1, heardBroadcast: 3, heardMulticast: 0, dropped: 0 },
      hosts: ["10.0.0.2"],
    }),
    echo: () => Promise.resolve({ broadcast: true, multicast: true }),
    diskFree: () => Promise.resolve(50e9),
    tracker: {
      url: () => TRACKER,
      isOnline: () => false,
      askAsMember: () =>
        this.memberSays ? Promise.reject(new EssaimError(this.memberSays, "No.")) : Promise.resolve([]),
    },
  };

  #date(): number {
    return Math.floor((this.clock.now() - this.behindMs) / 1_000) * 1_000;
  }

  is(peer: PeerId, name: string, host: string, answers: PeerId | ErrorCode | undefined = peer): void {
    this.neighbours.heard([{ peerId: peer, name, host, port: 5001 }]);
    if (answers) this.hellos.set(`${host}:5001`, answers);
  }

  async run(changes: Partial<DoctorPorts> = {}) {
    const doctor = new Doctor({ ...this.ports, ...changes });
    const running = doctor.run();
    for (let turn = 0; turn < 40; turn++) {
      await settled();
      if (doctor.view().state === "done") break;
      if (this.clock.next < this.clock.elapsed + 5_000) this.clock.advance(this.clock.next - this.clock.elapsed);
    }
    await running;
    return doctor.view();
  }

  async finds(changes: Partial<DoctorPorts> = {}): Promise<string[]> {
    const { lines } = await this.run(changes);
    return lines.map(({ finding, values }) => [finding, values.name].filter(Boolean).join(" "));
  }
}

Deno.test("each peer is asked whether it answers and reaches this computer; busy ones a second time", async () => {
  const room = new Room();
  room.is(BOB, "bob", "10.0.0.2");
  room.is(CARL, "carl", "10.0.0.3");
  room.is(DAVE, "dave", "10.0.0.4", "unreachable");
  room.is(EVE, "eve", "10.0.0.5", BOB);
  room.is(peerId(6), "fay", "10.0.0.6", "busy");
  room.is(peerId(7), "gus", "10.0.0.7");
  room.callbacks.set("10.0.0.2:5001", ["busy", true]);
  room.callbacks.set("10.0.0.3:5001", [false]);
  room.callbacks.set("10.0.0.7:5001", ["not-found"]);
  const found = (await room.finds()).filter((line) => line.startsWith("peer"));
  assert.deepEqual(found.sort(), [
    "peer-both bob",
    "peer-one-way carl",
    "peer-other eve",
    "peer-reached fay",
    "peer-reached gus",
    "peer-silent dave",
  ]);
  assert.deepEqual(room.asked.filter((line) => line.startsWith("10.0.0.2")), [
    "10.0.0.2:5001 true 5001",
    "10.0.0.2:5001 true 5001",
  ]);
  assert.deepEqual(room.log.codes, []);
});

Deno.test("computers typed by hand are looked at although they are away", async () => {
  const room = new Room();
  room.is(BOB, "bob", "10.0.0.2");
  const row = { kind: "by-hand", lastSeen: "", present: false } as const;
  const found = await room.finds({
    known: () => [
      { ...row, address: "10.0.0.9:5001", peerId: CARL, name: "carl" },
      { ...row, address: "10.0.0.2:5001", peerId: BOB, name: "bob" },
      { ...row, kind: "met", address: "10.0.0.8:5001", peerId: DAVE, name: "dave" },
    ],
  });
  assert.deepEqual(found.filter((line) => line.startsWith("peer")), ["peer-silent carl", "peer-both bob"]);
});

Deno.test("the tracker: none, silent, something else, another class, and what it says to members", async () => {
  const room = new Room();
  const joined = room.class.joined(SELF, userId(1));
  const membership = { current: joined, standing: { name: "S2", user: userId(1), removed: false } };
  const { tracker } = room.ports;
  const about = async (changes: Partial<DoctorPorts> = {}) =>
    (await room.finds({ membership, ...changes })).filter((line) => /^(tracker|members)/.test(line)).join(", ");
  assert.equal(await about({ tracker: { ...tracker, url: () => "" } }), "tracker-none");
  assert.match(await about(), /^tracker-good http:\S+, members-good/);
  assert.match(await about({ membership: { current: undefined, standing: undefined } }), /members-not-joined S2/);
  const other = { ...joined, class: { id: hexId<typeof joined.class.id>(9, 64), name: "S3" } };
  assert.match(await about({ membership: { ...membership, current: other } }), /members-other-class S2/);
  for (const [code, found] of [["unreachable", "silent"], ["removed", "refused"], ["busy", "good"]] as const) {
    room.memberSays = code;
    assert.match(await about(), new RegExp(`members-${found}`), code);
  }
  for (const [code, found] of [["unreachable", "silent"], ["not-found", "wrong"], ["bad-content", "wrong"]] as const) {
    room.trackerSays = code;
    assert.match(await about(), new RegExp(`^tracker-${found} `), code);
  }
  assert.match(await about({ tracker: { ...tracker, isOnline: () => true } }), /^tracker-open/);
});

Deno.test("the clock is compared with the headers of those that answer, to the second", async () => {
  for (
    const [behindMs, finding] of [[0, "clock-good"], [600_000, "clock-off"], [-90_000_000, "clock-wrong"]] as const
  ) {
    const room = new Room();
    room.is(BOB, "bob", "10.0.0.2");
    room.is(CARL, "carl", "10.0.0.3");
    room.behindMs = behindMs;
    const { lines } = await room.run();
    const line = lines.find(({ id }) => id === "clock");
    assert.equal(line?.finding, finding);
    assert.ok(Math.abs(line!.values.aheadMs! - behindMs) <= 1_000);
  }
});

Deno.test("what fails to be measured is unknown, and stops nothing else", async () => {
  const room = new Room();
  const fails = () => Promise.reject(new Error("no"));
  const found = await room.finds({ echo: fails, diskFree: fails });
  assert.ok(found.includes("disk-unknown"));
  assert.ok(found.includes("peers-none"));
});

Deno.test("a certificate that was revoked, and being in no class, are said", async () => {
  const room = new Room();
  const standing = { name: "S2", user: userId(1), removed: true };
  assert.ok((await room.finds({ membership: { current: undefined, standing } })).includes("certificate-removed S2"));
  assert.ok((await room.finds()).includes("certificate-none"));
});

Deno.test("a run says how far it is, twelve are asked at once and thirty in all, and a second request joins it", async () => {
  const room = new Room();
  const open = Promise.withResolvers<void>();
  for (let n = 0; n < 50; n++) {
    room.is(peerId(100 + n), `p${n}`, `10.0.1.${n}`, undefined);
    room.hellos.set(`10.0.1.${n}:5001`, open.promise.then(() => peerId(100 + n)));
  }
  const doctor = new Doctor(room.ports);
  assert.deepEqual(doctor.view(), { state: "idle", done: 0, total: 0, lines: [] });
  const first = doctor.run();
  await settled();
  const { state, done, total } = doctor.view();
  assert.deepEqual([state, done, total, room.atOnce], ["running", 3, 33, 12]);
  const second = doctor.run();
  open.resolve();
  await Promise.all([first, second]);
  const view = doctor.view();
  assert.deepEqual([view.state, view.done, room.mostAtOnce, room.asked.length], ["done", 33, 12, 30]);
  assert.equal(view.at, new Date(room.clock.now()).toISOString());
});

Deno.test("a run ends within ten seconds, also when something hangs, and with the peer", async () => {
  for (const how of ["late", "stopped"] as const) {
    const room = new Room();
    const doctor = new Doctor({ ...room.ports, diskFree: () => new Promise(() => {}) });
    const running = doctor.run();
    await settled();
    if (how === "late") room.clock.advance(10_000);
    else void doctor.close();
    await running;
    assert.equal(doctor.view().state, how === "late" ? "done" : "idle");
    assert.equal(doctor.view().lines.some(({ finding }) => finding === "disk-unknown"), how === "late");
    assert.deepEqual(room.log.codes, []);
  }
});
