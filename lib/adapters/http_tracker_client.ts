import { announceReplySchema, filePeersReplySchema, searchReplySchema } from "../core/messages.ts";
import type { TrackerClient } from "../ports.ts";
import { briefly, exchange, type HttpClient, readJson } from "./http_client.ts";

const MAX_ANSWER = 8 * 1024 * 1024;

/** The tracker at `url` (no trailing slash). */
export function httpTrackerClient(http: HttpClient, url: string): TrackerClient {
  const post = (signal: AbortSignal, headers: Record<string, string>, body: string) =>
    exchange(signal, async () => {
      const response = await http.fetch(`${url}/api/announce`, {
        method: "POST",
        headers,
        body,
        signal: briefly(signal),
      });
      return await readJson(response, announceReplySchema, MAX_ANSWER);
    });
  return {
    announceSigned: (jws, signal) => post(signal, { "content-type": "application/jose" }, jws),

    announce: (announce, token, signal) =>
      post(signal, { "content-type": "application/json", authorization: `Bearer ${token}` }, JSON.stringify(announce)),

    search: (query, cursor, signal) =>
      exchange(signal, async () => {
        const parameters = new URLSearchParams({ q: query, ...(cursor === undefined ? {} : { cursor }) });
        const response = await http.fetch(`${url}/api/search?${parameters}`, { signal: briefly(signal) });
        return await readJson(response, searchReplySchema, MAX_ANSWER);
      }),

    filePeers: (file, signal) =>
      exchange(signal, async () => {
        const response = await http.fetch(`${url}/api/files/${file}/peers`, { signal: briefly(signal) });
        return await readJson(response, filePeersReplySchema, MAX_ANSWER);
      }),
  };
}
