import { z } from "zod";
import type { Announcer } from "../../lib/app/announce.ts";
import type { Downloads } from "../../lib/app/downloads.ts";
import type { Neighbours } from "../../lib/app/neighbours.ts";
import type { ShareFiles } from "../../lib/app/share_file.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { parseShareId } from "../../lib/core/ids.ts";
import {
  type Download,
  downloadRequestSchema,
  type LocalPeer,
  type LocalShare,
  shareRequestSchema,
  type Status,
} from "../../lib/core/local_messages.ts";
import { MAX_QUERY_LENGTH } from "../../lib/core/messages.ts";
import { visibleSize } from "../../lib/core/share_record.ts";
import type { Clock, OwnShare, TrackerClient } from "../../lib/ports.ts";
import { type Api, api, parseInput, readJson } from "../http.ts";

const MAX_BODY = 64 * 1024;
/** How long sharing waits for the tracker to have heard of it. */
const ANNOUNCED_WITHIN_MS = 3_000;
const EVENTS_EVERY_MS = 250;
const STATUS_EVERY_MS = 2_000;
const MAX_EVENT_STREAMS = 16;

export interface LocalPeerParts {
  readonly shares: ShareFiles;
  readonly downloads: Downloads;
  readonly announcer: Announcer | undefined;
  readonly tracker: TrackerClient | undefined;
  readonly neighbours: Neighbours;
  readonly clock: Clock;
  status(): Status;
  ownShares(): OwnShare[];
  onError(error: EssaimError, request: Request): void;
}

/** What the command line and the interface of this computer may ask of its own peer; who asks was checked before. */
export function localApi(peer: LocalPeerParts): Api {
  const { shares, downloads } = peer;
  const streams = new EventStreams(peer);
  return api([
    { method: "GET", path: "/api/status", handle: () => Response.json(peer.status()) },
    { method: "GET", path: "/api/shares", handle: () => Response.json(peer.ownShares().map(viewShare)) },
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
        if (!peer.tracker) {
          throw new EssaimError("unreachable", "No tracker is set, so there is nobody to ask. Set peer.tracker.");
        }
        return Response.json({ ...await peer.tracker.search(q, cursor, request.signal), from: "tracker" });
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
    { method: "GET", path: "/api/peers", handle: () => Response.json(viewPeers(peer)) },
    { method: "GET", path: "/api/events", handle: (request) => streams.open(request.signal) },
  ], peer.onError);
}

function viewShare({ signed: { record }, path }: OwnShare): LocalShare {
  return {
    ...{ id: record.fileId, shareId: record.shareId, name: record.name, kind: record.kind },
    ...{ size: visibleSize(record), files: record.total?.files ?? 1, visibility: record.visibility },
    ...{ version: record.version, at: record.at, path },
  };
}

function viewPeers({ neighbours, clock }: LocalPeerParts): LocalPeer[] {
  const since = clock.now() - clock.monotonic();
  return neighbours.present().map(({ peerId, name, host, port, heardAt }) => {
    return { peerId, name, host, port, lastSeen: new Date(since + heardAt).toISOString() };
  });
}

/** Server-sent events: downloads as they change, the status now and then. */
class EventStreams {
  #open = 0;

  constructor(readonly peer: LocalPeerParts) {}

  open(signal: AbortSignal): Response {
    if (this.#open >= MAX_EVENT_STREAMS) {
      throw new EssaimError("busy", "Too many listen to events.", { retryAfterMs: 5_000 });
    }
    this.#open++;
    const events = this.#events(signal);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        const { value, done } = await events.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => void await events.return(undefined),
    }, { highWaterMark: 0 });
    return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
  }

  async *#events(signal: AbortSignal): AsyncGenerator<string> {
    const { downloads, clock, status } = this.peer;
    const sent = new Map<string, string>();
    let statusAt = -Infinity;
    try {
      while (!signal.aborted) {
        let text = "";
        for (const download of downloads.list().filter((download) => isLively(download, sent))) {
          const data = JSON.stringify(download);
          if (sent.get(download.id) === data) continue;
          sent.set(download.id, data);
          text += `event: download\ndata: ${data}\n\n`;
        }
        if (clock.monotonic() - statusAt >= STATUS_EVERY_MS) {
          statusAt = clock.monotonic();
          text += `event: status\ndata: ${JSON.stringify(status())}\n\n`;
        }
        if (text !== "") yield text;
        await clock.sleep(EVENTS_EVERY_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#open--;
    }
  }
}

/** Finished ones are only told when they were seen before they finished. */
function isLively({ id, status }: Download, sent: ReadonlyMap<string, string>): boolean {
  return status !== "complete" && status !== "failed" || sent.has(id);
}
