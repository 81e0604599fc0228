import { z } from "zod";
import { checkChosen } from "../../lib/app/people.ts";
import {
  batchIdSchema,
  chosenVisibilitySchema,
  groupIdSchema,
  shareRequestSchema,
} from "../../lib/core/local_messages.ts";
import { userIdSchema } from "../../lib/core/ids.ts";
import { visibilitySchema } from "../../lib/core/share_record.ts";
import { MAX_ALLOWED_USERS } from "../../lib/core/sharing_choice.ts";
import { parseInput, query, readJson, type Route } from "../http.ts";
import { ANNOUNCED_WITHIN_MS, type LocalPeerParts, MAX_BODY, noContent } from "./local_parts.ts";

const MAX_NAME = 1_000;
const name = z.string().min(1).max(MAX_NAME);
const uploadQuerySchema = z.object({ batch: batchIdSchema, name, folder: z.string().max(4_096).default("") });
/** Commas between the ids. */
const ids = z.string().transform((text) => text.split(","));
const shareQuerySchema = z.object({
  name,
  visibility: visibilitySchema.optional(),
  allow: ids.pipe(z.array(userIdSchema).max(MAX_ALLOWED_USERS)).optional(),
  groups: ids.pipe(z.array(groupIdSchema).max(100)).optional(),
});

/** Files that come as bodies of requests, one each, read as fast as the disk takes them. */
export function uploadRoutes({ uploads, shares, announcer }: LocalPeerParts): Route[] {
  const batchOf = (id: string | undefined) => parseInput(batchIdSchema, id);
  return [
    { method: "GET", path: "/api/uploads", handle: () => Response.json(uploads.list()) },
    {
      method: "POST",
      path: "/api/uploads",
      handle: async (request) => {
        const upload = { ...query(request, uploadQuerySchema), ...fileIn(request) };
        return Response.json(await uploads.receive(upload, request.signal), { status: 201 });
      },
    },
    {
      method: "POST",
      path: "/api/uploads/:batch/share",
      handle: async (request, _caller, { batch }) => {
        const chosen = await readJson(request, chosenVisibilitySchema, MAX_BODY);
        return Response.json(await uploads.share(batchOf(batch), chosen));
      },
    },
    {
      method: "DELETE",
      path: "/api/uploads/:batch",
      handle: async (_request, _caller, { batch }) => {
        await uploads.discard(batchOf(batch));
        return noContent();
      },
    },
    {
      method: "POST",
      path: "/api/uploads/:batch/restore",
      handle: async (_request, _caller, { batch }) => Response.json(await uploads.restore(batchOf(batch))),
    },
    {
      method: "POST",
      path: "/api/shares",
      handle: async (request) => {
        const share = new URL(request.url).searchParams.has("name") ? await upload(request) : await sharePath(request);
        await announcer?.flush(ANNOUNCED_WITHIN_MS);
        return Response.json(share, { status: 201 });
      },
    },
  ];

  async function upload(request: Request) {
    const { name, ...chosen } = query(request, shareQuerySchema);
    return await uploads.shareOne({ name, ...fileIn(request) }, chosen, request.signal);
  }

  async function sharePath(request: Request) {
    const { path, ...chosen } = await readJson(request, shareRequestSchema, MAX_BODY);
    const checked = checkChosen(chosen, shares.ports.people);
    const { share } = await shares.sharePath(path, { ...checked, signal: request.signal });
    return shares.view(share);
  }
}

function fileIn(request: Request): { body: AsyncIterable<Uint8Array>; size: number | undefined } {
  const length = request.headers.get("content-length");
  return {
    body: request.body ?? new Blob([]).stream(),
    size: length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
  };
}
