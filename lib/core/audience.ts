import type { UserId } from "./ids.ts";
import type { Caller } from "./permission.ts";
import type { ShareRecord } from "./share_record.ts";

const MAX_USERS = 5_000;

/** Who could read a share in the versions of its record so far: those are told when they no longer can, nobody else. */
export type Audience =
  | { readonly kind: "people"; readonly users: readonly UserId[] }
  | { readonly kind: "class" }
  | { readonly kind: "public" };

export const NOBODY: Audience = { kind: "people", users: [] };

/** The audience with those whom this version shows the share to. */
export function widened(audience: Audience, record: ShareRecord | undefined): Audience {
  if (record === undefined || record.deleted || audience.kind === "public") return audience;
  if (record.visibility !== "private") return { kind: record.visibility };
  if (audience.kind === "class") return audience;
  const users = [...new Set([...audience.users, ...record.allow, ...record.user === undefined ? [] : [record.user]])];
  return users.length > MAX_USERS ? { kind: "class" } : { kind: "people", users };
}

export function belongs(caller: Caller, audience: Audience): boolean {
  if (caller.kind === "local" || audience.kind === "public") return true;
  if (caller.kind === "anonymous") return false;
  return audience.kind === "class" || audience.users.includes(caller.user);
}
