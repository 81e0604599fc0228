import type { z } from "zod";
import type { ClassRequests } from "../class_ports.ts";
import { joinRequestSchema, MAX_CLASS_REQUEST_BYTES, renewRequestSchema } from "../core/class_messages.ts";
import type { PeerId } from "../core/ids.ts";
import { publicKeySchema } from "../core/messages.ts";
import { bad, header, payload, verified } from "./jws.ts";
import { JOIN_TYPE, peerIdOfKey, RENEW_TYPE } from "./signatures.ts";

/** Checks requests to a class's authority, whose key is `own`: each carries the key that it is about and is signed by it. */
export function classRequests(own: PeerId): ClassRequests {
  const read = async <T>(jws: string, type: string, schema: z.ZodType<T>) => {
    const key = publicKeySchema.safeParse(header(jws, type, MAX_CLASS_REQUEST_BYTES).jwk);
    if (!key.success) throw bad("The request carries no P-256 key.");
    const peerId = peerIdOfKey(key.data); // before its signature: this refuses what is no point of the curve
    if (peerId === own) throw bad("The authority's own key cannot be a member's.");
    const request = payload(await verified(jws, key.data), schema);
    return { request, key: key.data, peerId };
  };
  return {
    verifyJoin: (jws) => read(jws, JOIN_TYPE, joinRequestSchema),
    async verifyRenew(jws) {
      const renewal = await read(jws, RENEW_TYPE, renewRequestSchema);
      if (renewal.request.peerId !== renewal.peerId) throw bad("The request was signed by another peer.");
      return renewal;
    },
  };
}
