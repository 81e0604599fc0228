import assert from "node:assert/strict";
import { classTrust } from "../../lib/adapters/certificates.ts";
import {
  classInfoSchema,
  deviceCodeSchema,
  enrolledSchema,
  membersReplySchema,
} from "../../lib/core/class_messages.ts";
import { parseClassCode } from "../../lib/core/class_code.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { api } from "../../routes/http.ts";
import { classRoutes } from "../../routes/api/tracker_class.ts";
import { newComputer, openRoom } from "../app/class_room_setup.ts";

const anonymous: Caller = { kind: "anonymous", address: "10.0.0.1" };

async function setup() {
  const it = await openRoom();
  const answer = api(classRoutes({ room: it.room, memberPort: () => 5443, software: "essaim/0.1.0" }));
  const ask = (path: string, caller: Caller = anonymous, init: RequestInit = {}) =>
    answer(new Request(`http://tracker${path}`, init), caller);
  const send = (path: string, body: string, type = "application/jose") =>
    ask(path, anonymous, { method: "POST", body, headers: { "content-type": type } });
  const { secret } = parseClassCode(it.room.code());
  return { ...it, ask, send, secret, [Symbol.dispose]: () => it[Symbol.dispose]() };
}

Deno.test("anyone may know which class it is, and nothing secret", async () => {
  using it = await setup();
  const info = await (await it.ask("/api/class")).json();
  assert.deepEqual(classInfoSchema.strict().parse(info), {
    ...{ class: it.authority.classId, name: "6e B", memberPort: 5443, enrolment: "code", software: "essaim/0.1.0" },
  });
  assert.ok(!JSON.stringify(info).includes(it.secret));
  const pem = await (await it.ask("/api/ca.pem")).text();
  assert.equal((await classTrust(pem)).classId, it.authority.classId);
});

Deno.test("one joins by a signed request, and asks as a member afterwards", async () => {
  using it = await setup();
  const computer = await newComputer();
  const joined = await it.send(
    "/api/join",
    await computer.join({ class: it.authority.classId, name: "alice", secret: it.secret }),
  );
  assert.equal(joined.status, 200);
  const { user } = await it.read(enrolledSchema.parse(await joined.json()).certificate);
  const renewed = await it.send("/api/renew", await computer.renew(it.authority.classId));
  assert.equal((await it.read(enrolledSchema.parse(await renewed.json()).certificate)).user, user);

  const member: Caller = {
    ...{ kind: "member", address: "10.0.0.1", class: it.authority.classId, peer: computer.peerId, user },
  };
  const { members } = membersReplySchema.parse(await (await it.ask("/api/members", member)).json());
  assert.deepEqual(members, [{ user, name: "alice" }]);
  const { code } = deviceCodeSchema.parse(await (await it.ask("/api/devices", member, { method: "POST" })).json());
  assert.equal((await it.join(await newComputer(), "x", code)).user, user);
  const list = await it.ask("/api/revocations", member);
  assert.equal(list.headers.get("content-type"), "application/jose");
  assert.equal(await list.text(), it.room.revocations.jws);
});

Deno.test("who is no member learns nothing of its members", async () => {
  using it = await setup();
  for (
    const [path, method] of [["/api/members", "GET"], ["/api/devices", "POST"], ["/api/revocations", "GET"]] as const
  ) {
    for (const caller of [anonymous, { kind: "local" } as const]) {
      const refused = await it.ask(path, caller, { method });
      assert.equal(refused.status, 401, path);
      assert.equal((await refused.json()).code, "unauthorized");
    }
  }
});

Deno.test("what is no signed request, or too long, or of a wrong code is refused by its code", async () => {
  using it = await setup();
  const computer = await newComputer();
  const wrong = await computer.join({ class: it.authority.classId, name: "alice", secret: "00000000" });
  const codeOf = async (response: Promise<Response>) => {
    const answer = await response;
    return [answer.status, (await answer.json()).code];
  };
  assert.deepEqual(await codeOf(it.send("/api/join", wrong, "application/json")), [400, "bad-input"]);
  assert.deepEqual(await codeOf(it.send("/api/join", "x".repeat(5_000))), [413, "too-large"]);
  assert.deepEqual(await codeOf(it.send("/api/renew", "junk")), [400, "bad-record"]);
  assert.deepEqual(await codeOf(it.send("/api/renew", wrong)), [400, "bad-record"]);
  for (let tries = 0; tries < 5; tries++) {
    assert.deepEqual(await codeOf(it.send("/api/join", wrong)), [403, "wrong-code"]);
  }
  const limited = await it.send("/api/join", wrong);
  assert.equal(limited.status, 429);
  assert.equal(limited.headers.get("retry-after"), "60");
});
