import type { z } from "zod";
import { classInfoSchema } from "../core/class_messages.ts";
import { callbackReplySchema } from "../core/known_address.ts";
import { helloSchema } from "../core/messages.ts";
import type { ReachClient, Timed } from "../discovery_ports.ts";
import { briefly, type HttpClient, posted, readJson, urlOf } from "./http_client.ts";

const MAX_ANSWER = 16 * 1024;

/** Over plain HTTP. The header `Date` (RFC 9110, 6.6.1) says how late it is there. */
export function reachClient(http: HttpClient): ReachClient {
  const get = <T>(url: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<Timed<T>> =>
    briefly(signal, async (signal) => {
      const response = await http.fetch(url, { signal });
      const date = Date.parse(response.headers.get("date") ?? "");
      const said = await readJson(response, schema, MAX_ANSWER, signal);
      return { said, date: Number.isNaN(date) ? undefined : date };
    });
  return {
    hello: (at, signal) => get(urlOf(at, "/v1/hello"), helloSchema, signal),
    callback: (at, request, signal) =>
      briefly(signal, async (signal) => {
        const response = await http.fetch(urlOf(at, "/v1/callback"), posted(request, signal));
        return await readJson(response, callbackReplySchema, MAX_ANSWER, signal);
      }),
    classOf: (tracker, signal) => get(`${tracker}/api/class`, classInfoSchema, signal),
  };
}
