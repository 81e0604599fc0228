import { z } from "zod";
import { query, type Route } from "../http.ts";
import { eventStream } from "./event_stream.ts";
import type { LocalPeerParts } from "./local_parts.ts";

const activityQuerySchema = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(50) });
const eventsQuerySchema = z.object({ map: z.string().regex(/^[0-9a-f]{16}$/).optional() });

/** What happens here, and what happened lately. */
export function happeningRoutes({ activity, events, throughput }: LocalPeerParts): Route[] {
  return [
    {
      method: "GET",
      path: "/api/activity",
      handle: (request) => Response.json(activity.list(query(request, activityQuerySchema).limit)),
    },
    { method: "GET", path: "/api/throughput", handle: () => Response.json(throughput.read()) },
    {
      method: "GET",
      path: "/api/events",
      handle: (request) => eventStream(events.listen(request.signal, query(request, eventsQuerySchema).map)),
    },
  ];
}
