import { z } from "zod";
import { parseShareId, shareIdSchema } from "../../lib/core/ids.ts";
import { shareChangeSchema, sharePageQuerySchema } from "../../lib/core/local_messages.ts";
import { MAX_COUNTED } from "../../lib/core/messages.ts";
import { query, readJson, type Route } from "../http.ts";
import { ANNOUNCED_WITHIN_MS, type LocalPeerParts, MAX_BODY, noContent } from "./local_parts.ts";

const countsRequestSchema = z.object({ shareIds: z.array(shareIdSchema).max(MAX_COUNTED) });
const removeQuerySchema = z.object({ file: z.literal("trash").optional() });

/** What is shared from here. */
export function shareRoutes({ shares, myFiles, announcer }: LocalPeerParts): Route[] {
  return [
    { method: "GET", path: "/api/shares", handle: () => Response.json(shares.list()) },
    {
      method: "GET",
      path: "/api/shares/page",
      handle: (request) => Response.json(myFiles.page(query(request, sharePageQuerySchema))),
    },
    {
      method: "POST",
      path: "/api/shares/counts",
      handle: async (request) => {
        const { shareIds } = await readJson(request, countsRequestSchema, MAX_BODY);
        return Response.json(await myFiles.counts(shareIds, request.signal));
      },
    },
    {
      method: "PATCH",
      path: "/api/shares/:id",
      handle: async (request, _caller, { id }) => {
        const change = await readJson(request, shareChangeSchema, MAX_BODY);
        return Response.json(await myFiles.change(parseShareId(id!), change));
      },
    },
    {
      method: "DELETE",
      path: "/api/shares/:id",
      handle: async (request, _caller, { id }) => {
        const { file } = query(request, removeQuerySchema);
        await myFiles.remove(parseShareId(id!), file ?? "keep");
        if (file === undefined) await announcer?.flush(ANNOUNCED_WITHIN_MS);
        return noContent();
      },
    },
    {
      method: "POST",
      path: "/api/shares/:id/restore",
      handle: async (_request, _caller, { id }) => Response.json(await myFiles.restore(parseShareId(id!))),
    },
    {
      method: "GET",
      path: "/api/shares/:id/links",
      handle: (_request, _caller, { id }) => Response.json(myFiles.links(parseShareId(id!))),
    },
  ];
}
