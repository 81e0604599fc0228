import { settingsChangeSchema } from "../../lib/core/local_messages.ts";
import { readJson, type Route } from "../http.ts";
import { type LocalPeerParts, MAX_BODY } from "./local_parts.ts";

/** What the user chose for this computer. */
export function settingsRoutes({ settings }: LocalPeerParts): Route[] {
  return [
    { method: "GET", path: "/api/settings", handle: () => Response.json(settings.list()) },
    {
      method: "PATCH",
      path: "/api/settings",
      handle: async (request) => {
        const change = await readJson(request, settingsChangeSchema, MAX_BODY);
        return Response.json(await settings.change(change));
      },
    },
  ];
}
