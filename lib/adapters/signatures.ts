import { createHash, createPublicKey } from "node:crypto";
import { compactVerify, type CompactVerifyResult, decodeProtectedHeader } from "jose";
import type { z } from "zod";
import { EssaimError } from "../core/errors.ts";
import { type PeerId, peerIdOf } from "../core/ids.ts";
import {
  announceSchema,
  MAX_ANNOUNCE_BYTES,
  MAX_RECORD_BYTES,
  type PublicKey,
  publicKeySchema,
} from "../core/messages.ts";
import { shareRecordSchema } from "../core/share_record.ts";
import type { Signatures } from "../ports.ts";

export const ALGORITHM = "ES256";
/** `typ` of each kind of statement (RFC 8725, 3.11), so that one can never be taken for another. */
export const RECORD_TYPE = "essaim-record+jws";
export const ANNOUNCE_TYPE = "essaim-announce+jws";

/** Checks compact JWS (RFC 7515) made by an `Identity`: ES256 only, the right `typ`, payload of the right schema. */
export function signatures(): Signatures {
  return {
    peerIdOf: peerIdOfKey,
    async verifyRecord(jws, keyOf) {
      const { kid } = header(jws, RECORD_TYPE, MAX_RECORD_BYTES);
      const key = typeof kid === "string" ? keyOf(kid as PeerId) : undefined;
      if (!key) throw bad("Nobody known signed this record.");
      const record = payload(await verified(jws, key), shareRecordSchema);
      if (record.owner !== kid || peerIdOfKey(key) !== kid) throw bad("This record was not signed by its owner.");
      return { record, jws };
    },
    async verifyAnnounce(jws) {
      const { jwk } = header(jws, ANNOUNCE_TYPE, MAX_ANNOUNCE_BYTES);
      const key = publicKeySchema.safeParse(jwk);
      if (!key.success) throw bad("The announce carries no P-256 key.");
      const announce = payload(await verified(jws, key.data), announceSchema);
      if (peerIdOfKey(key.data) !== announce.peerId) throw bad("The announce was signed by another peer.");
      return { announce, key: key.data };
    },
  };
}

/** PeerId of a public key; throws `bad-record` when it is not a point of the curve. */
export function peerIdOfKey(key: PublicKey): PeerId {
  try {
    const spki = createPublicKey({ key: { ...key }, format: "jwk" }).export({ type: "spki", format: "der" });
    return peerIdOf(spki, (...parts) => createHash("sha256").update(parts[0]!).digest());
  } catch (cause) {
    throw bad("This is not a P-256 key.", cause);
  }
}

function header(jws: string, type: string, maxLength: number) {
  if (jws.length > maxLength) throw new EssaimError("too-large", `A signed message is longer than ${maxLength} bytes.`);
  try {
    const found = decodeProtectedHeader(jws);
    if (found.alg === ALGORITHM && found.typ === type) return found;
  } catch (cause) {
    throw bad("This is not a signed message.", cause);
  }
  throw bad(`This is not an ${ALGORITHM} signature of type ${type}.`);
}

async function verified(jws: string, key: PublicKey): Promise<CompactVerifyResult> {
  try {
    return await compactVerify(jws, key, { algorithms: [ALGORITHM] });
  } catch (cause) {
    throw bad("The signature is wrong.", cause);
  }
}

function payload<T>({ payload }: CompactVerifyResult, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    throw bad("The signed content is not JSON.", cause);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw bad(`The signed content is malformed at ${issue?.path.join(".") || "its top"}.`, parsed.error);
}

function bad(message: string, cause?: unknown): EssaimError {
  return new EssaimError("bad-record", message, { cause });
}
