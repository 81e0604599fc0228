import { type LeaseReply, type LeaseRequest, leaseRequestSchema } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { fileResponse } from "../../lib/core/file_body.ts";
import { type FileId, fromHex, parseFileId } from "../../lib/core/ids.ts";
import { type CallbackReply, type CallbackRequest, callbackRequestSchema } from "../../lib/core/known_address.ts";
import { bundleRequestSchema, type Hello } from "../../lib/core/messages.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { STREAM_HEADER } from "../../lib/core/stream_events.ts";
import type { ServeFiles } from "../../lib/app/serve_file.ts";
import type { ServeIndex } from "../../lib/app/serve_index.ts";
import { peerEventStream } from "./event_stream.ts";
import { type Api, api, attachment, nothingHere, readJson, type Route } from "../http.ts";

const MAX_BUNDLE_REQUEST = 32 * 1024;
const MAX_LEASE_REQUEST = 32 * 1024;
const MAX_CALLBACK_REQUEST = 1024;
const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;

const OCTETS = { "content-type": "application/octet-stream", "x-content-type-options": "nosniff" };

type Answered = Response | Promise<Response>;

export interface PeerToPeer {
  readonly serve: ServeFiles;
  readonly index: ServeIndex;
  /** To members of its class it also says who it is. */
  hello(caller: Caller): Hello;
  /** Throws `not-found` for callers outside the class, as for anything that does not exist. */
  lease(request: LeaseRequest, caller: Caller): Promise<LeaseReply>;
  /** Whether the caller can be reached from here. */
  callback(request: CallbackRequest, caller: Caller, signal: AbortSignal): Promise<CallbackReply>;
  /** The newest revocation list, as a JWS. */
  revocations(): string | undefined;
  onError(error: EssaimError, request: Request): void;
}

/** What other peers and any HTTP client may ask of this peer. */
export function peerToPeerApi({ serve, index, hello, lease, revocations, callback, onError }: PeerToPeer): Api {
  /** A route about one file. */
  const ofFile = (
    path: string,
    answer: (file: FileId, caller: Caller, request: Request, run: string) => Answered,
  ): Route => ({
    method: "GET",
    path: `/v1/files/:id${path}`,
    handle: async (request, caller, { id, run = "" }) => {
      const file = parseFileId(id!);
      await serve.prepare([file], caller);
      return await answer(file, caller, request, run);
    },
  });
  return api([
    { method: "GET", path: "/v1/hello", handle: (_request, caller) => Response.json(hello(caller)) },
    {
      method: "GET",
      path: "/v1/index",
      handle: async (request, caller) =>
        Response.json(await index.page(new URL(request.url).searchParams.get("since"), caller)),
    },
    ofFile("", (file, caller) => {
      const { id, size, chunkSize } = serve.manifest(file, caller).manifest;
      return Response.json({ id, size, chunkSize });
    }),
    ofFile("/hashes", (file, caller) => fileResponse(serve.hashes(file, caller), OCTETS)),
    ofFile("/have", (file, caller, request) => octets(serve.have(file, caller, streamIn(request)).toBytes())),
    { method: "GET", path: "/v1/events", handle: (_request, caller) => peerEventStream(serve.streams.open(caller)) },
    ofFile("/chunks/:run(\\d{1,7}(?:-\\d{1,7})?)", async (file, caller, request, run) => {
      const [first, last = first] = run.split("-").map(Number);
      return fileResponse(await serve.chunks(file, first!, last!, caller, streamIn(request)), OCTETS);
    }),
    ofFile("/content", (file, caller, request) => wholeFile(serve, request, file, caller)),
    {
      method: "POST",
      path: "/v1/bundle",
      handle: async (request, caller) => {
        const { ids } = await readJson(request, bundleRequestSchema, MAX_BUNDLE_REQUEST);
        await serve.prepare(ids, caller);
        return fileResponse(await serve.bundle(ids, MAX_BUNDLE_BYTES, caller), OCTETS);
      },
    },
    {
      method: "POST",
      path: "/v1/lease",
      handle: async (request, caller) => {
        if (caller.kind === "anonymous") throw nothingHere();
        return Response.json(await lease(await readJson(request, leaseRequestSchema, MAX_LEASE_REQUEST), caller));
      },
    },
    {
      method: "POST",
      path: "/v1/callback",
      handle: async (request, caller) => {
        const asked = await readJson(request, callbackRequestSchema, MAX_CALLBACK_REQUEST);
        return Response.json(await callback(asked, caller, request.signal));
      },
    },
    {
      method: "GET",
      path: "/v1/revocations",
      handle: (_request, caller) => {
        const list = caller.kind === "anonymous" ? undefined : revocations();
        if (list === undefined) throw nothingHere();
        return new Response(list, { headers: { "content-type": "application/jose" } });
      },
    },
  ], onError);
}

const streamIn = (request: Request) => request.headers.get(STREAM_HEADER);

async function wholeFile(
  serve: ServeFiles,
  request: Request,
  file: FileId,
  caller: Caller,
): Promise<Response> {
  const { size, name, sha256, body } = await serve.content(file, caller);
  const etag = `"${file}"`;
  const headers = {
    ...attachment(name),
    etag,
    "accept-ranges": "bytes",
    ...(sha256 === undefined ? {} : { "repr-digest": `sha-256=:${fromHex(sha256).toBase64()}:` }),
  };
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  const ifRange = request.headers.get("if-range");
  const range = ifRange === null || ifRange === etag ? parseRange(request.headers.get("range"), size) : undefined;
  if (range === "unsatisfiable") {
    return new Response(null, { status: 416, headers: { "content-range": `bytes */${size}` } });
  }
  const { start, end } = range ?? { start: 0, end: size };
  if (request.method === "HEAD") return new Response(null, { headers: { ...headers, "content-length": String(size) } });
  if (!range) return fileResponse(await body(start, end), headers);
  return fileResponse(
    await body(start, end),
    { ...headers, "content-range": `bytes ${start}-${end - 1}/${size}` },
    206,
  );
}

/** One range (RFC 9110, 14.1.2); several at once or another unit: the whole file. */
function parseRange(header: string | null, size: number): { start: number; end: number } | "unsatisfiable" | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (start >= size) return "unsatisfiable";
  return start < end ? { start, end } : undefined;
}

function octets(bytes: Uint8Array): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { ...OCTETS, "content-length": String(bytes.length) },
  });
}
