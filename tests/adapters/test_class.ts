import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { hash, randomBytes } from "node:crypto";
import { serverNameOf, TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import { fromHex, type PeerId, peerIdOf, type UserId } from "../../lib/core/ids.ts";
import { certificateSpan, DAY_MS, type Member } from "../../lib/core/membership.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const USER_URN = "urn:essaim:user:";

/** What a TLS end needs, as PEM. */
export interface TestCredentials {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export interface TestMember extends Pick<Member, "peerId" | "user"> {
  readonly credentials: TestCredentials;
}

type Span = Pick<Member, "notBefore" | "notAfter">;
export const EXPIRED: Span = { notBefore: Date.now() - 40 * DAY_MS, notAfter: Date.now() - DAY_MS };

/** A class with an authority of its own, and certificates as that authority issues them. */
export class TestClass {
  private constructor(readonly ca: x509.X509Certificate, readonly key: CryptoKey) {}

  static async make(): Promise<TestClass> {
    const keys = await newKeys();
    const ca = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=Essaim class",
      keys,
      signingAlgorithm: ALGORITHM,
      ...dates({ notBefore: Date.now() - DAY_MS, notAfter: Date.now() + 365 * DAY_MS }),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new TestClass(ca, keys.privateKey);
  }

  async member(span: Span = certificateSpan(Date.now())): Promise<TestMember> {
    const keys = await newKeys();
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
    const peerId = peerIdOf(spki, (...parts) => fromHex(hash("sha256", parts[0]!)));
    const user = randomBytes(16).toString("hex") as UserId;
    const names: x509.JsonGeneralNames = [
      { type: "dns", value: serverNameOf(peerId) },
      { type: "url", value: USER_URN + user },
    ];
    return { peerId, user, credentials: await this.#issue(keys, names, [SERVER_AUTH, CLIENT_AUTH], span) };
  }

  /** The tracker's own certificate, which is nobody's. */
  async tracker(span: Span = certificateSpan(Date.now())): Promise<TestCredentials> {
    return await this.#issue(await newKeys(), [{ type: "dns", value: TRACKER_SERVER_NAME }], [SERVER_AUTH], span);
  }

  async #issue(keys: CryptoKeyPair, names: x509.JsonGeneralNames, use: string[], span: Span): Promise<TestCredentials> {
    const certificate = await x509.X509CertificateGenerator.create({
      subject: "CN=a member",
      issuer: this.ca.subjectName,
      publicKey: keys.publicKey,
      signingKey: this.key,
      signingAlgorithm: ALGORITHM,
      serialNumber: randomBytes(16).toString("hex"),
      ...dates(span),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(use),
        new x509.SubjectAlternativeNameExtension(names),
      ],
    });
    const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
      cert: certificate.toString("pem"),
      ca: this.ca.toString("pem"),
    };
  }
}

/** What such a certificate says; undefined for the tracker's. Whether it is of the class is for the handshake to tell. */
export function readMember(der: Uint8Array): (Pick<TestMember, "peerId" | "user"> & Span) | undefined {
  const certificate = new x509.X509Certificate(der as Uint8Array<ArrayBuffer>);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)!.names.toJSON();
  const dns = names.find(({ type }) => type === "dns")!.value;
  const url = names.find(({ type }) => type === "url")?.value;
  if (url === undefined) return undefined;
  return {
    peerId: dns.split(".")[0] as PeerId,
    user: url.slice(USER_URN.length) as UserId,
    notBefore: certificate.notBefore.getTime(),
    notAfter: certificate.notAfter.getTime(),
  };
}

const newKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

const dates = ({ notBefore, notAfter }: Span) => ({ notBefore: new Date(notBefore), notAfter: new Date(notAfter) });
