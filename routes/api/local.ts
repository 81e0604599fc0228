import { z } from "zod";
import type { Announcer } from "../../lib/app/announce.ts";
import type { Downloads } from "../../lib/app/downloads.ts";
import type { FindFiles } from "../../lib/app/find_files.ts";
import type { LocalEvents } from "../../lib/app/local_events.ts";
import type { Neighbours } from "../../lib/app/neighbours.ts";
import { type ShareFiles, viewShare } from "../../lib/app/share_file.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { parseShareId } from "../../lib/core/ids.ts";
import {
  downloadRequestSchema,
  type LocalEvent,
  type PageLink,
  shareRequestSchema,
  type Status,
} from "../../lib/core/local_messages.ts";
import { MAX_QUERY_LENGTH } from "../../lib/core/messages.ts";
import { type Api, api, parseInput, readJson } from "../http.ts";

const MAX_BODY = 64 * 1024;
/** How long sharing waits for the tracker to have heard of it. */
const ANNOUNCED_WITHIN_MS = 3_000;

export interface LocalPeerParts {
  readonly shares: ShareFiles;
  readonly downloads: Downloads;
  readonly announcer: Announcer | undefined;
  readonly files: FindFiles;
  readonly neighbours: Neighbours;
  readonly events: LocalEvents;
  status(): Status;
  pageLink(): PageLink;
  onError(error: EssaimError, request: Request): void;
}

/** What the command line and the interface of this computer may ask of its own peer; who asks was checked before. */
export function localApi(peer: LocalPeerParts): Api {
  const { shares, downloads } = peer;
  return api([
    { method: "GET", path: "/api/status", handle: () => Response.json(peer.status()) },
    { method: "GET", path: "/api/shares", handle: () => Response.json(shares.list()) },
    {
      method: "POST",
      path: "/api/shares",
      handle: async (request) => {
        const { path, visibility } = await readJson(request, shareRequestSchema, MAX_BODY);
        if (visibility !== undefined && visibility !== "public") {
          throw new EssaimError("conflict", "Only public sharing is possible before this computer has joined a class.");
        }
        const { share } = await shares.sharePath(path, { visibility, signal: request.signal });
        await peer.announcer?.flush(ANNOUNCED_WITHIN_MS);
        return Response.json(viewShare(share), { status: 201 });
      },
    },
    {
      method: "DELETE",
      path: "/api/shares/:id",
      handle: async (_request, _caller, { id }) => {
        await shares.unshare(parseShareId(id!));
        await peer.announcer?.flush(ANNOUNCED_WITHIN_MS);
        return new Response(null, { status: 204 });
      },
    },
    {
      method: "GET",
      path: "/api/search",
      handle: async (request) => {
        const parameters = new URL(request.url).searchParams;
        const q = parseInput(z.string().max(MAX_QUERY_LENGTH), parameters.get("q") ?? "");
        const cursor = parseInput(z.string().max(200).optional(), parameters.get("cursor") ?? undefined);
        return Response.json(await peer.files.search(q, cursor, request.signal));
      },
    },
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
    {
      method: "POST",
      path: "/api/downloads/:id/resume",
      handle: (_request, _caller, { id }) => {
        downloads.resume(id!);
        return Response.json(downloads.get(id!));
      },
    },
    {
      method: "DELETE",
      path: "/api/downloads/:id",
      handle: async (_request, _caller, { id }) => {
        await downloads.cancel(id!);
        return new Response(null, { status: 204 });
      },
    },
    { method: "POST", path: "/api/page-link", handle: () => Response.json(peer.pageLink()) },
    { method: "GET", path: "/api/peers", handle: () => Response.json(peer.neighbours.list()) },
    { method: "GET", path: "/api/events", handle: (request) => stream(peer.events.listen(request.signal)) },
  ], peer.onError);
}

/** Server-sent events, read no faster than they are taken. */
function stream(events: AsyncGenerator<LocalEvent[], void, undefined>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const { value, done } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map(eventText).join("")));
    },
    cancel: () => void events.return(),
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
}

function eventText({ kind, ...content }: LocalEvent): string {
  return `event: ${kind}\ndata: ${JSON.stringify(Object.values(content)[0])}\n\n`;
}
