import type { UserId } from "../../lib/core/ids.ts";
import type { ClassView, LocalShare } from "../../lib/core/local_messages.ts";
import type { Directory } from "../files/recipients.ts";

/** Whom files can be shared with; undefined in no class. */
export function directoryOf({ joined }: ClassView): Directory | undefined {
  if (!joined) return undefined;
  const { name: className, people, groups } = joined;
  return {
    className,
    recipients: [
      ...groups.map(({ id, name, users }) => ({ kind: "group", id, name, members: users }) as const),
      ...people.map(({ id, name }) => ({ kind: "person", id, name }) as const),
    ],
  };
}

/** Names of the people and groups that a private share is for; undefined for those who are no longer there. */
export function readersOf(
  { users, groups }: Pick<LocalShare, "users" | "groups">,
  directory: Directory | undefined,
): readonly (string | undefined)[] {
  const names = new Map<UserId | string, string>(directory?.recipients.map(({ id, name }) => [id, name]));
  return [...groups, ...users].map((id) => names.get(id));
}
