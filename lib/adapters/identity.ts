import { createPublicKey } from "node:crypto";
import { join } from "node:path";
import { CompactSign, exportPKCS8, importPKCS8 } from "jose";
import { EssaimError } from "../core/errors.ts";
import { type PublicKey, publicKeySchema } from "../core/messages.ts";
import type { Identity } from "../ports.ts";
import { readPrivate, writePrivate } from "./key_files.ts";
import { ALGORITHM, ANNOUNCE_TYPE, JOIN_TYPE, LEASE_TYPE, peerIdOfKey, RECORD_TYPE, RENEW_TYPE } from "./signatures.ts";

const WHAT = "this peer's key";
const MAX_PEM_BYTES = 4096; // a P-256 key has 240

export interface KeptIdentity extends Identity {
  /** PKCS #8, for TLS. */
  readonly keyPem: string;
}

/**
 * The key pair kept in `DIR/key.pem` (PKCS #8, mode 0600, in a folder of mode 0700), made at the first call. It is
 * complete under that name or not there at all. Throws `unreadable` when it is no P-256 key or others may read it,
 * `unwritable` when it cannot be stored. `dir`: `DATA/identity`, used by one process (see data_lock.ts).
 */
export async function openIdentity(dir: string): Promise<KeptIdentity> {
  const path = join(dir, "key.pem");
  const pem = await readPrivate(path, WHAT, MAX_PEM_BYTES) ?? await makeKey(path);
  try {
    return await identity(pem);
  } catch (cause) {
    throw new EssaimError(
      "unreadable",
      `${path} is not a P-256 private key. Put back a copy of it, or move it away to begin as a new peer.`,
      { cause },
    );
  }
}

async function identity(pem: string): Promise<KeptIdentity> {
  const publicKey: PublicKey = publicKeySchema.parse(createPublicKey(pem).export({ format: "jwk" }));
  const peerId = peerIdOfKey(publicKey);
  const privateKey = await importPKCS8(pem, ALGORITHM);
  const sign = (content: unknown, header: { typ: string; kid?: string; jwk?: PublicKey }) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
      .setProtectedHeader({ alg: ALGORITHM, ...header })
      .sign(privateKey);
  return {
    peerId,
    publicKey,
    keyPem: pem,
    async signRecord(record) {
      return { record, jws: await sign(record, { typ: RECORD_TYPE, kid: peerId }) };
    },
    signLease: (lease) => sign(lease, { typ: LEASE_TYPE, kid: peerId }),
    signAnnounce: (announce) => sign(announce, { typ: ANNOUNCE_TYPE, jwk: publicKey }),
    signJoin: (request) => sign(request, { typ: JOIN_TYPE, jwk: publicKey }),
    signRenew: (request) => sign(request, { typ: RENEW_TYPE, jwk: publicKey }),
  };
}

async function makeKey(path: string): Promise<string> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const pem = await exportPKCS8(pair.privateKey);
  await writePrivate(path, pem, WHAT);
  const stored = await readPrivate(path, WHAT, MAX_PEM_BYTES);
  if (stored !== pem) throw new EssaimError("unwritable", `This peer's key was not stored in ${path}.`);
  return pem;
}
