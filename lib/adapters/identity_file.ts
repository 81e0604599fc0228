import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { compactDecrypt, CompactEncrypt, errors } from "jose";
import { z } from "zod";
import type { KeptMembership } from "../class_ports.ts";
import { EssaimError } from "../core/errors.ts";
import { publicKeySchema } from "../core/messages.ts";
import { readPrivate, writePrivate } from "./key_files.ts";
import { keptSchema, MAX_MEMBERSHIP_BYTES, openMembership } from "./membership_file.ts";
import { peerIdOfKey } from "./signatures.ts";

/**
 * An identity on its way to another computer: a compact JWE (RFC 7516) whose key is made of a passphrase (PBES2-HS512,
 * RFC 7518 4.8), with the peer's key and its membership of a class.
 */

/** OWASP asks for 210,000 rounds of HMAC-SHA-512; this takes about half a second. */
const ROUNDS = 600_000;
const MAX_KEY_BYTES = 4_096;
const MAX_FILE_BYTES = 4 * MAX_MEMBERSHIP_BYTES;
const WHAT = "this peer's key";

const movedSchema = z.object({
  version: z.literal(1),
  key: z.string().max(MAX_KEY_BYTES),
  kept: keptSchema.optional(),
});

export interface MovedIdentity {
  /** PEM (PKCS #8). */
  readonly key: string;
  readonly kept: KeptMembership | undefined;
}

export async function encryptIdentity(passphrase: string, { key, kept }: MovedIdentity): Promise<Uint8Array> {
  const content = JSON.stringify({ version: 1, key, kept });
  const jwe = await new CompactEncrypt(new TextEncoder().encode(content))
    .setProtectedHeader({ alg: "PBES2-HS512+A256KW", enc: "A256GCM", typ: "essaim-identity+jwe" })
    .setKeyManagementParameters({ p2c: ROUNDS })
    .encrypt(secretOf(passphrase));
  return new TextEncoder().encode(`${jwe}\n`);
}

/** Throws `bad-input` for another file or passphrase. */
export async function decryptIdentity(passphrase: string, file: Uint8Array): Promise<MovedIdentity> {
  if (file.length > MAX_FILE_BYTES) throw damaged();
  const jwe = new TextDecoder().decode(file).trim();
  try {
    const { plaintext } = await compactDecrypt(jwe, secretOf(passphrase), {
      keyManagementAlgorithms: ["PBES2-HS512+A256KW"],
      contentEncryptionAlgorithms: ["A256GCM"],
      maxPBES2Count: ROUNDS,
    });
    const { key, kept } = movedSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
    return { key, kept };
  } catch (cause) {
    if (cause instanceof errors.JWEDecryptionFailed) {
      throw new EssaimError("bad-input", "The passphrase is not the one that this file was made with.", { cause });
    }
    throw damaged(cause);
  }
}

/**
 * Makes it the identity of `dir` (`DATA/identity`), which no running peer uses. Throws `conflict` where another identity
 * is, and what decryptIdentity throws.
 */
export async function importIdentity(dir: string, passphrase: string, file: Uint8Array): Promise<MovedIdentity> {
  const moved = await decryptIdentity(passphrase, file);
  const { key, kept } = moved;
  refuseStranger(moved);
  const path = join(dir, "key.pem");
  const known = await readPrivate(path, WHAT, MAX_KEY_BYTES);
  if (known !== undefined && known.trim() !== key.trim()) {
    throw new EssaimError(
      "conflict",
      `${dir} holds another identity already. Give --data another folder, or move that folder away first.`,
    );
  }
  if (known === undefined) await writePrivate(path, key, WHAT);
  await (await openMembership(dir)).keep(kept);
  return moved;
}

/** The key has to be a P-256 one, and the certificate its own. */
function refuseStranger({ key, kept }: MovedIdentity): void {
  try {
    const publicKey = createPublicKey(createPrivateKey(key));
    peerIdOfKey(publicKeySchema.parse(publicKey.export({ format: "jwk" })));
    if (kept === undefined) return;
    const certificate = new X509Certificate(Uint8Array.fromBase64(kept.certificate));
    if (certificate.publicKey.equals(publicKey)) return;
  } catch (cause) {
    throw damaged(cause);
  }
  throw damaged();
}

function secretOf(passphrase: string): Uint8Array {
  return new TextEncoder().encode(passphrase.normalize("NFKC"));
}

function damaged(cause?: unknown): EssaimError {
  return new EssaimError("bad-input", "This is not an identity that Essaim exported, or it is damaged.", { cause });
}
