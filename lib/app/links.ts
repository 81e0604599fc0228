import type { ShareLinks } from "../core/local_messages.ts";
import type { LiveRecord } from "../core/share_record.ts";

/** Where others on the network reach this computer and its tracker, without a slash at the end; asked each time. */
export interface Links {
  tracker(): string | undefined;
  here(): string | undefined;
}

/** Links that anyone on the network can open; none of what is not for everyone. */
export function linksOf(record: Pick<LiveRecord, "fileId" | "kind" | "visibility">, links: Links): ShareLinks {
  const { fileId, kind, visibility } = record;
  if (visibility !== "public") return {};
  const tracker = links.tracker();
  const here = kind === "file" ? links.here() : undefined;
  return {
    ...(tracker === undefined ? {} : { page: `${tracker}/files/${fileId}` }),
    ...(here === undefined ? {} : { direct: `${here}/v1/files/${fileId}/content` }),
  };
}
