import assert from "node:assert/strict";
import type { Caller } from "../../lib/core/permission.ts";
import { callbackRequestSchema } from "../../lib/core/known_address.ts";
import { codeOf, peerId, userId } from "../fakes.ts";
import { Known, settled } from "./known_setup.ts";

const BOB = peerId(2);
const never = new AbortController().signal;
const from = (address: string): Caller => ({ kind: "anonymous", address });

Deno.test("who is called back is told yes when it answers as who it says to be, and is listed then", async () => {
  const room = new Known();
  room.places.set("10.0.0.2:5001", { peer: BOB, name: "bob" });
  const asked = room.callBack().answer({ peerId: BOB, port: 5001 }, from("::ffff:10.0.0.2"), never);
  assert.deepEqual(await asked, { reachable: true });
  assert.deepEqual(room.present(), ["bob 10.0.0.2:5001"]);
});

Deno.test("nobody learns what answers at a port: every no takes as long and says as much", async () => {
  const room = new Known();
  room.places.set("10.0.0.2:8080", { peer: peerId(9), name: "another peer" });
  room.places.set("10.0.0.2:8081", { peer: BOB, name: "web", fails: "bad-content" });
  const callBack = room.callBack();
  for (const port of [8080, 8081, 9000]) {
    let answer: unknown;
    const asked = callBack.answer({ peerId: BOB, port }, from("10.0.0.2"), never).then((said) => answer = said);
    await settled();
    room.clock.advance(1_999);
    await settled();
    assert.equal(answer, undefined, `${port} is silent until then`);
    room.clock.advance(1);
    await asked;
    assert.deepEqual(answer, { reachable: false });
  }
  assert.deepEqual(room.present(), []);
});

Deno.test("only the asker's own address is ever asked, once a second, and only a few are at a time", async () => {
  const room = new Known();
  const callBack = room.callBack();
  const open = Promise.withResolvers<void>();
  room.held = open.promise;
  const ask = (address: string) => callBack.answer({ peerId: BOB, port: 5001 }, from(address), never);
  const eight = Array.from({ length: 8 }, (_, n) => ask(`10.0.0.${n}`));
  assert.equal(await codeOf(ask("10.0.1.1")), "busy", "the ninth");
  assert.equal(room.asked.length, 8);
  open.resolve();
  await settled();
  room.clock.advance(2_000);
  await Promise.all(eight);
  const one = ask("10.0.0.1");
  assert.equal(await codeOf(ask("10.0.0.1")), "busy", "too soon");
  await settled();
  room.clock.advance(2_000);
  await one;
  assert.ok(room.asked.every((line) => /^hello 10\.0\.0\.\d:5001$/.test(line)));
});

Deno.test("a member asks for itself only, and ports of other services are refused", async () => {
  const room = new Known();
  room.class.enrol(BOB, userId(2));
  const member = room.class.caller(BOB);
  assert.equal(await codeOf(room.callBack().answer({ peerId: peerId(3), port: 5001 }, member, never)), "not-found");
  assert.equal(
    await codeOf(room.callBack().answer({ peerId: BOB, port: 5001 }, { kind: "local" }, never)),
    "not-found",
  );
  for (const port of [0, 22, 80, 1023, 65_536, 1.5, "5001"]) {
    assert.ok(!callbackRequestSchema.safeParse({ peerId: BOB, port }).success, `${port}`);
  }
  assert.deepEqual(room.asked, []);
});
