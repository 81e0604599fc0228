import { createPrivateKey, createPublicKey } from "node:crypto";
import { openIdentity } from "../../lib/adapters/identity.ts";
import { ANNOUNCE_TYPE, JOIN_TYPE, LEASE_TYPE, RECORD_TYPE, RENEW_TYPE } from "../../lib/adapters/signatures.ts";
import type { JoinRequest, Lease, RenewRequest } from "../../lib/core/class_messages.ts";
import { toHex } from "../../lib/core/ids.ts";
import type { Announce } from "../../lib/core/messages.ts";
import { type ShareRecord, shareRecordSchema } from "../../lib/core/share_record.ts";
import { fileVectors, listingVectors } from "./vectors.ts";

/** The key of RFC 7515, appendix A.3, known to everybody. */
const KEY = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
};
const CLASS = "9f3c1e0a77b24d58c6e1f00d5a4b3c2d1e0f98877665544332211000ffeeddcc";
const USER = "a1a2a3a4a5a6a7a8a9aaabacadaeafa0";
const AT = "2026-09-01T08:00:00.000Z";
const SHARE = "11112222333344445555666677778888";

export interface SignedVector {
  readonly about: string;
  readonly typ: string;
  readonly payload: unknown;
  readonly jws: string;
}

/**
 * Signed statements of every kind that a peer makes. An ES256 signature is another one each time, so those in `before` are
 * kept where the same is signed.
 */
export async function signedVectors(before: readonly SignedVector[]) {
  const dir = await Deno.makeTempDir({ prefix: "essaim-vectors-" });
  try {
    const privateKey = createPrivateKey({ key: KEY, format: "jwk" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    await Deno.chmod(dir, 0o700);
    await Deno.writeTextFile(`${dir}/key.pem`, pem, { mode: 0o600 });
    const identity = await openIdentity(dir);
    const { peerId, publicKey } = identity;
    const kept = new Map(before.map(({ jws }) => [signedPart(jws), jws]));
    const vector = (about: string, typ: string, payload: unknown, jws: string): SignedVector => ({
      about,
      typ,
      payload,
      jws: kept.get(signedPart(jws)) ?? jws,
    });
    const records = sharesOf(peerId).map(async ([about, share]) => {
      const { record, jws } = await identity.signRecord(share);
      return vector(about, RECORD_TYPE, record, jws);
    });
    const lease = { class: CLASS, owner: peerId, revision: 41, at: AT, until: "2026-09-02T08:00:00.000Z" } as Lease;
    const join = { class: CLASS, name: "Alice", secret: "ABCDEFGH", at: AT } as JoinRequest;
    const renew = { class: CLASS, peerId, at: AT } as RenewRequest;
    const announce = announceOf(peerId);
    const signed = [
      ...await Promise.all(records),
      vector("lease", LEASE_TYPE, lease, await identity.signLease(lease)),
      vector("first announce of a run", ANNOUNCE_TYPE, announce, await identity.signAnnounce(announce)),
      vector("request to join", JOIN_TYPE, join, await identity.signJoin(join)),
      vector("request to renew", RENEW_TYPE, renew, await identity.signRenew(renew)),
    ];
    return {
      key: {
        jwk: publicKey,
        spki: toHex(createPublicKey(pem).export({ type: "spki", format: "der" })),
        peerId,
      },
      signed,
      refusedRecords: refusedRecords(signed),
    };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function sharesOf(owner: string): [string, ShareRecord][] {
  const { id: fileId, size, sha256 } = fileVectors().files.find(({ name }) => name === "three chunks")!;
  const listing = listingVectors();
  const common = { shareId: SHARE, owner, version: 3, at: AT };
  const file = { ...common, kind: "file", name: "Leçon 4.pdf", fileId, size, sha256 };
  const folder = {
    ...{ ...common, kind: "folder", name: "Projet", fileId: listing.id, size: listing.size, sha256: listing.sha256 },
    total: { size: 700_005, files: 3 },
  };
  const member = { user: USER, class: CLASS };
  return [
    ["a public file", { ...file, visibility: "public" }],
    ["a public folder", { ...folder, visibility: "public" }],
    ["a file for the class", { ...file, ...member, version: 4, visibility: "class" }],
    ["a file for two users", { ...file, ...member, version: 5, visibility: "private", allow: [USER, "b".repeat(32)] }],
    ["taken back", { ...common, version: 6, deleted: true }],
  ].map(([about, share]) => [about as string, shareRecordSchema.parse(share)]);
}

function announceOf(peerId: string): Announce {
  return {
    peerId,
    instance: "c0ffee00c0ffee00c0ffee00c0ffee00",
    serial: 1,
    event: "started",
    name: "Alice",
    port: 5001,
    index: { epoch: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", from: 0, to: 0 },
    records: [],
    holdings: [],
    dropped: [],
    completed: [],
  } as unknown as Announce;
}

/** What is not to be taken for a record of this key. */
function refusedRecords(signed: readonly SignedVector[]) {
  const [header, payload, signature] = signed[0]!.jws.split(".");
  const [, otherPayload] = signed[1]!.jws.split(".");
  const lease = signed.find(({ typ }) => typ === LEASE_TYPE)!;
  const none = base64url({ alg: "none", typ: RECORD_TYPE, kid: (signed[0]!.payload as ShareRecord).owner });
  const stranger = base64url({ alg: "ES256", typ: RECORD_TYPE, kid: "0".repeat(32) });
  return [
    { why: "the payload of another record", jws: `${header}.${otherPayload}.${signature}` },
    { why: "no signature", jws: `${header}.${payload}.` },
    { why: "alg none", jws: `${none}.${payload}.` },
    { why: "another statement, rightly signed", jws: lease.jws },
    { why: "signed by nobody known", jws: `${stranger}.${payload}.${signature}` },
  ];
}

function base64url(value: unknown): string {
  return new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Header and payload of a compact JWS. */
function signedPart(jws: string): string {
  return jws.slice(0, jws.lastIndexOf("."));
}
