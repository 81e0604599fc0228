import type { KnownAddresses } from "../../lib/app/known_addresses.ts";
import { connectSchema } from "../../lib/core/known_address.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { readJson, type Route } from "../http.ts";
import { MAX_BODY, noContent } from "./local_parts.ts";

/** Computers that are not found by themselves. */
export function knownRoutes(known: KnownAddresses): Route[] {
  return [
    { method: "GET", path: "/api/peers/known", handle: () => Response.json(known.list()) },
    {
      method: "POST",
      path: "/api/peers/connect",
      handle: async (request) => {
        const { address } = await readJson(request, connectSchema, MAX_BODY);
        const { peerId, name, host, port, user } = await known.connect(address, request.signal);
        return Response.json({ peerId, name, host, port, ...user && { user } });
      },
    },
    {
      method: "DELETE",
      path: "/api/peers/known/:address",
      handle: (_request, _caller, { address }) => {
        known.remove(decoded(address!));
        return noContent();
      },
    },
  ];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new EssaimError("bad-input", "This is not an address.");
  }
}
