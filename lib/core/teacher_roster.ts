import type { PeerId, UserId } from "./ids.ts";
import { normalise } from "./search.ts";

/** What the teacher sees of each user: who is here, who was, who has not come yet. Times in milliseconds since 1970. */

export interface PresentComputer {
  /** As its program calls it, which need not be the user's name. */
  readonly name: string;
  /** IP address. */
  readonly address: string;
}

/** A user with its computers, as the class keeps them. */
export interface RosterUser {
  readonly user: UserId;
  readonly name: string;
  readonly state: "invited" | "active" | "removed";
  readonly since: number;
  readonly devices: readonly {
    readonly peerId: PeerId;
    readonly state: "active" | "suspended" | "revoked";
    readonly enrolledAt: number;
    readonly until: number;
  }[];
}

/** `awaited`: reset, and not back with a new computer yet. */
export const ROSTER_STATES = ["here", "away", "invited", "awaited", "removed"] as const;
export type RosterState = typeof ROSTER_STATES[number];

export interface RosterRow {
  readonly user: UserId;
  readonly name: string;
  readonly state: RosterState;
  readonly since: number;
  /** When any of its computers was here last; not known for those who are here, or never were. */
  readonly lastSeen?: number;
  /** Not counting removed ones. */
  readonly computers: number;
}

export interface Presence {
  present(): ReadonlyMap<PeerId, PresentComputer>;
  lastSeen(peer: PeerId): number | undefined;
}

const BY_NAME = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** One row a user, by name. */
export function rosterRows(users: readonly RosterUser[], presence: Presence): RosterRow[] {
  const present = presence.present();
  return users.map(({ user, name, state, since, devices }): RosterRow => {
    const active = devices.filter((device) => device.state === "active");
    const seen = devices.flatMap(({ peerId }) => presence.lastSeen(peerId) ?? []);
    const isHere = active.some(({ peerId }) => present.has(peerId));
    return {
      ...{ user, name, since, computers: active.length },
      state: state === "active" ? active.length === 0 ? "awaited" : isHere ? "here" : "away" : state,
      ...seen.length > 0 && !isHere && { lastSeen: Math.max(...seen) },
    };
  }).sort((a, b) => BY_NAME.compare(a.name, b.name) || a.since - b.since);
}

export const ROSTER_FILTERS = ["all", "here", "away", "invited", "removed"] as const;
export type RosterFilter = typeof ROSTER_FILTERS[number];

/** `all` is everybody who belongs to the class; `invited` includes those who are awaited. */
export function isShown({ state }: Pick<RosterRow, "state">, filter: RosterFilter): boolean {
  switch (filter) {
    case "all":
      return state !== "removed";
    case "invited":
      return state === "invited" || state === "awaited";
    case "here":
    case "away":
    case "removed":
      return state === filter;
    default:
      return filter satisfies never;
  }
}

/** Whether each word of `query` is in the name, without regard to case and accents. */
export function isCalled({ name }: Pick<RosterRow, "name">, query: string): boolean {
  const known = normalise(name);
  return normalise(query).split(" ").every((word) => known.includes(word));
}
