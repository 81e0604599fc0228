import type { UserId } from "../core/ids.ts";
import type { ClassView, LocalShare } from "../core/local_messages.ts";

/** Instead of a name that the class has no more. */
export const LEFT = "somebody who left the class";

/** Who can see a share: "everybody", "the class", or names. */
export function whoSees({ visibility, users, groups }: LocalShare, view: ClassView | undefined): string {
  if (visibility === "public") return "everybody";
  if (visibility === "class") return "the class";
  const people = new Map<UserId, string>(view?.joined?.people.map(({ id, name }) => [id, name]));
  const named = new Map(view?.joined?.groups.map(({ id, name }) => [id, name]));
  const names = [
    ...groups.map((id) => named.get(id) ?? id),
    ...users.map((id) => people.get(id) ?? (view?.joined ? LEFT : `${id.slice(0, 8)}…`)),
  ];
  return names.length === 0 ? "only me" : names.join(", ");
}
