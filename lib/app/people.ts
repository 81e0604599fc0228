import { EssaimError } from "../core/errors.ts";
import type { UserId } from "../core/ids.ts";
import type { ChosenVisibility } from "../core/local_messages.ts";
import type { LiveRecord, Visibility } from "../core/share_record.ts";
import { type Choice, choice, MAX_ALLOWED_USERS, ONLY_ME } from "../core/sharing_choice.ts";
import type { ChoiceStore, GroupStore, PastContent } from "../store_ports.ts";
import type { MembershipView } from "./membership_view.ts";

/** For whom this peer can share: the class that it belongs to now, and what was chosen out of it. */
export interface People {
  readonly membership: Pick<MembershipView, "current" | "removed" | "people">;
  readonly groups: GroupStore;
  readonly choices: ChoiceStore;
}

/** What can be chosen; what is undefined stays as it is. */
export type Chosen = Partial<ChosenVisibility>;

/**
 * What was chosen, if it is possible: names imply `private`. Throws `not-joined`, `removed`, `bad-input` for users and
 * groups that are not there, `too-large`.
 */
export function checkChosen<C extends Chosen>(chosen: C, people: People | undefined): C {
  const { allow, groups } = chosen;
  const visibility = chosen.visibility ?? (allow ?? groups ? "private" : undefined);
  refuseUnjoined(visibility, people);
  if (visibility !== "private" && (allow?.length || groups?.length)) {
    throw new EssaimError(
      "bad-input",
      "Names are chosen for what is private, not for what is public or for the class.",
    );
  }
  if (people) {
    const known = new Set(members(people));
    const stranger = allow?.find((user) => !known.has(user));
    if (stranger) throw new EssaimError("bad-input", `Nobody in the class has the user id ${stranger}.`);
    const missing = groups?.find((id) => people.groups.get(id) === undefined);
    if (missing) throw new EssaimError("bad-input", `There is no group ${missing} (any more).`);
    refuseTooMany(expand(choice("private", allow, groups), people));
  }
  return visibility === undefined ? chosen : { ...chosen, visibility };
}

/** Throws `not-joined` for what only makes sense in a class: nobody could read it before one is joined. */
export function refuseUnjoined(visibility: Visibility | undefined, people: People | undefined): void {
  if (visibility === undefined || visibility === "public") return;
  if (people?.membership.removed) {
    throw new EssaimError("removed", "The teacher has removed this computer from the class. Join it again first.");
  }
  if (people?.membership.current !== undefined) return;
  throw new EssaimError("not-joined", "Only public sharing is possible before this computer has joined a class.");
}

export function refuseTooMany(users: readonly UserId[], what = "This"): void {
  if (users.length <= MAX_ALLOWED_USERS) return;
  throw new EssaimError(
    "too-large",
    `${what} would be for ${users.length} people; ${MAX_ALLOWED_USERS} are possible. Share with the class instead.`,
  );
}

/** Everybody in the class, this user included. */
export function members({ membership }: Pick<People, "membership">): UserId[] {
  const me = membership.current?.me.user;
  return [...membership.people().map(({ user }) => user), ...me === undefined ? [] : [me]];
}

/** What was chosen for a share. In another class its users are other people: then it is for nobody else. */
export function choiceOf(record: LiveRecord, people: People | undefined): Choice {
  const { visibility, shareId, allow } = record;
  if (visibility === "public" || people === undefined) return choice(visibility, allow);
  const stored = people.choices.of(shareId);
  return ofThisClass(
    { choice: choice(visibility, stored?.users ?? allow, stored?.groups), class: record.class },
    people,
  );
}

export function ofThisClass(past: Pick<PastContent, "choice" | "class">, { membership }: People): Choice {
  const now = membership.current?.class.id;
  return past.choice.visibility === "public" || now === undefined || past.class === now ? past.choice : ONLY_ME;
}

/** The users that a choice names, sorted, without this one. */
export function expand({ users, groups }: Choice, { groups: store, membership }: People): UserId[] {
  const all = new Set([...users, ...groups.flatMap((id) => store.get(id)?.users ?? [])]);
  all.delete(membership.current?.me.user as UserId);
  return [...all].sort();
}

/** Whether a record is for whom it was chosen, as this user of this class. */
export function isAsChosen(record: LiveRecord, people: People): boolean {
  const { current } = people.membership;
  if (record.visibility === "public") return true;
  return record.user === current?.me.user && record.class === current?.class.id &&
    (record.visibility === "class" || sameUsers(record.allow, expand(choiceOf(record, people), people)));
}

/** Each stands there once. */
export function sameUsers(a: readonly UserId[], b: readonly UserId[]): boolean {
  const others = new Set(b);
  return a.length === b.length && a.every((user) => others.has(user));
}
