import "reflect-metadata"; // first: the next one needs it
import * as x509 from "@peculiar/x509";
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { CompactSign, exportPKCS8, importPKCS8 } from "jose";
import type { ClassAuthority } from "../class_ports.ts";
import { type Certificate, TRACKER_SERVER_NAME } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import { CLOCK_TOLERANCE_MS, DAY_MS, type Member } from "../core/membership.ts";
import {
  type AuthorityCertificate,
  authorityExtensions,
  extensions,
  readAuthority,
  REVOCATIONS_TYPE,
  SIGNING,
  subjectOf,
  trust,
} from "./certificates.ts";
import { bad } from "./jws.ts";
import { ALGORITHM, peerIdOfKey } from "./signatures.ts";

const AUTHORITY_DAYS = 20 * 365;
/** A tracker that runs longer than this must make another one. */
export const SERVER_CERTIFICATE_DAYS = 400;

/** For the TLS server of the tracker, as PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface KeptAuthority extends ClassAuthority {
  /** Of its own key, which is no member's. */
  readonly peerId: PeerId;
  /** A new key and a certificate for it: `tracker.essaim.internal`, and those of these that are IP addresses. `now`: ms since 1970. */
  serverCertificate(addresses: readonly string[], now: number): Promise<ServerCertificate>;
}

/** A new authority: its key (PKCS #8) and its certificate, PEM. `now`: milliseconds since 1970. */
export async function newAuthority(now: number): Promise<{ key: string; certificate: string }> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    name: subjectOf(`Essaim class ${randomBytes(4).toString("hex")}`),
    signingAlgorithm: SIGNING,
    serialNumber: serialNumber(),
    notBefore: new Date(now - CLOCK_TOLERANCE_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    extensions: await authorityExtensions(keys.publicKey),
  });
  return { key: await exportPKCS8(keys.privateKey), certificate: `${certificate.toString("pem")}\n` };
}

/** The authority with this key and certificate, PEM. Throws `unreadable` when they are not of one class. */
export async function classAuthority(keyPem: string, pem: string): Promise<KeptAuthority> {
  const { certificate, key } = await pair(keyPem, pem);
  const peerId = peerIdOfKey(certificate.key);
  const issue = async (
    subject: string,
    publicKey: CryptoKey,
    { notBefore, notAfter }: Pick<Member, "notBefore" | "notAfter">,
    extensions: x509.Extension[],
  ) =>
    await x509.X509CertificateGenerator.create({
      subject: subjectOf(subject),
      issuer: certificate.certificate.subjectName,
      publicKey,
      signingKey: key,
      signingAlgorithm: SIGNING,
      serialNumber: serialNumber(),
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      extensions,
    });
  return {
    ...trust(certificate),
    ...{ pem, peerId },
    async issue(member) {
      if (peerIdOfKey(member.key) !== member.peerId) throw bad("The key is of another peer.");
      if (member.peerId === peerId) throw bad("The authority's own key cannot be a member's.");
      const memberKey = await crypto.subtle.importKey("jwk", member.key, SIGNING, true, ["verify"]);
      const issued = await issue(member.name, memberKey, member, extensions(certificate, { member }));
      return new Uint8Array(issued.rawData).toBase64() as Certificate;
    },
    signRevocations: (list) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(list)))
        .setProtectedHeader({ alg: ALGORITHM, typ: REVOCATIONS_TYPE }).sign(key),
    async serverCertificate(addresses, now) {
      const keys = await newKeys();
      const span = { notBefore: now - CLOCK_TOLERANCE_MS, notAfter: now + SERVER_CERTIFICATE_DAYS * DAY_MS };
      const server: x509.JsonGeneralNames = [
        { type: "dns", value: TRACKER_SERVER_NAME },
        ...addresses.filter((address) => isIP(address)).map((value) => ({ type: "ip" as const, value })),
      ];
      const issued = await issue(TRACKER_SERVER_NAME, keys.publicKey, span, extensions(certificate, { server }));
      return { key: await exportPKCS8(keys.privateKey), cert: `${issued.toString("pem")}\n` };
    },
  };
}

async function pair(keyPem: string, pem: string): Promise<{ certificate: AuthorityCertificate; key: CryptoKey }> {
  try {
    const certificate = await readAuthority(pem);
    const key = await importPKCS8(keyPem, ALGORITHM);
    const proof = await crypto.subtle.sign(SIGNING, key, new Uint8Array());
    const fits = await crypto.subtle.verify(SIGNING, certificate.verifyingKey, proof, new Uint8Array());
    if (!fits) throw bad("The key is not that of the certificate.");
    return { certificate, key };
  } catch (cause) {
    throw new EssaimError("unreadable", "The key and the certificate of the class do not fit together.", { cause });
  }
}

const newKeys = () => crypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);

/** Positive, 16 bytes (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = bytes[0]! & 0x3f | 0x40;
  return bytes.toString("hex");
}
