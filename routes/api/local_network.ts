import { parseFileId } from "../../lib/core/ids.ts";
import { searchRequestSchema } from "../../lib/core/search_request.ts";
import { query, type Route } from "../http.ts";
import { qrImage } from "../qr.ts";
import type { LocalPeerParts } from "./local_parts.ts";

/** Who else is there and what they share. */
export function networkRoutes({ files, neighbours }: LocalPeerParts): Route[] {
  return [
    {
      method: "GET",
      path: "/api/search",
      handle: async (request) => {
        const search = query(request, searchRequestSchema);
        const isCached = new URL(request.url).searchParams.get("from") === "cache";
        return Response.json(await (isCached ? files.cached(search) : files.search(search, request.signal)));
      },
    },
    {
      method: "GET",
      path: "/api/files/:id",
      handle: async (request, _caller, { id }) => Response.json(await files.details(parseFileId(id!), request.signal)),
    },
    { method: "GET", path: "/api/peers", handle: () => Response.json(neighbours.list()) },
    {
      method: "GET",
      path: "/api/qr",
      handle: (request) => qrImage(new URL(request.url).searchParams.get("text") ?? ""),
    },
  ];
}
