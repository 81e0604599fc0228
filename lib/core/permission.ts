import type { ClassId, PeerId, UserId } from "./ids.ts";
import type { LiveRecord } from "./share_record.ts";

/**
 * Who asks. It comes from the connection (address or certificate) or from the local session, never from a header.
 * `anonymous`: anyone on the network over plain HTTP. `member`: a valid certificate of the class was presented. `local`:
 * the user of this very peer.
 */
export type Caller = { readonly kind: "anonymous"; readonly address: string } | MemberCaller | {
  readonly kind: "local";
};

export interface MemberCaller {
  readonly kind: "member";
  readonly address: string;
  readonly class: ClassId;
  readonly peer: PeerId;
  readonly user: UserId;
}

export type Decision = { readonly allow: true } | { readonly allow: false; readonly why: Refusal };
export type Refusal = "not-a-member" | "not-chosen" | "lease-ended";

/** What a decision needs of a record. */
export type Readers = Pick<LiveRecord, "visibility" | "allow" | "user" | "class">;

const ALLOWED: Decision = { allow: true };

/** Whether the caller may know that this share exists, and read it. There is nothing in between. */
export function mayRead(caller: Caller, record: Readers): Decision {
  if (caller.kind === "local" || record.visibility === "public") return ALLOWED;
  if (caller.kind === "anonymous" || record.class !== caller.class) return { allow: false, why: "not-a-member" };
  if (record.visibility === "class" || caller.user === record.user) return ALLOWED;
  return record.allow.includes(caller.user) ? ALLOWED : { allow: false, why: "not-chosen" };
}

/**
 * Whether a holder may give what it holds under a record. `until`: the end of the owner's lease, milliseconds since 1970;
 * Infinity for public and own records.
 */
export function mayGive(caller: Caller, held: Readers & { readonly until: number }, now: number): Decision {
  const decision = mayRead(caller, held);
  return !decision.allow || now < held.until ? decision : { allow: false, why: "lease-ended" };
}

/** The records, out of those a holder has for a file, under which it may answer this caller. */
export function givable<R extends Readers & { readonly until: number }>(
  caller: Caller,
  records: Iterable<R>,
  now: number,
): R[] {
  return [...records].filter((record) => mayGive(caller, record, now).allow);
}
