import { downloadRequestSchema } from "../../lib/core/local_messages.ts";
import { attachment, readJson, type Route } from "../http.ts";
import { type LocalPeerParts, MAX_BODY, noContent } from "./local_parts.ts";

/** What is fetched to here. */
export function downloadRoutes({ downloads, finished }: LocalPeerParts): Route[] {
  const goOn: Route["handle"] = (_request, _caller, { id }) => {
    downloads.resume(id!);
    return Response.json(downloads.get(id!));
  };
  return [
    { method: "GET", path: "/api/downloads", handle: () => Response.json(downloads.list()) },
    {
      method: "POST",
      path: "/api/downloads",
      handle: async (request) => {
        const wanted = await readJson(request, downloadRequestSchema, MAX_BODY);
        return Response.json(await downloads.add(wanted, request.signal), { status: 201 });
      },
    },
    {
      method: "POST",
      path: "/api/downloads/:id/pause",
      handle: async (_request, _caller, { id }) => Response.json(await downloads.pause(id!)),
    },
    { method: "POST", path: "/api/downloads/:id/resume", handle: goOn },
    { method: "POST", path: "/api/downloads/:id/retry", handle: goOn },
    {
      method: "POST",
      path: "/api/downloads/:id/reveal",
      handle: async (_request, _caller, { id }) => {
        await finished.reveal(id!);
        return noContent();
      },
    },
    {
      method: "GET",
      path: "/api/downloads/:id/content",
      handle: async (request, _caller, { id }) => {
        const { name, size, body } = await finished.content(id!);
        const headers = { ...attachment(name), "content-length": String(size), "cache-control": "no-store" };
        if (request.method !== "HEAD") return new Response(body, { headers });
        await body.cancel();
        return new Response(null, { headers });
      },
    },
    {
      method: "DELETE",
      path: "/api/downloads/:id",
      handle: async (_request, _caller, { id }) => {
        await downloads.cancel(id!);
        return noContent();
      },
    },
  ];
}
