import { viewClass } from "../../lib/app/class_view.ts";
import {
  exportIdentitySchema,
  groupChangeSchema,
  groupIdSchema,
  joinClassSchema,
} from "../../lib/core/local_messages.ts";
import { attachment, parseInput, readJson, type Route } from "../http.ts";
import { type LocalPeerParts, MAX_BODY, noContent } from "./local_parts.ts";

/** The class that this computer belongs to, the groups of its user, and who it is there. */
export function classRoutes(peer: LocalPeerParts): Route[] {
  const { membership, groups } = peer;
  const view = () => Response.json(viewClass(peer));
  const groupOf = (id: string | undefined) => parseInput(groupIdSchema, id);
  return [
    {
      method: "GET",
      path: "/api/class",
      handle: async () => {
        await membership.refreshPeople();
        return view();
      },
    },
    {
      method: "POST",
      path: "/api/class/join",
      handle: async (request) => {
        await membership.join(await readJson(request, joinClassSchema, MAX_BODY), request.signal);
        return view();
      },
    },
    {
      method: "POST",
      path: "/api/class/leave",
      handle: async () => {
        await membership.leave();
        return view();
      },
    },
    {
      method: "POST",
      path: "/api/class/device-code",
      handle: async (request) => Response.json(await membership.deviceCode(request.signal)),
    },
    {
      method: "POST",
      path: "/api/identity/export",
      handle: async (request) => {
        const { passphrase } = await readJson(request, exportIdentitySchema, MAX_BODY);
        const file = await membership.exportIdentity(passphrase);
        return new Response(file.slice(), {
          headers: { ...attachment("essaim-identity"), "cache-control": "no-store" },
        });
      },
    },
    { method: "GET", path: "/api/groups", handle: () => Response.json(groups.list()) },
    {
      method: "POST",
      path: "/api/groups",
      handle: async (request) => {
        const group = await groups.add(await readJson(request, groupChangeSchema, MAX_BODY));
        return Response.json(group, { status: 201 });
      },
    },
    {
      method: "PATCH",
      path: "/api/groups/:id",
      handle: async (request, _caller, { id }) => {
        const change = await readJson(request, groupChangeSchema.partial(), MAX_BODY);
        return Response.json(await groups.change(groupOf(id), change));
      },
    },
    {
      method: "DELETE",
      path: "/api/groups/:id",
      handle: async (_request, _caller, { id }) => {
        await groups.remove(groupOf(id));
        return noContent();
      },
    },
  ];
}
