import { createHash, createPublicKey } from "node:crypto";
import type { z } from "zod";
import { leaseSchema } from "../core/class_messages.ts";
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
import { bad, header, payload, verified } from "./jws.ts";

export { ALGORITHM } from "./jws.ts";
/** `typ` of each kind of statement (RFC 8725, 3.11), so that one can never be taken for another. */
export const RECORD_TYPE = "essaim-record+jws";
export const ANNOUNCE_TYPE = "essaim-announce+jws";
export const LEASE_TYPE = "essaim-lease+jws";
export const JOIN_TYPE = "essaim-join+jws";
export const RENEW_TYPE = "essaim-renew+jws";

/** Checks compact JWS (RFC 7515) made by an `Identity`: ES256 only, the right `typ`, payload of the right schema. */
export function signatures(): Signatures {
  const byOwner = async <T extends { readonly owner: PeerId }>(
    jws: string,
    type: string,
    schema: z.ZodType<T>,
    keyOf: (peer: PeerId) => PublicKey | undefined,
  ): Promise<T> => {
    const { kid } = header(jws, type, MAX_RECORD_BYTES);
    const key = typeof kid === "string" ? keyOf(kid as PeerId) : undefined;
    if (!key) throw bad("Nobody known signed this.");
    const content = payload(await verified(jws, key), schema);
    if (content.owner !== kid || peerIdOfKey(key) !== kid) throw bad("This was not signed by its owner.");
    return content;
  };
  return {
    peerIdOf: peerIdOfKey,
    verifyRecord: async (jws, keyOf) => ({ record: await byOwner(jws, RECORD_TYPE, shareRecordSchema, keyOf), jws }),
    verifyLease: (jws, keyOf) => byOwner(jws, LEASE_TYPE, leaseSchema, keyOf),
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
