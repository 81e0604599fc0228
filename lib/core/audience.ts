import type { ClassId, UserId } from "./ids.ts";
import type { Caller } from "./permission.ts";
import type { ShareRecord } from "./share_record.ts";

const MAX_USERS = 5_000;
/** Those that its owner was in last. */
const MAX_CLASSES = 20;

/** Who could read a share in the versions of its record so far: those are told when they no longer can, nobody else. */
export type Audience =
  | { readonly kind: "members"; readonly users: readonly UserId[]; readonly classes: readonly ClassId[] }
  | { readonly kind: "public" };

export const NOBODY: Audience = { kind: "members", users: [], classes: [] };

/** The audience with those whom this version shows the share to. */
export function widened(audience: Audience, record: ShareRecord | undefined): Audience {
  if (record === undefined || record.deleted || audience.kind === "public") return audience;
  if (record.visibility === "public") return { kind: "public" };
  const users = record.visibility === "private" ? joined(audience.users, ...record.allow, record.user) : audience.users;
  if (record.visibility === "private" && users.length <= MAX_USERS) return { ...audience, users };
  return {
    kind: "members",
    users: users.slice(0, MAX_USERS),
    classes: joined(audience.classes, record.class).slice(-MAX_CLASSES),
  };
}

export function belongs(caller: Caller, audience: Audience): boolean {
  if (caller.kind === "local" || audience.kind === "public") return true;
  if (caller.kind === "anonymous") return false;
  return audience.classes.includes(caller.class) || audience.users.includes(caller.user);
}

function joined<T>(known: readonly T[], ...more: (T | undefined)[]): T[] {
  return [...new Set([...known, ...more.filter((one) => one !== undefined)])];
}
