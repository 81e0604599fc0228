import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { CompactSign } from "jose";
import { classRequests } from "../../lib/adapters/class_requests.ts";
import { JOIN_TYPE, RENEW_TYPE } from "../../lib/adapters/signatures.ts";
import { type ClassId, MAX_CLASS_REQUEST_BYTES } from "../../lib/core/class_messages.ts";
import { codeOf, hexId, peerId } from "../fakes.ts";
import { newComputer, NOW } from "./class_setup.ts";

const ID = hexId<ClassId>(5, 64);
const at = new Date(NOW).toISOString();

Deno.test("a request to join or renew proves the key that it is about", async () => {
  const computer = await newComputer();
  const joined = await classRequests(peerId(0)).verifyJoin(
    await computer.join({ class: ID, name: "Zoé", secret: "ABCDEFGH" }),
  );
  assert.deepEqual(joined, {
    request: { class: ID, name: "Zoé", secret: "ABCDEFGH", at },
    key: computer.key,
    peerId: computer.peerId,
  });
  const renewed = await classRequests(peerId(0)).verifyRenew(await computer.renew(ID));
  assert.deepEqual(renewed.request, { class: ID, peerId: computer.peerId, at });
});

Deno.test("a forged or malformed request is refused", async (t) => {
  const [mine, theirs] = [await newComputer(), await newComputer()];
  const join = { class: ID, name: "alice", secret: "", at };
  const good = await mine.join(join);
  const [head, body, signature] = good.split(".");
  const encode = (value: unknown) =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const foreign = async (namedCurve: string, alg: string) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
    return await new CompactSign(new TextEncoder().encode(JSON.stringify(join)))
      .setProtectedHeader({ alg, typ: JOIN_TYPE, jwk: publicKey.export({ format: "jwk" }) }).sign(privateKey);
  };
  const zero = "A".repeat(43);
  const table: [string, string][] = [
    ["another's key in the header", await mine.sign(join, { typ: JOIN_TYPE, jwk: theirs.key })],
    ["altered name", [head, encode({ ...join, name: "bob" }), signature].join(".")],
    ["altered key", [encode({ alg: "ES256", typ: JOIN_TYPE, jwk: theirs.key }), body, signature].join(".")],
    ["no signature", `${head}.${body}.`],
    ["alg none", [encode({ alg: "none", typ: JOIN_TYPE, jwk: mine.key }), body, ""].join(".")],
    ["alg HS256", [encode({ alg: "HS256", typ: JOIN_TYPE, jwk: mine.key }), body, signature].join(".")],
    ["a request to renew", await mine.renew(ID)],
    ["no key", await mine.sign(join, { typ: JOIN_TYPE, jwk: undefined as never })],
    ["a point off the curve", await mine.sign(join, { typ: JOIN_TYPE, jwk: { ...mine.key, y: mine.key.x } })],
    ["the point 0", await mine.sign(join, { typ: JOIN_TYPE, jwk: { ...mine.key, x: zero, y: zero } })],
    ["P-384", await foreign("P-384", "ES384")],
    [
      "P-384 called P-256",
      await mine.sign(join, {
        typ: JOIN_TYPE,
        jwk: {
          ...generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" }),
          crv: "P-256",
        } as never,
      }),
    ],
    [
      "secp256k1 called P-256",
      await mine.sign(join, {
        typ: JOIN_TYPE,
        jwk: {
          kty: "EC",
          crv: "P-256",
          x: "eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g",
          y: "SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg",
        },
      }),
    ],
    ["no class", await mine.sign({ ...join, class: "x" }, { typ: JOIN_TYPE })],
    ["a secret that cannot be", await mine.sign({ ...join, secret: "ILOU0000" }, { typ: JOIN_TYPE })],
    ["a name with a line break", await mine.sign({ ...join, name: "a\nb" }, { typ: JOIN_TYPE })],
    ["junk", "junk"],
  ];
  const requests = classRequests(peerId(0));
  for (const [name, jws] of table) {
    await t.step(name, async () => assert.equal(await codeOf(requests.verifyJoin(jws)), "bad-record"));
  }
  await t.step("the authority's own key", async () => {
    assert.equal(await codeOf(classRequests(mine.peerId).verifyJoin(good)), "bad-record");
  });
  await t.step("too long", async () => {
    assert.equal(await codeOf(requests.verifyJoin("x".repeat(MAX_CLASS_REQUEST_BYTES + 1))), "too-large");
  });
  await t.step("renewal of another", async () => {
    const jws = await mine.sign({ class: ID, peerId: theirs.peerId, at }, { typ: RENEW_TYPE });
    assert.equal(await codeOf(requests.verifyRenew(jws)), "bad-record");
    assert.equal(
      await codeOf(requests.verifyRenew(await mine.sign({ class: ID, peerId: peerId(1), at }, { typ: RENEW_TYPE }))),
      "bad-record",
    );
  });
  await t.step("a request to join as one to renew", async () => {
    assert.equal(await codeOf(requests.verifyRenew(good)), "bad-record");
  });
});
