import type { ActivityLog } from "../../lib/app/activity.ts";
import type { Announcer } from "../../lib/app/announce.ts";
import type { Doctor } from "../../lib/app/doctor.ts";
import type { Downloads } from "../../lib/app/downloads.ts";
import type { FindFiles } from "../../lib/app/find_files.ts";
import type { FinishedFiles } from "../../lib/app/finished_files.ts";
import type { Groups } from "../../lib/app/groups.ts";
import type { HeardTracker } from "../../lib/app/heard_trackers.ts";
import type { KnownAddresses } from "../../lib/app/known_addresses.ts";
import type { LocalEvents } from "../../lib/app/local_events.ts";
import type { MembershipView } from "../../lib/app/membership_view.ts";
import type { MyFiles } from "../../lib/app/my_files.ts";
import type { Neighbours } from "../../lib/app/neighbours.ts";
import type { Settings } from "../../lib/app/settings.ts";
import type { ShareFiles } from "../../lib/app/share_file.ts";
import type { Traffic } from "../../lib/app/traffic.ts";
import type { Uploads } from "../../lib/app/uploads.ts";
import type { EssaimError } from "../../lib/core/errors.ts";
import type { PageLink, Status } from "../../lib/core/local_messages.ts";

/** Through what the local API and the pages of a peer reach its use cases. */
export interface LocalPeerParts {
  readonly shares: ShareFiles;
  readonly myFiles: MyFiles;
  readonly uploads: Uploads;
  readonly downloads: Downloads;
  readonly finished: FinishedFiles;
  readonly announcer: Announcer | undefined;
  readonly files: FindFiles;
  readonly neighbours: Neighbours;
  readonly known: KnownAddresses;
  readonly doctor: Doctor;
  readonly events: LocalEvents;
  readonly activity: ActivityLog;
  readonly throughput: Traffic;
  readonly settings: Settings;
  readonly membership: MembershipView;
  readonly groups: Groups;
  /** Trackers heard on this network, the latest first. */
  heard(): HeardTracker[];
  status(): Status;
  pageLink(): PageLink;
  onError(error: EssaimError, request: Request): void;
}

/** How long sharing by a program waits for the tracker to have heard of it. */
export const ANNOUNCED_WITHIN_MS = 3_000;
/** A small JSON body. */
export const MAX_BODY = 64 * 1024;

export function noContent(): Response {
  return new Response(null, { status: 204 });
}
