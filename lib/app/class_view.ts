import type { ClassView } from "../core/local_messages.ts";
import type { Groups } from "./groups.ts";
import type { MembershipView } from "./membership.ts";

/** The class of this computer, its people and the groups made of them, as pages and commands show it. */
export function viewClass(
  { membership, groups }: { readonly membership: MembershipView; readonly groups: Groups },
): ClassView {
  const { current, standing } = membership;
  return {
    joined: current === undefined ? null : {
      class: current.class.id,
      name: current.class.name,
      user: current.me.user,
      me: current.me.name,
      until: new Date(current.me.notAfter).toISOString(),
      people: membership.people().map(({ user, name }) => ({ id: user, name })),
      groups: groups.list(),
    },
    removedFrom: standing?.removed ? standing.name : null,
    tracker: membership.trackerUrl(),
  };
}
