import type { PeerId, UserId } from "./ids.ts";
import type { LiveRecord } from "./share_record.ts";

/**
 * Who asks. It comes from the connection (address or certificate) or from the local session, never from a header.
 * `anonymous`: anyone on the network over plain HTTP. `member`: a class certificate was presented. `local`: the user of
 * this very peer.
 */
export type Caller =
  | { readonly kind: "anonymous"; readonly address: string }
  | { readonly kind: "member"; readonly address: string; readonly peer: PeerId; readonly user: UserId }
  | { readonly kind: "local" };

export type Decision = { readonly allow: true } | { readonly allow: false; readonly why: Refusal };
export type Refusal = "not-a-member" | "not-chosen";

const ALLOWED: Decision = { allow: true };

/** Whether the caller may know that this share exists, and read it. There is nothing in between. */
export function mayRead(caller: Caller, record: Pick<LiveRecord, "visibility" | "allow" | "user">): Decision {
  if (caller.kind === "local" || record.visibility === "public") return ALLOWED;
  if (caller.kind === "anonymous") return { allow: false, why: "not-a-member" };
  if (record.visibility === "class" || caller.user === record.user) return ALLOWED;
  return record.allow.includes(caller.user) ? ALLOWED : { allow: false, why: "not-chosen" };
}

/** The records, out of those a holder has for a file, under which it may answer this caller. */
export function readable<R extends Pick<LiveRecord, "visibility" | "allow" | "user">>(
  caller: Caller,
  records: Iterable<R>,
): R[] {
  return [...records].filter((record) => mayRead(caller, record).allow);
}
