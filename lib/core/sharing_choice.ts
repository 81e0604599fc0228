import type { UserId } from "./ids.ts";
import type { LiveRecord, Visibility } from "./share_record.ts";

/** Who may have a share, as its owner chose it: with `private`, these users and those of these groups. */
export interface Choice {
  readonly visibility: Visibility;
  readonly users: readonly UserId[];
  /** Ids of groups. */
  readonly groups: readonly string[];
}

/** How many users a share can be for. */
export const MAX_ALLOWED_USERS = 1_000;

/** The owner's own computers. */
export const ONLY_ME: Choice = { visibility: "private", users: [], groups: [] };

const RANK: Readonly<Record<Visibility, number>> = { public: 0, class: 1, private: 2 };

export function choice(
  visibility: Visibility,
  users: Iterable<UserId> = [],
  groups: Iterable<string> = [],
): Choice {
  if (visibility !== "private") return { visibility, users: [], groups: [] };
  return { visibility, users: [...new Set(users)], groups: [...new Set(groups)] };
}

/** Whom both allow. */
export function narrowest(a: Choice, b: Choice): Choice {
  if (a.visibility !== b.visibility) return RANK[a.visibility] > RANK[b.visibility] ? a : b;
  return choice(
    a.visibility,
    a.users.filter((user) => b.users.includes(user)),
    a.groups.filter((group) => b.groups.includes(group)),
  );
}

/** Whether everybody who may read a share with the permission of `outer` may also read one with that of `inner`. */
export function isAsWide(inner: Readers, outer: Readers): boolean {
  if (inner.visibility !== "private") return RANK[inner.visibility] <= RANK[outer.visibility];
  return outer.visibility === "private" && outer.allow.every((user) => inner.allow.includes(user));
}

type Readers = Pick<LiveRecord, "visibility" | "allow">;
