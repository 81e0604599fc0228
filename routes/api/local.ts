import { type Api, api } from "../http.ts";
import { classRoutes } from "./local_class.ts";
import { doctorRoutes } from "./local_doctor.ts";
import { downloadRoutes } from "./local_downloads.ts";
import { happeningRoutes } from "./local_happenings.ts";
import { knownRoutes } from "./local_known.ts";
import { networkRoutes } from "./local_network.ts";
import type { LocalPeerParts } from "./local_parts.ts";
import { settingsRoutes } from "./local_settings.ts";
import { shareRoutes } from "./local_shares.ts";
import { uploadRoutes } from "./local_uploads.ts";

export type { LocalPeerParts } from "./local_parts.ts";

/** What the command line and the interface of this computer may ask of its own peer; who asks was checked before. */
export function localApi(peer: LocalPeerParts): Api {
  return api([
    { method: "GET", path: "/api/status", handle: () => Response.json(peer.status()) },
    { method: "POST", path: "/api/page-link", handle: () => Response.json(peer.pageLink()) },
    ...happeningRoutes(peer),
    ...shareRoutes(peer),
    ...uploadRoutes(peer),
    ...downloadRoutes(peer),
    ...networkRoutes(peer),
    ...knownRoutes(peer.known),
    ...doctorRoutes(peer.doctor),
    ...settingsRoutes(peer),
    ...classRoutes(peer),
  ], peer.onError);
}
