import "reflect-metadata"; // first: the next one needs it
import * as x509 from "@peculiar/x509";
import { createHash, createPublicKey } from "node:crypto";
import type { ClassTrust } from "../class_ports.ts";
import {
  type Certificate,
  certificateSchema,
  MAX_REVOCATIONS_BYTES,
  revocationListSchema,
  serverNameOf,
} from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import { type ClassId, type PeerId, type UserId, userIdSchema } from "../core/ids.ts";
import type { Member } from "../core/membership.ts";
import { displayNameSchema, type PublicKey, publicKeySchema } from "../core/messages.ts";
import { bad, header, payload, verified } from "./jws.ts";
import { peerIdOfKey } from "./signatures.ts";

/** Loading this takes some tens of milliseconds: only programs that are in a class, or keep one, import it. */

export const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
export const REVOCATIONS_TYPE = "essaim-revocations+jws";
const MAX_PEM_LENGTH = 4_096; // an authority's has 700
const USER_URN = "urn:essaim:user:";
const { digitalSignature, keyCertSign } = x509.KeyUsageFlags;

/** The certificate of a class's authority, checked to be one. */
export interface AuthorityCertificate {
  readonly id: ClassId;
  readonly certificate: x509.X509Certificate;
  readonly key: PublicKey;
  readonly verifyingKey: CryptoKey;
  /** Says in each certificate who signed it. */
  readonly keyIdentifier: x509.Extension;
}

/** Checks what the authority with this certificate (PEM) signed. Throws `bad-record` when it is no class's certificate. */
export async function classTrust(pem: string): Promise<ClassTrust> {
  return trust(await readAuthority(pem));
}

export function trust(authority: AuthorityCertificate): ClassTrust {
  return {
    classId: authority.id,
    readCertificate: (certificate) => checked(() => readMember(authority, certificate)),
    async verifyRevocations(jws) {
      header(jws, REVOCATIONS_TYPE, MAX_REVOCATIONS_BYTES);
      const list = payload(await verified(jws, authority.key), revocationListSchema);
      if (list.class !== authority.id) throw bad("This revocation list is of another class.");
      return list;
    },
  };
}

/** Throws `bad-record` unless this is one certificate, as `authorityExtensions` makes them, signed by itself. */
export function readAuthority(pem: string): Promise<AuthorityCertificate> {
  return checked(async () => {
    const base64 = /^-----BEGIN CERTIFICATE-----\s([\w+/=\s]+)-----END CERTIFICATE-----\s*$/.exec(pem)?.[1];
    if (pem.length > MAX_PEM_LENGTH || base64 === undefined) throw bad("This is not one certificate.");
    const { certificate, der } = parse(base64.replace(/\s/g, ""));
    const { key, verifyingKey } = await keyOf(certificate);
    await verifySignature(certificate, verifyingKey);
    if (!equal(certificate.subjectName.toArrayBuffer(), certificate.issuerName.toArrayBuffer())) {
      throw bad("The authority's certificate is signed by another one.");
    }
    if (!sameExtensions(certificate, await authorityExtensions(verifyingKey))) {
      throw bad("This certificate is not that of a class's authority.");
    }
    return {
      id: createHash("sha256").update(der).digest("hex") as ClassId,
      certificate,
      key,
      verifyingKey,
      keyIdentifier: await x509.AuthorityKeyIdentifierExtension.create(verifyingKey),
    };
  });
}

export async function authorityExtensions(key: CryptoKey): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(keyCertSign | digitalSignature, true),
    await x509.SubjectKeyIdentifierExtension.create(key),
  ];
}

/** What a member's certificate has, and nothing else; `server` in place of `member`: that of the authority's own server. */
export function extensions(
  { keyIdentifier }: Pick<AuthorityCertificate, "keyIdentifier">,
  of: { member: Pick<Member, "peerId" | "user"> } | { server: x509.JsonGeneralNames },
): x509.Extension[] {
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const names: x509.JsonGeneralNames = "server" in of ? of.server : [
    { type: "dns", value: serverNameOf(of.member.peerId) },
    { type: "url", value: USER_URN + of.member.user },
  ];
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(digitalSignature, true),
    new x509.ExtendedKeyUsageExtension("server" in of ? [serverAuth] : [serverAuth, clientAuth]),
    new x509.SubjectAlternativeNameExtension(names),
    keyIdentifier,
  ];
}

export function subjectOf(name: string): x509.Name {
  return new x509.Name([{ CN: [{ utf8String: name }] }]);
}

async function readMember(authority: AuthorityCertificate, base64: Certificate): Promise<Member> {
  const { certificate } = parse(certificateSchema.parse(base64));
  if (!equal(certificate.issuerName.toArrayBuffer(), authority.certificate.subjectName.toArrayBuffer())) {
    throw bad("This certificate is of another class.");
  }
  await verifySignature(certificate, authority.verifyingKey);
  const { key } = await keyOf(certificate);
  const peerId: PeerId = peerIdOfKey(key);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  const urn = names.find(({ type }) => type === "url")?.value ?? "";
  const user: UserId = userIdSchema.parse(urn.slice(USER_URN.length));
  if (!sameExtensions(certificate, extensions(authority, { member: { peerId, user } }))) {
    throw bad("This certificate is not that of a member.");
  }
  const name = displayNameSchema.parse(certificate.subjectName.getField("CN")[0]);
  if (!equal(certificate.subjectName.toArrayBuffer(), subjectOf(name).toArrayBuffer())) {
    throw bad("The name in this certificate is malformed.");
  }
  return {
    ...{ peerId, user, name, key },
    notBefore: certificate.notBefore.getTime(),
    notAfter: certificate.notAfter.getTime(),
  };
}

function parse(base64: string): { certificate: x509.X509Certificate; der: Uint8Array<ArrayBuffer> } {
  const der = Uint8Array.fromBase64(base64);
  if (!isStrict(der) || der.toBase64() !== base64) throw bad("This is not a certificate.");
  return { certificate: new x509.X509Certificate(der), der };
}

/** ecdsa-with-SHA256 */
const SIGNATURE_ALGORITHM = Uint8Array.fromHex("300a06082a8648ce3d040302");

/**
 * Whether nothing but what is signed could have been written in another way. Otherwise one certificate would have as many
 * ids as one likes to try, and the few digits of a class code could be met without a signature for each.
 */
function isStrict(der: Uint8Array): boolean {
  const lengthAt = (at: number) => der[at] === 0x30 && der[at + 1] === 0x82 ? der[at + 2]! << 8 | der[at + 3]! : NaN;
  const end = 8 + lengthAt(4);
  if (lengthAt(0) !== der.length - 4 || !(end < der.length)) return false;
  const bits = end + SIGNATURE_ALGORITHM.length;
  const [tag, length, unused, ...pair] = der.subarray(bits);
  if (!equal(der.subarray(end, bits), SIGNATURE_ALGORITHM)) return false;
  if (tag !== 0x03 || length !== pair.length + 1 || unused !== 0) return false;
  const [sequence, inside, ...numbers] = pair;
  if (sequence !== 0x30 || inside !== numbers.length) return false;
  const second = 2 + numbers[1]!;
  return isStrictInteger(numbers.slice(0, second)) && isStrictInteger(numbers.slice(second));
}

/** Positive, without a leading zero that it does not need. */
function isStrictInteger([tag, length, ...bytes]: readonly number[]): boolean {
  return tag === 0x02 && length === bytes.length && bytes[0]! < 0x80 && (bytes[0]! > 0 || bytes[1]! >= 0x80);
}

/** The key of a certificate: a point of P-256, encoded in the one way from which the PeerId is made. */
async function keyOf(certificate: x509.X509Certificate): Promise<{ key: PublicKey; verifyingKey: CryptoKey }> {
  const found = new Uint8Array(certificate.publicKey.rawData);
  const point = createPublicKey({ key: found as never, format: "der", type: "spki" });
  const key = publicKeySchema.parse(point.export({ format: "jwk" }));
  if (!equal(found, point.export({ format: "der", type: "spki" }))) throw bad("The key is encoded in an unusual way.");
  return { key, verifyingKey: await crypto.subtle.importKey("jwk", key, SIGNING, true, ["verify"]) };
}

async function verifySignature(certificate: x509.X509Certificate, publicKey: CryptoKey): Promise<void> {
  const { name, hash } = certificate.signatureAlgorithm as { name: string; hash?: { name: string } };
  const isOurs = name === SIGNING.name && hash?.name === SIGNING.hash;
  if (!isOurs || !await certificate.verify({ publicKey, signatureOnly: true })) {
    throw bad("This certificate is not signed by the class's authority.");
  }
}

function sameExtensions(certificate: x509.X509Certificate, expected: readonly x509.Extension[]): boolean {
  const found = certificate.extensions;
  return found.length === expected.length &&
    expected.every(({ rawData }, index) => equal(rawData, found[index]!.rawData));
}

function equal(one: ArrayBuffer | Uint8Array, other: ArrayBuffer | Uint8Array): boolean {
  const [a, b] = [new Uint8Array(one), new Uint8Array(other)];
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whatever a parser finds wrong with bytes from elsewhere is a bad record. */
async function checked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof EssaimError) throw cause;
    throw bad("This certificate is malformed.", cause);
  }
}
