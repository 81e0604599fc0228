import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import assert from "node:assert/strict";
import fc from "fast-check";
import { createHash, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { CompactSign, importPKCS8 } from "jose";
import { classTrust, extensions, readAuthority, SIGNING, subjectOf } from "../../lib/adapters/certificates.ts";
import { newAuthority } from "../../lib/adapters/class_authority.ts";
import { ALGORITHM } from "../../lib/adapters/signatures.ts";
import { type Certificate, revocationListSchema } from "../../lib/core/class_messages.ts";
import { certificateSpan } from "../../lib/core/membership.ts";
import { codeOf, hexId, peerId } from "../fakes.ts";
import { computer as computerOf, memberOn, newClass, newComputer, NOW } from "./class_setup.ts";

const pemOf = (base64: string) => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
const derOf = (pem: string) => Uint8Array.fromBase64(pem.replace(/-----[^-]+-----|\s/g, ""));

Deno.test("a certificate says which computer of which user it is, and any member can check it without the authority", async () => {
  const { authority } = await newClass();
  const computer = await newComputer();
  const member = memberOn(computer, { name: "Zoé 王 😀 O'Brien, CN=x" });
  const certificate = await authority.issue(member);
  const trust = await classTrust(authority.pem);
  assert.equal(trust.classId, authority.classId);
  assert.equal(trust.classId, createHash("sha256").update(derOf(authority.pem)).digest("hex"));
  assert.deepEqual(await trust.readCertificate(certificate), member);
  const seen = new X509Certificate(pemOf(certificate));
  assert.equal(seen.ca, false);
  assert.match(seen.subjectAltName ?? "", new RegExp(`DNS:${computer.peerId}\\.essaim\\.internal`));
});

Deno.test("a certificate of another class, altered, or of another shape is refused", async (t) => {
  const { authority, dir } = await newClass();
  const other = (await newClass()).authority;
  const computer = await newComputer();
  const member = memberOn(computer);
  const certificate = await authority.issue(member);
  const der = Uint8Array.fromBase64(certificate);
  const altered = (change: (bytes: Uint8Array) => void, extra = 0) => {
    const bytes = new Uint8Array(der.length + extra);
    bytes.set(der);
    change(bytes);
    return bytes.toBase64();
  };
  const ca = await readAuthority(authority.pem);
  const key = await importPKCS8(await Deno.readTextFile(join(dir, "ca.key")), ALGORITHM);
  const shape = async (
    changes: {
      extensions?: x509.Extension[];
      subject?: x509.Name | string;
      algorithm?: EcKeyGenParams;
      signingAlgorithm?: EcdsaParams;
    },
  ) => {
    const publicKey = changes.algorithm
      ? (await crypto.subtle.generateKey(changes.algorithm, true, ["sign", "verify"])).publicKey
      : await crypto.subtle.importKey("jwk", member.key, SIGNING, true, ["verify"]);
    const made = await x509.X509CertificateGenerator.create({
      subject: changes.subject ?? subjectOf(member.name),
      issuer: ca.certificate.subjectName,
      publicKey,
      signingKey: key,
      signingAlgorithm: changes.signingAlgorithm ?? SIGNING,
      notBefore: new Date(NOW),
      notAfter: new Date(certificateSpan(NOW).notAfter),
      extensions: changes.extensions ?? extensions(ca, { member }),
    });
    return new Uint8Array(made.rawData).toBase64();
  };
  const withNames = (names: x509.JsonGeneralNames) => {
    const made = extensions(ca, { member });
    made[3] = new x509.SubjectAlternativeNameExtension(names);
    return shape({ extensions: made });
  };
  const [dns, url] = [`${computer.peerId}.essaim.internal`, `urn:essaim:user:${member.user}`];
  const flip = (at: number) => (bytes: Uint8Array) => void (bytes[at]! ^= 1);
  const table: [string, string][] = [
    ["of another class", await other.issue(member)],
    ["altered name", altered((bytes) => bytes.set([0x58], findBytes(bytes, "Zo")))],
    ["altered signature", altered(flip(der.length - 1))],
    ["altered length", altered(flip(3))],
    ["something behind it", altered(() => {}, 10)],
    ["something behind it, counted", altered((bytes) => void (bytes[3]! += 10), 10)],
    ["cut", der.subarray(0, 200).toBase64()],
    ["nothing", ""],
    ["the authority itself", derOf(authority.pem).toBase64()],
    ["the tracker's server", derOf((await authority.serverCertificate([], NOW)).cert).toBase64()],
    [
      "another peer's name",
      await withNames([{ type: "dns", value: `${peerId(1)}.essaim.internal` }, {
        type: "url",
        value: url,
      }]),
    ],
    [
      "one more name",
      await withNames([{ type: "dns", value: dns }, { type: "url", value: url }, {
        type: "dns",
        value: "tracker.essaim.internal",
      }]),
    ],
    [
      "two users",
      await withNames([{ type: "dns", value: dns }, { type: "url", value: url }, {
        type: "url",
        value: `urn:essaim:user:${hexId(8, 32)}`,
      }]),
    ],
    ["no user", await withNames([{ type: "dns", value: dns }])],
    [
      "an authority below",
      await shape({
        extensions: extensions(ca, { member }).with(0, new x509.BasicConstraintsExtension(true, undefined, true)),
      }),
    ],
    [
      "server only",
      await shape({
        extensions: extensions(ca, { member }).with(
          2,
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        ),
      }),
    ],
    [
      "an extension more",
      await shape({
        extensions: [...extensions(ca, { member }), new x509.Extension("1.2.3.4", false, new Uint8Array([5, 0]))],
      }),
    ],
    ["no extension", await shape({ extensions: [] })],
    ["P-384", await shape({ algorithm: { name: "ECDSA", namedCurve: "P-384" } })],
    ["another hash", await shape({ signingAlgorithm: { name: "ECDSA", hash: "SHA-384" } })],
    ["a name in two parts", await shape({ subject: "CN=Zoe, O=Essaim" })],
  ];
  assert.ok(await authority.readCertificate(await shape({}) as Certificate));
  const trust = await classTrust(authority.pem);
  for (const [name, base64] of table) {
    await t.step(name, async () => {
      assert.equal(await codeOf(trust.readCertificate(base64 as Certificate)), "bad-record");
    });
  }
});

Deno.test("no byte of a certificate can be changed, wherever it stands", async () => {
  const { authority } = await newClass();
  const der = Uint8Array.fromBase64(await authority.issue(memberOn(await newComputer())));
  const bytes = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 3 }), async (changes) => {
      const changed = der.slice();
      for (const [at, bits] of changes) changed[at]! ^= bits;
      if (changed.toBase64() === der.toBase64()) return;
      assert.equal(await codeOf(authority.readCertificate(changed.toBase64() as Certificate)), "bad-record");
    }),
    { numRuns: 1_000 },
  );
  for (let at = 0; at < der.length; at++) {
    const changed = der.with(at, der[at]! ^ 1).toBase64() as Certificate;
    assert.equal(await codeOf(authority.readCertificate(changed)), "bad-record", `byte ${at}`);
  }
});

Deno.test("only the certificate of a class's authority makes a class", async (t) => {
  const { authority } = await newClass();
  const der = derOf(authority.pem);
  const make = async (changes: Partial<x509.X509CertificateCreateSelfSignedParams>, curve = "P-256") => {
    const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: curve }, true, ["sign", "verify"]);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      keys,
      name: subjectOf("x"),
      signingAlgorithm: SIGNING,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
      ...changes,
    } as x509.X509CertificateCreateSelfSignedParams);
    return made.toString("pem");
  };
  await classTrust(await make({}));
  for (
    const [name, pem] of [
      ["nothing", ""],
      ["junk", pemOf("AAAA")],
      ["two", authority.pem + authority.pem],
      ["something before it", `x${authority.pem}`],
      ["a member", pemOf(await authority.issue(memberOn(await newComputer())))],
      ["altered", pemOf(der.with(der.length - 1, der.at(-1)! ^ 1).toBase64())],
      ["no authority", await make({ extensions: [new x509.BasicConstraintsExtension(false, undefined, true)] })],
      ["P-384", await make({}, "P-384")],
      ["very long", pemOf("A".repeat(10_000))],
    ]
  ) await t.step(name!, async () => assert.equal(await codeOf(classTrust(pem!)), "bad-record"));
});

Deno.test("the authority gives no certificate for a key that is not the peer's, is its own, or is no point of the curve", async () => {
  const { authority, dir } = await newClass();
  const computer = await newComputer();
  const own = (await readAuthority(authority.pem)).key;
  const { peerId: ownId } = await computerOf(
    await Deno.readTextFile(join(dir, "ca.key")),
    own,
  );
  for (
    const member of [
      memberOn(computer, { peerId: peerId(1) }),
      memberOn(computer, { peerId: ownId, key: own }),
      memberOn(computer, { key: { ...computer.key, y: computer.key.x } }),
    ]
  ) assert.equal(await codeOf(authority.issue(member)), "bad-record");
});

Deno.test("a revocation list is the authority's, of its class, and nothing else", async (t) => {
  const { authority, dir } = await newClass();
  const other = (await newClass()).authority;
  const list = revocationListSchema.parse({
    class: authority.classId,
    number: 3,
    at: new Date(NOW).toISOString(),
    revoked: [peerId(1)],
  });
  const trust = await classTrust(authority.pem);
  const jws = await authority.signRevocations(list);
  assert.deepEqual(await trust.verifyRevocations(jws), list);
  const computer = await newComputer();
  const key = await importPKCS8(await Deno.readTextFile(join(dir, "ca.key")), ALGORITHM);
  const sign = (typ: string, content: unknown) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(content))).setProtectedHeader({ alg: ALGORITHM, typ }).sign(
      key,
    );
  const [head, body, signature] = jws.split(".");
  for (
    const [name, forged] of [
      ["a member's", await computer.sign(list, { typ: "essaim-revocations+jws" })],
      ["another authority's", await other.signRevocations(list)],
      ["of another class", await authority.signRevocations({ ...list, class: other.classId })],
      ["another statement", await sign("essaim-record+jws", list)],
      [
        "a lower number written in",
        [head, btoa(JSON.stringify({ ...list, number: 9 })).replace(/=+$/, ""), signature].join("."),
      ],
      ["malformed", await sign("essaim-revocations+jws", { ...list, number: -1 })],
      ["unsigned", `${head}.${body}.`],
      ["empty", ""],
    ]
  ) await t.step(name!, async () => assert.equal(await codeOf(trust.verifyRevocations(forged!)), "bad-record"));
});

Deno.test("two new classes are never the same", async () => {
  const [one, other] = await Promise.all([newAuthority(NOW), newAuthority(NOW)]);
  assert.notEqual((await readAuthority(one!.certificate)).id, (await readAuthority(other!.certificate)).id);
});

function findBytes(bytes: Uint8Array, text: string): number {
  return new TextDecoder("latin1").decode(bytes).indexOf(text);
}
