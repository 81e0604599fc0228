import type { z } from "zod";
import {
  deviceCodeSchema,
  enrolledSchema,
  leaseReplySchema,
  MAX_REVOCATIONS_BYTES,
  membersReplySchema,
} from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import { announceReplySchema, countsReplySchema, filePeersReplySchema, searchReplySchema } from "../core/messages.ts";
import { searchParameters } from "../core/search_request.ts";
import type { AuthorityClient, TrackerClient } from "../ports.ts";
import { briefly, type HttpClient, posted, readBytes, readJson } from "./http_client.ts";

const MAX_ANSWER = 8 * 1024 * 1024;

/** The tracker at `url` (no trailing slash): over plain HTTP, or with `https:` what asks only the tracker of a class. */
export function httpTrackerClient(http: HttpClient, url: string): TrackerClient {
  const ask = asking(url);
  const get = <T>(path: string, schema: z.ZodType<T>, signal: AbortSignal) =>
    ask(signal, async (signal) => readJson(await http.fetch(`${url}${path}`, { signal }), schema, MAX_ANSWER, signal));
  const post = <T>(
    path: string,
    schema: z.ZodType<T>,
    init: (signal: AbortSignal) => RequestInit & { signal: AbortSignal },
    signal: AbortSignal,
  ) =>
    ask(
      signal,
      async (signal) => readJson(await http.fetch(`${url}${path}`, init(signal)), schema, MAX_ANSWER, signal),
    );

  return {
    announceSigned: (jws, signal) =>
      post("/api/announce", announceReplySchema, (signal) => signedBody(jws, signal), signal),

    announce: (announce, token, signal) => {
      const headers = { authorization: `Bearer ${token}` };
      return post("/api/announce", announceReplySchema, (signal) => posted(announce, signal, headers), signal);
    },

    search: (request, signal) => get(`/api/search?${searchParameters(request)}`, searchReplySchema, signal),

    filePeers: (file, signal) => get(`/api/files/${file}/peers`, filePeersReplySchema, signal),

    async counts(refs, signal) {
      const { counts } = await post("/api/counts", countsReplySchema, (signal) => posted({ refs }, signal), signal);
      if (counts.length !== refs.length) throw new EssaimError("bad-content", "The answer has not a count for each.");
      return counts;
    },

    lease: (request, signal) => post("/api/lease", leaseReplySchema, (signal) => posted(request, signal), signal),

    members: async (signal) => (await get("/api/members", membersReplySchema, signal)).members,

    deviceCode: (signal) => post("/api/devices", deviceCodeSchema, (signal) => posted({}, signal), signal),

    revocations: (signal) =>
      ask(signal, async (signal) => {
        const response = await http.fetch(`${url}/api/revocations`, { signal });
        return new TextDecoder().decode(await readBytes(response, MAX_REVOCATIONS_BYTES, signal));
      }),
  };
}

/** The authority of a class, on its tracker's port for members at `url` (`https:`). */
export function httpAuthorityClient(http: HttpClient, url: string): AuthorityClient {
  const ask = asking(url);
  const post = (path: string, jws: string, signal: AbortSignal) =>
    ask(signal, async (signal) => {
      const response = await http.fetch(`${url}${path}`, signedBody(jws, signal));
      return await readJson(response, enrolledSchema, MAX_ANSWER, signal);
    }).catch((error) => {
      throw error instanceof EssaimError && error.code === "busy" ? limited(error) : error;
    });
  return {
    join: (jws, signal) => post("/api/join", jws, signal),
    renew: (jws, signal) => post("/api/renew", jws, signal),
  };
}

function asking(url: string) {
  return <T>(signal: AbortSignal, run: (within: AbortSignal) => Promise<T>): Promise<T> =>
    briefly(signal, run).catch((error) => {
      throw error instanceof EssaimError ? explained(url, error) : error;
    });
}

function signedBody(jws: string, signal: AbortSignal) {
  return { method: "POST", headers: { "content-type": "application/jose" }, body: jws, signal };
}

function limited({ retryAfterMs = 1_000 }: EssaimError): EssaimError {
  return new EssaimError("limited", "The tracker was asked too often. Try again in a minute.", { retryAfterMs });
}

function explained(url: string, cause: EssaimError): EssaimError {
  const status = cause.details?.status;
  if (status === 400) return new EssaimError("bad-input", "The tracker does not accept what it was sent.", { cause });
  if (status === 413) return new EssaimError("too-large", "The tracker was sent more than it accepts.", { cause });
  if (cause.code !== "unreachable") return cause;
  return new EssaimError(
    "unreachable",
    `The tracker at ${url} does not answer. Check that it runs and that this computer is on its network.`,
    { cause },
  );
}
