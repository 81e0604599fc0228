import { codePrefixOf, writeClassCode } from "../core/class_code.ts";
import type { ClassView } from "../core/local_messages.ts";
import type { Groups } from "./groups.ts";
import type { HeardTracker } from "./heard_trackers.ts";
import type { MembershipView } from "./membership_view.ts";

export interface ClassParts {
  readonly membership: MembershipView;
  readonly groups: Groups;
  /** Trackers heard on this network, the latest first. */
  heard(): HeardTracker[];
}

/** The class of this computer, its people and the groups made of them, or what could be joined, as pages and commands show it. */
export function viewClass({ membership, groups, heard }: ClassParts): ClassView {
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
    heard: current === undefined ? inOrder(heard()) : [],
  };
}

/** The same, however beacons come. */
function inOrder(heard: readonly HeardTracker[]): ClassView["heard"] {
  const key = ({ name, fingerprint, tracker }: ClassView["heard"][number]) => `${name}\n${fingerprint}\n${tracker}`;
  return heard.map(({ class: id, name, url }) => ({
    name,
    tracker: url,
    fingerprint: writeClassCode({ prefix: codePrefixOf(id), secret: "" }),
  })).sort((a, b) => key(a) < key(b) ? -1 : 1);
}
