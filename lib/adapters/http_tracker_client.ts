import { EssaimError } from "../core/errors.ts";
import { announceReplySchema, countsReplySchema, filePeersReplySchema, searchReplySchema } from "../core/messages.ts";
import { searchParameters } from "../core/search_request.ts";
import type { TrackerClient } from "../ports.ts";
import { briefly, type HttpClient, readJson } from "./http_client.ts";

const MAX_ANSWER = 8 * 1024 * 1024;

/** The tracker at `url` (no trailing slash). */
export function httpTrackerClient(http: HttpClient, url: string): TrackerClient {
  const ask = <T>(signal: AbortSignal, run: (within: AbortSignal) => Promise<T>) =>
    briefly(signal, run).catch((error) => {
      throw error instanceof EssaimError ? explained(url, error) : error;
    });
  const post = (signal: AbortSignal, headers: Record<string, string>, body: string) =>
    ask(signal, async (signal) => {
      const response = await http.fetch(`${url}/api/announce`, {
        method: "POST",
        headers,
        body,
        signal,
      });
      return await readJson(response, announceReplySchema, MAX_ANSWER, signal);
    });
  return {
    announceSigned: (jws, signal) => post(signal, { "content-type": "application/jose" }, jws),

    announce: (announce, token, signal) =>
      post(signal, { "content-type": "application/json", authorization: `Bearer ${token}` }, JSON.stringify(announce)),

    search: (request, signal) =>
      ask(signal, async (signal) => {
        const response = await http.fetch(`${url}/api/search?${searchParameters(request)}`, { signal });
        return await readJson(response, searchReplySchema, MAX_ANSWER, signal);
      }),

    filePeers: (file, signal) =>
      ask(signal, async (signal) => {
        const response = await http.fetch(`${url}/api/files/${file}/peers`, { signal });
        return await readJson(response, filePeersReplySchema, MAX_ANSWER, signal);
      }),

    counts: (refs, signal) =>
      ask(signal, async (signal) => {
        const response = await http.fetch(`${url}/api/counts`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ refs }),
          signal,
        });
        const { counts } = await readJson(response, countsReplySchema, MAX_ANSWER, signal);
        if (counts.length !== refs.length) throw new EssaimError("bad-content", "The answer has not a count for each.");
        return counts;
      }),
  };
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
