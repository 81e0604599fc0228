import { z } from "zod";
import { MAX_QUERY_LENGTH } from "../../lib/core/messages.ts";
import { parseInput, type Route } from "../http.ts";
import { qrImage } from "../qr.ts";
import type { LocalPeerParts } from "./local_parts.ts";

/** Who else is there and what they share. */
export function networkRoutes({ files, neighbours }: LocalPeerParts): Route[] {
  return [
    {
      method: "GET",
      path: "/api/search",
      handle: async (request) => {
        const parameters = new URL(request.url).searchParams;
        const q = parseInput(z.string().max(MAX_QUERY_LENGTH), parameters.get("q") ?? "");
        const cursor = parseInput(z.string().max(200).optional(), parameters.get("cursor") ?? undefined);
        return Response.json(await files.search(q, cursor, request.signal));
      },
    },
    { method: "GET", path: "/api/peers", handle: () => Response.json(neighbours.list()) },
    {
      method: "GET",
      path: "/api/qr",
      handle: (request) => qrImage(new URL(request.url).searchParams.get("text") ?? ""),
    },
  ];
}
