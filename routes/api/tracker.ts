import { z } from "zod";
import type { AskSwarm } from "../../lib/app/ask_swarm.ts";
import type { SwarmFigures } from "../../lib/app/swarm_figures.ts";
import type { TrackSwarm } from "../../lib/app/track_swarm.ts";
import type { Origin } from "../../lib/core/address.ts";
import { leaseRequestSchema } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { HISTORY_RANGES } from "../../lib/core/history.ts";
import { type FileId, fileIdSchema, peerIdSchema, shareIdSchema } from "../../lib/core/ids.ts";
import { announceSchema, countsRequestSchema, MAX_ANNOUNCE_BYTES } from "../../lib/core/messages.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { searchRequestSchema } from "../../lib/core/search_request.ts";
import { type Api, api, nothingHere, parseInput, readBody, readJson, type Route } from "../http.ts";

const DEFAULT_RESULTS = 50;
/** 500 references have 52 kB. */
const MAX_COUNTS_BYTES = 128 * 1024;
const MAX_LEASE_BYTES = 32 * 1024;

export interface TrackerApiOptions {
  readonly track: TrackSwarm;
  readonly ask: AskSwarm;
  readonly figures: SwarmFigures;
  /** What is about the class itself. */
  readonly classRoutes: readonly Route[];
  /** Open live connections, for /metrics. */
  readonly liveConnections: () => number;
  readonly onError?: (error: EssaimError, request: Request) => void;
}

/** The tracker's HTTP API. Its caller's address and the request's Host decide which addresses are told. */
export function trackerApi({ track, ask, figures, classRoutes, liveConnections, onError }: TrackerApiOptions): Api {
  const routes: Route[] = [
    {
      method: "POST",
      path: "/api/announce",
      async handle(request, caller) {
        const from = originOf(request, caller);
        if (contentType(request) === "application/jose") {
          const body = await readBody(request, MAX_ANNOUNCE_BYTES);
          return json(await track.announceSigned(new TextDecoder().decode(body).trim(), from, caller));
        }
        const token = bearerToken(request);
        const announce = await readJson(request, announceSchema, MAX_ANNOUNCE_BYTES);
        return json(await track.announce(announce, token, from, caller));
      },
    },
    {
      method: "GET",
      path: "/api/search",
      handle(request, caller) {
        return json(ask.search(query(request, searchRequestSchema), caller));
      },
    },
    {
      method: "POST",
      path: "/api/counts",
      async handle(request, caller) {
        return json(ask.counts(await readJson(request, countsRequestSchema, MAX_COUNTS_BYTES), caller));
      },
    },
    {
      method: "GET",
      path: "/api/files/:id/peers",
      handle(request, caller, params) {
        const { owner, share } = query(request, viaQuery);
        const via = owner === undefined || share === undefined ? undefined : { owner, shareId: share };
        return json(ask.filePeers(fileIdOr404(params.id), via, caller, originOf(request, caller)));
      },
    },
    {
      method: "POST",
      path: "/api/lease",
      async handle(request, caller) {
        if (caller.kind !== "member") throw nothingHere();
        return json(ask.lease(await readJson(request, leaseRequestSchema, MAX_LEASE_BYTES), caller));
      },
    },
    { method: "GET", path: "/api/stats", handle: () => json(figures.stats()) },
    {
      method: "GET",
      path: "/api/history",
      handle: (request) => json(figures.history(query(request, historyQuery).range)),
    },
    {
      method: "GET",
      path: "/api/activity",
      handle(request) {
        const { limit, before } = query(request, activityQuery);
        return json({ activity: figures.activity(limit, before) });
      },
    },
    ...classRoutes,
    { method: "GET", path: "/metrics", handle: () => text(metrics(track, figures, liveConnections())) },
  ];
  return api(routes, onError);
}

const wholeNumber = z.string().regex(/^\d{1,15}$/).transform(Number);
const limitQuery = wholeNumber.default(DEFAULT_RESULTS);
const activityQuery = z.object({ limit: limitQuery, before: wholeNumber.optional() });
const historyQuery = z.object({ range: z.enum(HISTORY_RANGES).default("hour") });
const viaQuery = z.object({ owner: peerIdSchema.optional(), share: shareIdSchema.optional() })
  .refine(({ owner, share }) => (owner === undefined) === (share === undefined), "owner and share go together");

function query<T>(request: Request, schema: z.ZodType<T>): T {
  return parseInput(schema, Object.fromEntries(new URL(request.url).searchParams));
}

/** What cannot be a file id is answered as a file that does not exist. */
export function fileIdOr404(text: string | undefined): FileId {
  const parsed = fileIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new EssaimError("not-found", "There is no such file.");
}

function originOf(request: Request, caller: Caller): Origin {
  return {
    address: caller.kind === "local" ? "127.0.0.1" : caller.address,
    host: request.headers.get("host") ?? undefined,
  };
}

function contentType(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

function bearerToken(request: Request): string {
  const match = /^Bearer ([\w-]{16,128})$/i.exec(request.headers.get("authorization") ?? "");
  if (match) return match[1]!;
  throw new EssaimError(
    "unauthorized",
    "An announce is signed (application/jose) or carries the token of one that was.",
  );
}

function json(value: unknown): Response {
  return Response.json(value, { headers: { "cache-control": "no-store" } });
}

function text(value: string): Response {
  return new Response(value, { headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" } });
}

/** Prometheus text format. */
function metrics(track: TrackSwarm, figures: SwarmFigures, live: number): string {
  const { peers, files, bytes, downloads, transferred } = figures.stats();
  const { announces, refused, records } = track.counters;
  const rows: [string, "counter" | "gauge", string, number][] = [
    ["peers", "gauge", "Peers present", peers],
    ["public_files", "gauge", "Public files indexed", files],
    ["public_bytes", "gauge", "Bytes of the public files", bytes],
    ["live_connections", "gauge", "Open live connections", live],
    ["downloads_total", "counter", "Finished downloads of public files", downloads],
    ["transferred_bytes_total", "counter", "Bytes of public files that peers say to have fetched", transferred],
    ["announces_total", "counter", "Announces accepted since the start", announces],
    ["announces_refused_total", "counter", "Announces refused since the start", refused],
    ["records_total", "counter", "Public share records accepted since the start", records],
  ];
  return rows.map(([name, type, help, value]) =>
    `# HELP essaim_${name} ${help}\n# TYPE essaim_${name} ${type}\nessaim_${name} ${value}\n`
  ).join("");
}
