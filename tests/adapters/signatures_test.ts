import assert from "node:assert/strict";
import { join } from "node:path";
import { CompactSign, exportJWK, UnsecuredJWT } from "jose";
import { openIdentity } from "../../lib/adapters/identity.ts";
import { ANNOUNCE_TYPE, peerIdOfKey, RECORD_TYPE, signatures } from "../../lib/adapters/signatures.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import { MAX_RECORD_BYTES, type PublicKey, publicKeySchema } from "../../lib/core/messages.ts";
import { announceBy, codeOf, recordBy } from "../fakes.ts";
import { tempDir } from "../temp.ts";

async function keyPair() {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const publicKey = publicKeySchema.parse(await exportJWK(pair.publicKey));
  return { privateKey: pair.privateKey, publicKey, peerId: peerIdOfKey(publicKey) };
}

const text = (value: string) => new TextEncoder().encode(value);
const mine = await keyPair();
const other = await keyPair();
const keys = new Map<PeerId, PublicKey>([[mine.peerId, mine.publicKey], [other.peerId, other.publicKey]]);
const keyOf = (peer: PeerId) => keys.get(peer);
const record = recordBy(mine.peerId);
const good = { alg: "ES256", typ: RECORD_TYPE, kid: mine.peerId };

function sign(content: unknown, header: Record<string, unknown> & { alg: string }, key = mine.privateKey) {
  const bytes = typeof content === "string" ? text(content) : text(JSON.stringify(content));
  return new CompactSign(bytes).setProtectedHeader(header).sign(key);
}

/** The same message with another header and the signature left as it was. */
function withHeader(jws: string, header: unknown): string {
  return [
    text(JSON.stringify(header)).toBase64({ alphabet: "base64url", omitPadding: true }),
    ...jws.split(".").slice(1),
  ]
    .join(".");
}

function altered(jws: string): string {
  const [header, payload, signature] = jws.split(".");
  return `${header}.${payload!.slice(0, -2)}${payload!.endsWith("AA") ? "BB" : "AA"}.${signature}`;
}

Deno.test("a record signed by its owner is accepted", async () => {
  const signed = await signatures().verifyRecord(await sign(record, good), keyOf);
  assert.deepEqual(signed.record, record);
});

Deno.test("a record that is not proved to be its owner's is refused", async (t) => {
  const valid = await sign(record, good);
  const hmac = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"]);
  const table: [string, string][] = [
    ["altered payload", altered(valid)],
    ["no signature", valid.slice(0, valid.lastIndexOf(".") + 1)],
    ["alg none", new UnsecuredJWT({ ...record }).encode()],
    ["alg none over a valid one", withHeader(valid, { ...good, alg: "none" })],
    ["HMAC", await sign(record, { ...good, alg: "HS256" }, hmac as CryptoKey)],
    ["no kid", await sign(record, { alg: "ES256", typ: RECORD_TYPE })],
    ["kid of nobody", await sign(record, { ...good, kid: "0".repeat(32) })],
    ["kid that is no text", withHeader(valid, { ...good, kid: { a: 1 } })],
    ["kid of another peer", await sign(record, { ...good, kid: other.peerId })],
    ["another peer's signature and kid", await sign(record, { ...good, kid: other.peerId }, other.privateKey)],
    ["another peer's signature", await sign(record, good, other.privateKey)],
    ["typ of an announce", await sign(record, { ...good, typ: ANNOUNCE_TYPE })],
    ["no typ", await sign(record, { alg: "ES256", kid: mine.peerId })],
    ["unknown critical header", withHeader(valid, { ...good, crit: ["x"], x: 1 })],
    ["not JSON", await sign("{", good)],
    ["null", await sign(null, good)],
    ["not a record", await sign({ ...record, size: -1 }, good)],
    ["a time of a thousand digits", await sign({ ...record, at: `2026-01-02T03:04:05.${"1".repeat(1_000)}Z` }, good)],
    ["bad name", await sign({ ...record, name: "../x" }, good)],
    ["deeply nested", await sign("[".repeat(10_000), good)],
    ["junk", "a.b.c"],
    ["empty", ""],
  ];
  for (const [name, jws] of table) {
    await t.step(name, async () => assert.equal(await codeOf(signatures().verifyRecord(jws, keyOf)), "bad-record"));
  }
  const huge = await sign({ ...record, padding: "x".repeat(MAX_RECORD_BYTES) }, good);
  assert.equal(await codeOf(signatures().verifyRecord(huge, keyOf)), "too-large");
});

Deno.test("a key listed under the wrong peer proves nothing", async () => {
  const jws = await sign(record, good, other.privateKey);
  assert.equal(await codeOf(signatures().verifyRecord(jws, () => other.publicKey)), "bad-record");
});

Deno.test("an announce is accepted only from the key that it carries and as what it is", async (t) => {
  const announce = announceBy(mine.peerId);
  const header = { alg: "ES256", typ: ANNOUNCE_TYPE, jwk: mine.publicKey };
  assert.deepEqual(await signatures().verifyAnnounce(await sign(announce, header)), { announce, key: mine.publicKey });
  const table: [string, string][] = [
    ["another peer's name", await sign(announceBy(other.peerId), header)],
    ["another key", await sign(announce, { ...header, jwk: other.publicKey })],
    ["typ of a record", await sign(announce, { ...header, typ: RECORD_TYPE })],
    ["no key", await sign(announce, { alg: "ES256", typ: ANNOUNCE_TYPE })],
    ["a point off the curve", await sign(announce, { ...header, jwk: { ...mine.publicKey, y: mine.publicKey.x } })],
    ["a record", await sign(record, header)],
    ["altered payload", altered(await sign(announce, header))],
  ];
  for (const [name, jws] of table) {
    await t.step(name, async () => assert.equal(await codeOf(signatures().verifyAnnounce(jws)), "bad-record"));
  }
});

Deno.test("a peer makes its key once, closed to others, and is the same peer afterwards", async () => {
  const dir = join(await tempDir(), "data", "identity");
  const first = await openIdentity(dir);
  const again = await openIdentity(dir);
  assert.equal(again.peerId, first.peerId);
  assert.equal(first.peerId, peerIdOfKey(first.publicKey));
  const { jws } = await again.signRecord(recordBy(first.peerId));
  await signatures().verifyRecord(jws, () => first.publicKey);
  const { key } = await signatures().verifyAnnounce(await again.signAnnounce(announceBy(first.peerId)));
  assert.deepEqual(key, first.publicKey);
  if (Deno.build.os === "windows") return;
  assert.equal((await Deno.stat(dir)).mode! & 0o777, 0o700);
  assert.equal((await Deno.stat(join(dir, "key.pem"))).mode! & 0o777, 0o600);
  await Deno.chmod(join(dir, "key.pem"), 0o644);
  await assert.rejects(openIdentity(dir), /chmod 600/);
  await Deno.chmod(join(dir, "key.pem"), 0o600);
  await Deno.chmod(dir, 0o755);
  await assert.rejects(openIdentity(dir), /chmod 700/);
});

Deno.test("a damaged key stops the peer and is left as it is", async () => {
  const dir = join(await tempDir(), "identity");
  await openIdentity(dir);
  const path = join(dir, "key.pem");
  for (const content of ["", "junk", "x".repeat(10_000)]) {
    await Deno.writeTextFile(path, content);
    assert.equal(await codeOf(openIdentity(dir)), "unreadable");
    assert.equal(await Deno.readTextFile(path), content);
  }
});
