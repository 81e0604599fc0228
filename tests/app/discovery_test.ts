import assert from "node:assert/strict";
import { Discovery, type HeardPeer } from "../../lib/app/discovery.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import { TrackerBeacons } from "../../lib/app/tracker_beacons.ts";
import { type Beacon, encodeBeacon, parseBeacon } from "../../lib/core/beacon.ts";
import type { Reach } from "../../lib/core/beacon_times.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId, PeerId, UserId } from "../../lib/core/ids.ts";
import type { Hello } from "../../lib/core/messages.ts";
import type { BeaconListener, BeaconSocket } from "../../lib/discovery_ports.ts";
import type { Address } from "../../lib/ports.ts";
import { CLASS_ID, FakeClass, FakeLog, hexId, PatientClock, peerId, userId } from "../fakes.ts";

const INTERVAL = 10_000;

/** What is asked of whom, and everything that is sent. */
class Lan {
  readonly clock = new PatientClock();
  readonly members = new FakeClass(this.clock);
  readonly computers: Computer[] = [];
  readonly asked: string[] = [];
  loss = () => false;
  /** The kinds of sending that reach other computers. */
  passes = { broadcast: true, multicast: true };

  add(
    number: number,
    options: Partial<Pick<Computer, "host" | "user" | "classId" | "instance" | "interval">> = {},
  ): Computer {
    const computer = new Computer(this, number, options);
    this.computers.push(computer);
    return computer;
  }

  /** Whatever is not sent by a computer here. */
  throwIn(bytes: Uint8Array, from: string, way: "broadcast" | "multicast" | "loopback" = "broadcast"): void {
    for (const { socket, host } of this.computers) socket.listener?.heard({ bytes, from, way, isOwn: from === host });
  }

  async hello({ host, port, secure }: Address, asker: Computer): Promise<Hello> {
    this.asked.push(`${asker.number} ${host}:${port}`);
    await Promise.resolve();
    const there = this.computers.find((other) =>
      other.isOn && (other.host === host || host === "127.0.0.1" && other.host === asker.host) &&
      (secure === undefined ? other.port : other.memberPort) === port
    );
    if (there === undefined || secure !== undefined && (secure !== there.self || !there.isMember || !asker.isMember)) {
      throw new EssaimError("unreachable", "Nobody answers.");
    }
    return there.hello(secure !== undefined);
  }

  /** Time passes, in steps of at most 10 ms. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.elapsed + ms;
    await settled();
    while (this.clock.elapsed < until) {
      this.clock.advance(
        Math.max(0, Math.min(until, Math.max(this.clock.next, this.clock.elapsed + 5)) - this.clock.elapsed),
      );
      await settled();
    }
  }

  get sent(): number {
    return this.computers.reduce((sum, { socket }) => sum + socket.sent, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.computers.map(({ discovery }) => discovery.close());
    await settled();
    await Promise.all(closing);
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

class FakeSocket implements BeaconSocket {
  readonly port = 5555;
  readonly state = "on";
  sent = 0;
  readonly dropped = 0;
  readonly lastError = undefined;
  listener: BeaconListener | undefined;
  readonly beacons: {
    readonly beacon: Beacon;
    readonly reach: Reach;
    readonly multicast: boolean;
    readonly at: number;
  }[] = [];

  constructor(readonly lan: Lan, readonly host: () => string) {}

  open(listener: BeaconListener): void {
    this.listener = listener;
  }

  async send(bytes: Uint8Array, reach: Reach, multicast: boolean): Promise<void> {
    await Promise.resolve();
    this.beacons.push({ beacon: parseBeacon(bytes)!, reach, multicast, at: this.lan.clock.elapsed });
    const from = this.host();
    const ways = [
      ...reach === "networks" ? [] : ["loopback" as const],
      ...reach === "here" ? [] : ["broadcast" as const],
    ];
    for (const way of multicast && reach !== "here" ? [...ways, "multicast" as const] : ways) {
      this.sent++;
      for (const other of this.lan.computers) {
        const isOwn = other.host === from;
        if (way === "loopback" ? !isOwn : !isOwn && (!this.lan.passes[way] || this.lan.loss())) continue;
        if (way === "multicast" && isOwn) continue;
        other.socket.listener?.heard({ bytes, from: way === "loopback" ? "127.0.0.1" : from, way, isOwn });
      }
    }
  }

  close(): Promise<void> {
    this.listener = undefined;
    return Promise.resolve();
  }
}

class Computer {
  readonly self: PeerId;
  host: string;
  readonly port: number;
  readonly memberPort: number;
  readonly user: UserId | undefined;
  classId: ClassId | undefined;
  instance: string;
  readonly interval: number = INTERVAL;
  version = 1;
  isOn = true;
  readonly neighbours: Neighbours;
  readonly socket: FakeSocket;
  readonly discovery: Discovery;
  readonly heard: HeardPeer[] = [];
  readonly log = new FakeLog();

  constructor(readonly lan: Lan, readonly number: number, options: object) {
    this.self = peerId(number);
    this.host = `10.0.0.${number}`;
    this.port = 5000 + number;
    this.memberPort = 5100 + number;
    this.instance = hexId(number, 32);
    Object.assign(this, options);
    this.neighbours = new Neighbours(this.self, lan.clock);
    this.socket = new FakeSocket(lan, () => this.host);
    const { classId: id } = this;
    this.discovery = new Discovery({
      ...{ self: this.self, instance: this.instance, socket: this.socket, neighbours: this.neighbours },
      ...{ clock: lan.clock, log: this.log, intervalMs: this.interval, port: this.port },
      members: { id, member: (certificate) => lan.members.member(certificate), isRevoked: lan.members.isRevoked },
      peers: { hello: (at) => lan.hello(at, this) },
      memberPort: () => this.isMember ? this.memberPort : undefined,
      position: () => ({ epoch: hexId(this.number, 32), version: this.version }),
    });
    this.discovery.onHeard((peer) => this.heard.push(peer));
  }

  get isMember(): boolean {
    return this.classId !== undefined;
  }

  start(): this {
    this.discovery.start();
    return this;
  }

  hello(isMember: boolean): Hello {
    const certificate = isMember
      ? { certificate: this.lan.members.enrol(this.self, this.user ?? userId(this.number)) }
      : {};
    return {
      ...{ peerId: this.self, name: `peer ${this.number}`, software: "test", ...certificate },
      index: { epoch: hexId(this.number, 32), version: this.version },
    };
  }

  /** No beacon of it, and no answer. */
  vanish(): void {
    this.isOn = false;
    this.socket.listener = undefined;
    this.socket.send = () => Promise.resolve();
  }

  get sees(): number[] {
    return this.neighbours.present().map(({ peerId }) => parseInt(peerId, 16)).sort((a, b) => a - b);
  }

  beacon(changes: object = {}): Uint8Array {
    return encodeBeacon({ ...this.socket.beacons.at(-1)!.beacon, ...changes } as Beacon);
  }
}

Deno.test("peers on one network see each other at once, and a newcomer is seen and sees", async () => {
  await using lan = new Lan();
  const [a, b] = [lan.add(1).start(), lan.add(2).start()];
  await lan.pass(100);
  assert.deepEqual([a.sees, b.sees], [[2], [1]]);
  await lan.pass(30_000);
  const c = lan.add(3).start();
  await lan.pass(600);
  assert.deepEqual([a.sees, b.sees, c.sees], [[2, 3], [1, 3], [1, 2]]);
  const { name, host, port, user } = a.neighbours.get(c.self)!;
  assert.deepEqual({ name, host, port, user }, { name: "peer 3", host: "10.0.0.3", port: 5003, user: undefined });
});

Deno.test("thirty peers that start together see each other with few datagrams and one question a pair", async () => {
  await using lan = new Lan();
  const all = Array.from({ length: 30 }, (_, index) => lan.add(index + 1));
  for (const computer of all) {
    computer.start();
    await lan.pass(60);
  }
  await lan.pass(2_500);
  assert.ok(all.every(({ sees }) => sees.length === 29), `they see ${all.map(({ sees }) => sees.length)}`);
  assert.ok(lan.sent < 500, `${lan.sent} datagrams`);
  assert.ok(lan.asked.length <= 30 * 29, `${lan.asked.length} questions`);
});

Deno.test("with a fifth of all datagrams lost, peers find each other and stay neighbours", async () => {
  await using lan = new Lan();
  let turn = 0;
  lan.loss = () => (turn = (turn * 16_807 + 7) % 2_147_483_647) % 5 === 0;
  const all = Array.from({ length: 8 }, (_, index) => lan.add(index + 1).start());
  await lan.pass(25_000);
  for (let round = 0; round < 10; round++) {
    assert.ok(all.every(({ sees }) => sees.length === 7), `they see ${all.map(({ sees }) => sees.length)}`);
    await lan.pass(INTERVAL);
  }
});

Deno.test("members are proved over mutual TLS, others answer over plain HTTP, and a user is never believed", async () => {
  await using lan = new Lan();
  const a = lan.add(1, { classId: CLASS_ID, user: userId(11) }).start();
  const b = lan.add(2, { classId: CLASS_ID, user: userId(12) }).start();
  const stranger = lan.add(3).start();
  const foreign = lan.add(4, { classId: hexId<ClassId>(5, 64) }).start();
  await lan.pass(3_000);
  const known = (of: Computer) => {
    const { user, memberPort } = a.neighbours.get(of.self)!;
    return { user, memberPort };
  };
  assert.deepEqual(known(b), { user: userId(12), memberPort: 5102 });
  assert.deepEqual(known(stranger), { user: undefined, memberPort: undefined });
  assert.deepEqual(known(foreign), { user: undefined, memberPort: undefined });
  assert.deepEqual(lan.asked.filter((line) => line.startsWith("1 ")).sort(), [
    "1 10.0.0.2:5102",
    "1 10.0.0.3:5003",
    "1 10.0.0.4:5004",
  ]);
});

Deno.test("who stops is gone after three intervals, and back at once with a new start", async () => {
  await using lan = new Lan();
  const [a, b] = [lan.add(1).start(), lan.add(2).start()];
  await lan.pass(3_000);
  b.vanish();
  await lan.pass(25_000);
  assert.deepEqual(a.sees, [2]);
  await lan.pass(10_000);
  assert.deepEqual(a.sees, []);
  lan.computers.splice(1, 1);
  lan.add(2, { instance: hexId(77, 32) }).start();
  await lan.pass(200);
  assert.deepEqual(a.sees, [2]);
  await b.discovery.close();
});

Deno.test("a peer with another address is found there at once, as the same", async () => {
  for (const classId of [CLASS_ID, undefined]) {
    await using lan = new Lan();
    const [a, b] = [lan.add(1, { classId }).start(), lan.add(2, { classId }).start()];
    await lan.pass(5_000);
    b.host = "10.0.0.99";
    b.socket.listener!.moved();
    await lan.pass(600);
    assert.equal(a.neighbours.get(b.self)?.host, "10.0.0.99");
    assert.equal(a.neighbours.get(b.self)?.user, classId && userId(2));
    await lan.pass(60_000);
    assert.deepEqual(a.sees, [2]);
  }
});

Deno.test("who says to be somebody else takes nobody's place while that one answers", async () => {
  for (const classId of [CLASS_ID, undefined]) {
    await using lan = new Lan();
    const [a, b] = [lan.add(1, { classId }).start(), lan.add(2, { classId }).start()];
    await lan.pass(5_000);
    const liar = lan.add(3, { host: "10.0.0.66" });
    Object.assign(liar, { self: b.self, port: b.port });
    for (let round = 0; round < 10; round++) {
      lan.throwIn(b.beacon(), liar.host);
      lan.throwIn(b.beacon({ instance: hexId(66, 32) }), liar.host);
      await lan.pass(3_000);
      assert.equal(a.neighbours.get(b.self)?.host, b.host);
      assert.equal(a.neighbours.get(b.self)?.user, classId && userId(2));
    }
  }
});

Deno.test("replayed beacons change nothing", async () => {
  await using lan = new Lan();
  const [a, b] = [lan.add(1).start(), lan.add(2).start()];
  await lan.pass(3_000);
  const old = b.beacon();
  b.version = 9;
  b.discovery.changed();
  await lan.pass(300);
  const [candidate] = a.discovery.candidates();
  assert.equal(candidate!.index.version, 9);
  const heard = a.heard.length;
  const asked = lan.asked.length;
  for (const from of [b.host, "10.0.0.66"]) lan.throwIn(old, from);
  await lan.pass(1_000);
  assert.equal(lan.asked.length, asked);
  assert.equal(a.heard.length, heard);
  assert.deepEqual(a.discovery.candidates(), [candidate]);
  b.vanish();
  for (let second = 0; second < 40; second++) {
    lan.throwIn(old, b.host);
    await lan.pass(1_000);
  }
  assert.deepEqual(a.sees, [], "they keep nobody present");
});

Deno.test("beacons that name a low port, or come with junk, lead nowhere", async () => {
  await using lan = new Lan();
  const [a, b] = [lan.add(1).start(), lan.add(2).start()];
  await lan.pass(3_000);
  const asked = lan.asked.length;
  const other = { peer: peerId(50), instance: hexId(50, 32) };
  lan.throwIn(
    new TextEncoder().encode(JSON.stringify({ ...b.socket.beacons[0]!.beacon, ...other, port: 22 })),
    "10.0.0.50",
  );
  lan.throwIn(new TextEncoder().encode('{"essaim":1,"kind":"peer"'), "10.0.0.50");
  for (let junk = 0; junk < 1_000; junk++) lan.throwIn(crypto.getRandomValues(new Uint8Array(300)), "10.0.0.51");
  await lan.pass(1_000);
  assert.equal(lan.asked.length, asked);
  assert.deepEqual(a.sees, [2]);
  assert.equal(a.discovery.facts.dropped, 1_002);
});

Deno.test("a thousand invented peers a second hide no real one, and cause few questions", async () => {
  await using lan = new Lan();
  const a = lan.add(1).start();
  await lan.pass(3_000);
  lan.asked.length = 0;
  let invented = 100;
  const flood = async (ms: number) => {
    for (let done = 0; done < ms; done += 20) {
      for (let each = 0; each < 20; each++) {
        const other = { peer: peerId(++invented), instance: hexId(invented, 32) };
        lan.throwIn(a.beacon(other), `10.0.0.${200 + invented % 5}`);
      }
      await lan.pass(20);
    }
  };
  await flood(2_000);
  const b = lan.add(2).start();
  await flood(2_000);
  assert.deepEqual(a.sees, [2]);
  assert.deepEqual(b.sees, [1]);
  const questions = lan.asked.filter((line) => line.startsWith("1 ")).length;
  assert.ok(questions <= 5 * (64 + 4 * 4) + 1, `${questions} questions`);
});

Deno.test("several peers on one computer see each other over the loopback, and are asked there once", async () => {
  await using lan = new Lan();
  const [a, b, c] = [1, 2, 3].map((number) => lan.add(number, { host: "10.0.0.1" }).start());
  const elsewhere = lan.add(4).start();
  await lan.pass(3_000);
  assert.deepEqual([a!.sees, b!.sees, c!.sees], [[2, 3, 4], [1, 3, 4], [1, 2, 4]]);
  assert.equal(a!.neighbours.get(b!.self)?.host, "127.0.0.1");
  assert.equal(elsewhere.neighbours.get(b!.self)?.host, "10.0.0.1");
  assert.equal(lan.asked.length, 4 * 3);
});

Deno.test("a change of the index is heard by neighbours within 300 ms", async () => {
  await using lan = new Lan();
  const [a, b] = [lan.add(1).start(), lan.add(2).start()];
  await lan.pass(5_000);
  a.heard.length = 0;
  b.version = 2;
  b.discovery.changed();
  await lan.pass(300);
  assert.deepEqual(a.heard.map(({ peerId, host, index }) => ({ peerId, host, version: index.version })), [
    { peerId: b.self, host: b.host, version: 2 },
  ]);
});

Deno.test("where broadcast does not pass, peers find each other by multicast, and only there", async () => {
  await using lan = new Lan();
  lan.passes.broadcast = false;
  const [a, b] = [lan.add(1).start(), lan.add(2).start()];
  await lan.pass(6_000);
  assert.deepEqual([a.sees, b.sees], [[2], [1]]);
  assert.ok(a.discovery.facts.heardMulticast > 0 && a.discovery.facts.heardBroadcast === 0);
  await using other = new Lan();
  const [c, d] = [other.add(1).start(), other.add(2).start()];
  await other.pass(60_000);
  assert.ok([c, d].every(({ socket }) => socket.beacons.every(({ multicast }) => !multicast)));
});

Deno.test("who joins a class is proved to those who know it already", async () => {
  await using lan = new Lan();
  const [a, b] = [lan.add(1, { classId: CLASS_ID }).start(), lan.add(2).start()];
  await lan.pass(3_000);
  assert.equal(a.neighbours.get(b.self)?.user, undefined);
  b.classId = CLASS_ID;
  Object.assign(b.discovery.ports.members, { id: CLASS_ID });
  b.discovery.changed();
  await lan.pass(1_000);
  assert.equal(a.neighbours.get(b.self)?.user, userId(2));
  assert.equal(b.neighbours.get(a.self)?.user, userId(1));
});

Deno.test("a tracker is heard of by newcomers, and forgotten when it is gone", async () => {
  await using lan = new Lan();
  const socket = new FakeSocket(lan, () => "10.0.0.9");
  const tracker = new TrackerBeacons({
    ...{ socket, clock: lan.clock, intervalMs: INTERVAL, port: 5000, memberPort: 5443, classId: CLASS_ID },
    name: () => "Terminale S2",
  });
  const site = { socket, host: "10.0.0.9", isOn: false, discovery: tracker } as unknown as Computer;
  lan.computers.push(site);
  tracker.start();
  await lan.pass(5_000);
  const a = lan.add(1).start();
  await lan.pass(600);
  const [heard] = a.discovery.trackers();
  const { heardAt: _, ...said } = heard!;
  assert.deepEqual(said, { class: CLASS_ID, name: "Terminale S2", url: "http://10.0.0.9:5000" });
  site.socket.send = () => Promise.resolve();
  await lan.pass(45_000);
  assert.deepEqual(a.discovery.trackers(), []);
});

Deno.test("many trackers that are not there hide none that is", async () => {
  await using lan = new Lan();
  const a = lan.add(1).start();
  const tracker = (number: number): Beacon => ({
    ...{
      essaim: 1,
      kind: "tracker",
      class: hexId<ClassId>(number, 64),
      name: `class ${number}`,
      port: 5000,
      memberPort: 5443,
    },
  });
  lan.throwIn(encodeBeacon(tracker(1)), "10.0.0.9");
  for (let number = 100; number < 1_000; number++) lan.throwIn(encodeBeacon(tracker(number)), "10.0.0.66");
  const trackers = a.discovery.trackers();
  assert.ok(trackers.length <= 5 && trackers.some(({ url }) => url === "http://10.0.0.9:5000"));
});

Deno.test("without a socket nothing is done, and that is said", async () => {
  const lan = new Lan();
  const { ports } = lan.add(1).discovery;
  const discovery = new Discovery({ ...ports, socket: undefined });
  discovery.start();
  discovery.changed();
  assert.equal(discovery.facts.state, "off");
  assert.deepEqual(discovery.candidates(), []);
  await discovery.close();
});
