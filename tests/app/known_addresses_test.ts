import assert from "node:assert/strict";
import { codeOf, peerId, userId } from "../fakes.ts";
import { INTERVAL, Known, SELF, settled } from "./known_setup.ts";

const BOB = peerId(2);
const CARL = peerId(3);
const never = new AbortController().signal;
const DAY = 24 * 3_600_000;

Deno.test("who is connected by hand is there at once, is told where this computer is, and is remembered", async () => {
  const room = new Known();
  room.places.set("10.0.0.2:5001", { peer: BOB, name: "bob" });
  const known = room.open();
  const { peerId, name } = await known.connect(" 10.0.0.2 ", never);
  assert.deepEqual([peerId, name], [BOB, "bob"]);
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);
  assert.deepEqual(room.asked, ["hello 10.0.0.2:5001", "callback 10.0.0.2:5001 5001"]);
  assert.deepEqual(room.positions, ["2 7"]);
  const [row] = known.list();
  assert.deepEqual([row?.address, row?.kind, row?.present], ["10.0.0.2:5001", "by-hand", true]);
  assert.equal(room.store.rows.get("10.0.0.2:5001")?.kind, "by-hand");
});

Deno.test("what stops a connection is told apart, and nothing is remembered then", async () => {
  const room = new Known();
  room.places.set("10.0.0.1:5001", { peer: SELF, name: "me" });
  room.places.set("10.0.0.3:80", { peer: BOB, name: "web", fails: "bad-content" });
  room.places.set("10.0.0.4:80", { peer: BOB, name: "web", fails: "not-found" });
  room.places.set("10.0.0.5:5001", { peer: BOB, name: "bob", fails: "busy" });
  const known = room.open();
  for (
    const [address, code] of [
      ["10.0.0.9", "unreachable"],
      ["10.0.0.1", "conflict"],
      ["10.0.0.3:80", "bad-content"],
      ["10.0.0.4:80", "bad-content"],
      ["10.0.0.5", "busy"],
      ["no address", "bad-input"],
    ] as const
  ) assert.equal(await codeOf(known.connect(address, never)), code, address);
  assert.deepEqual([known.list(), room.store.list(), room.present()], [[], [], []]);
  await assert.rejects(known.connect("10.0.0.9", AbortSignal.abort(new Error("gone"))), /gone/);
});

Deno.test("of the same class, whose computer it is counts once its certificate is proved", async () => {
  const room = new Known();
  const certificate = room.class.enrol(BOB, userId(2));
  const place = { peer: BOB, name: "so he says", memberPort: 5101, certificate };
  room.places.set("10.0.0.2:5001", place);
  const known = room.open();
  assert.deepEqual((await known.connect("10.0.0.2", never)).user, userId(2));
  assert.deepEqual(room.asked.slice(0, 2), ["hello 10.0.0.2:5001", "secure 10.0.0.2:5101"]);
  assert.deepEqual(room.neighbours.get(BOB)?.memberPort, 5101);
  assert.equal(room.neighbours.get(BOB)?.name, "user 2", "as the class calls him");

  const FALSE = [
    ["of somebody else", { ...place, certificate: room.class.enrol(CARL, userId(3)) }],
    ["of another class", { ...place, certificate: room.class.enrol(BOB, userId(2), { class: peerId(9) as never }) }],
    ["none", { peer: BOB, name: "bob", memberPort: 5101 }],
    ["at a port of another service", { ...place, memberPort: 22 }],
  ] as const;
  for (const [what, lie] of FALSE) {
    const other = new Known();
    other.class.id = room.class.id;
    other.places.set("10.0.0.2:5001", lie);
    const { user } = await other.open().connect("10.0.0.2", never);
    assert.deepEqual([user, other.neighbours.get(BOB)?.memberPort], [undefined, undefined], what);
    assert.ok(!other.asked.includes("secure 10.0.0.2:22"), what);
  }
  room.class.revoked.add(BOB);
  assert.equal((await known.connect("10.0.0.2", never)).user, undefined, "removed meanwhile");
});

Deno.test("who is present elsewhere is not moved by who only claims to be it", async () => {
  const room = new Known();
  room.neighbours.heard([{ peerId: BOB, name: "bob", host: "10.0.0.2", port: 5001 }]);
  room.places.set("10.0.0.66:5001", { peer: BOB, name: "not bob" });
  await room.open().connect("10.0.0.66", never);
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);
  assert.equal(
    (await room.callBack().answer({ peerId: BOB, port: 5001 }, {
      kind: "anonymous",
      address: "10.0.0.66",
    }, never)).reachable,
    true,
  );
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);
});

Deno.test("who is not heard otherwise stays present while it answers, and is asked no more often than that needs", async () => {
  const room = new Known();
  room.places.set("10.0.0.2:5001", { peer: BOB, name: "bob" });
  const known = room.open();
  await known.connect("10.0.0.2", never);
  known.start();
  await room.pass(0);
  room.asked.splice(0);
  await room.pass(20 * INTERVAL);
  const asked = room.hellos().length;
  assert.ok(asked >= 19 && asked <= 21, `${asked}`);
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);

  // Beacons do it: nothing is asked.
  await room.pass(INTERVAL / 2);
  room.asked.splice(0);
  for (let n = 0; n < 20; n++) {
    room.neighbours.met(BOB);
    await room.pass(INTERVAL);
  }
  assert.ok(room.hellos().length <= 1);
  // They stop.
  await room.pass(4 * INTERVAL);
  assert.ok(room.hellos().length >= 2);
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);
  await known.close();
});

Deno.test("who does not answer is asked ever more seldom, who was typed at least about once a minute", async () => {
  const room = new Known();
  room.places.set("10.0.0.2:5001", { peer: BOB, name: "bob" });
  const now = room.clock.now();
  const rest = { port: 5001, at: now, name: "x" };
  room.store.put({ ...rest, host: "10.0.0.2", kind: "by-hand", peerId: BOB });
  room.store.put({ ...rest, host: "10.0.0.3", kind: "met", peerId: CARL });
  const known = room.open();
  known.start();
  await room.pass(INTERVAL / 2);
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);
  room.places.clear();
  await room.pass(10 * 60_000);
  room.asked.splice(0);
  await room.pass(60 * 60_000, 5_000);
  const asked = room.hellos();
  const count = (address: string) => asked.filter((line) => line === address).length;
  assert.ok(count("10.0.0.2:5001") >= 50 && count("10.0.0.2:5001") <= 70, `${count("10.0.0.2:5001")}`);
  assert.ok(count("10.0.0.3:5001") >= 5 && count("10.0.0.3:5001") <= 7, `${count("10.0.0.3:5001")}`);
  assert.deepEqual(room.present(), []);
  // He is back, and told again where this computer is.
  room.places.set("10.0.0.2:5001", { peer: BOB, name: "bob" });
  await room.pass(75_000);
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);
  assert.ok(room.asked.includes("callback 10.0.0.2:5001 5001"));
  await known.close();
});

Deno.test("those met are tried after the next start, at most four at once, and none while it is present", async () => {
  const room = new Known();
  const first = room.open();
  first.start();
  const all = Array.from({ length: 12 }, (_, n) => ({ peer: peerId(10 + n), host: `10.0.1.${n + 1}` }));
  room.neighbours.heard(all.map(({ peer, host }) => ({ peerId: peer, name: host, host, port: 5001 })));
  room.neighbours.heard([{ peerId: CARL, name: "carl", host: "10.0.0.3", port: 80 }]);
  await room.pass(INTERVAL);
  await first.close();
  assert.equal(room.store.rows.size, 12, "a port of another service is not remembered");
  assert.deepEqual(room.hellos(), []);

  const next = new Known();
  for (const row of room.store.list()) next.store.put(row);
  for (const { peer, host } of all) next.places.set(`${host}:5001`, { peer, name: host });
  next.clock.advance(room.clock.elapsed);
  next.neighbours.heard([{ peerId: all[0]!.peer, name: "x", host: all[0]!.host, port: 5001 }]);
  const open = Promise.withResolvers<void>();
  next.held = open.promise;
  const known = next.open();
  known.start();
  await settled();
  assert.deepEqual([next.asked.length, next.mostAtOnce], [4, 4]);
  open.resolve();
  await next.pass(2_000);
  assert.equal(next.mostAtOnce, 4);
  assert.equal(next.hellos().length, 11);
  assert.equal(next.present().length, 12);
  await known.close();
});

Deno.test("the memory is bounded: two hundred met, for two weeks", async () => {
  const room = new Known();
  const known = room.open();
  known.start();
  room.neighbours.heard(
    Array.from({ length: 500 }, (_, n) => {
      return { peerId: peerId(100 + n), name: "x", host: `10.1.${n >> 8}.${n & 255}`, port: 5001 };
    }),
  );
  await room.pass(INTERVAL);
  assert.equal(known.list().length, 200);
  await known.close();
  assert.equal(room.store.rows.size, 200);
  room.store.put({ host: "10.0.0.2", port: 5001, kind: "by-hand", peerId: BOB, name: "bob", at: room.clock.now() });
  room.clock.advance(15 * DAY);
  assert.deepEqual(room.open().list().map(({ name }) => name), ["bob"]);
});

Deno.test("an address that is forgotten is asked no more, although who was there is present for a while", async () => {
  const room = new Known();
  room.places.set("10.0.0.2:5001", { peer: BOB, name: "bob" });
  const known = room.open();
  known.start();
  await known.connect("10.0.0.2", never);
  known.remove("10.0.0.2:5001");
  room.asked.splice(0);
  await room.pass(20 * INTERVAL);
  assert.deepEqual([room.hellos(), known.list(), room.store.list()], [[], [], []]);
  assert.throws(() => known.remove("10.0.0.2:5001"), /not remembered/);
  await known.close();
});

Deno.test("whoever has an address now is who is there; one that has become our own is dropped", async () => {
  const room = new Known();
  const rest = { port: 5001, at: room.clock.now(), name: "x" };
  room.store.put({ ...rest, host: "10.0.0.2", kind: "by-hand", peerId: BOB });
  room.store.put({ ...rest, host: "10.0.0.3", kind: "met", peerId: CARL });
  room.places.set("10.0.0.2:5001", { peer: CARL, name: "carl" });
  room.places.set("10.0.0.3:5001", { peer: SELF, name: "me" });
  const known = room.open();
  known.start();
  await room.pass(1_000);
  assert.deepEqual(known.list().map(({ address, name }) => `${address} ${name}`), ["10.0.0.2:5001 carl"]);
  assert.deepEqual(room.present(), ["carl 10.0.0.2:5001"]);
  await known.close();
});

Deno.test("a full disk does not keep anybody from being connected", async () => {
  const room = new Known();
  room.places.set("10.0.0.2:5001", { peer: BOB, name: "bob" });
  room.store.put = () => {
    throw new Error("disk full");
  };
  const known = room.open();
  await known.connect("10.0.0.2", never);
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);
  assert.deepEqual(room.log.codes, ["address-not-kept"]);
});
