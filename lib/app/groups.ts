import { EssaimError } from "../core/errors.ts";
import type { ShareId, UserId } from "../core/ids.ts";
import type { Group, GroupChange } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { Turns } from "../core/turns.ts";
import type { Clock } from "../ports.ts";
import { choiceOf, expand, members, type People, refuseTooMany } from "./people.ts";
import type { ShareFiles } from "./share_file.ts";
import { gently } from "./share_tree.ts";

const MOST_GROUPS = 100;

export interface GroupsPorts {
  readonly people: People;
  readonly shares: ShareFiles;
  readonly clock: Clock;
  /** 16 hex digits. */
  newId(): string;
}

/** The groups of this computer's user. Shares that name one are for those who are in it now. */
export class Groups {
  readonly #turns = new Turns();

  constructor(readonly ports: GroupsPorts) {}

  list(): Group[] {
    return this.ports.people.groups.list();
  }

  /** Throws `not-joined`, `conflict` for a name that is taken, `name-taken` when a person of the class has it, `bad-input` for strangers, `too-large`. */
  add({ name, users }: GroupChange): Promise<Group> {
    return this.#turns.take(() => {
      const { people: { groups }, newId } = this.ports;
      if (groups.list().length >= MOST_GROUPS) {
        throw new EssaimError("too-large", `There are ${MOST_GROUPS} groups already. Remove one that is not used.`);
      }
      const group = { id: newId(), name, users: this.#known(users, []) };
      this.#refuseTaken(group);
      this.#refusePerson(name);
      groups.put(group);
      return group;
    });
  }

  /**
   * Signs every share again that names it, also when that was begun before and broke off; until then nothing has changed
   * for anybody. Throws `not-found` and what `add` throws, `too-large` also when one of these shares would be for too many.
   */
  change(id: string, { name, users }: Partial<GroupChange>): Promise<Group> {
    return this.#turns.take(async () => {
      const { choices } = this.ports.people;
      const before = this.#find(id);
      const group = { id, name: name ?? before.name, users: users ? this.#known(users, before.users) : before.users };
      this.#refuseTaken(group);
      if (folded(group.name) !== folded(before.name)) this.#refusePerson(group.name);
      if (users) await this.#refuseTooMany(choices.naming(id), group);
      await this.#putAndSign(group);
      return group;
    });
  }

  /** Whoever was only in this group no longer sees what was shared with it. Throws `not-found`. */
  remove(id: string): Promise<void> {
    return this.#turns.take(async () => {
      await this.#putAndSign({ ...this.#find(id), users: [] });
      this.ports.people.groups.remove(id);
    });
  }

  /** What is being shared with the group just now is signed before, and again. */
  async #putAndSign(group: Group): Promise<void> {
    const { people: { groups, choices }, shares } = this.ports;
    const naming = await shares.whileNothingIsSigned(() => {
      groups.put(group);
      return choices.naming(group.id);
    });
    await shares.signAgain(naming);
  }

  #find(id: string): Group {
    const group = this.ports.people.groups.get(id);
    if (group) return group;
    throw new EssaimError("not-found", `There is no group ${id} (any more).`);
  }

  /** Each once, without this user. Those who were in the group may have left the class meanwhile. */
  #known(users: readonly UserId[], before: readonly UserId[]): UserId[] {
    const { membership } = this.ports.people;
    const me = membership.current?.me.user;
    if (me === undefined) {
      throw new EssaimError("not-joined", "Groups are of people of the class: join one first.");
    }
    const known = new Set([...members(this.ports.people), ...before]);
    const stranger = users.find((user) => !known.has(user));
    if (stranger) throw new EssaimError("bad-input", `Nobody in the class has the user id ${stranger}.`);
    return [...new Set(users)].filter((user) => user !== me);
  }

  #refuseTaken({ id, name }: Pick<Group, "id" | "name">): void {
    const taken = this.list().find((other) => other.id !== id && folded(other.name) === folded(name));
    if (taken) throw new EssaimError("conflict", `There is a group called ${taken.name} already.`);
  }

  /** Nobody could tell with whom something is shared. */
  #refusePerson(name: string): void {
    const { membership } = this.ports.people;
    const names = [membership.current?.me.name ?? "", ...membership.people().map((one) => one.name)];
    if (!names.some((one) => folded(one) === folded(name))) return;
    throw new EssaimError("name-taken", `${printable(name)} is a person of the class: give the group another name.`);
  }

  async #refuseTooMany(shareIds: readonly ShareId[], group: Group): Promise<void> {
    const { people, shares, clock } = this.ports;
    const groups = { ...people.groups, get: (id: string) => id === group.id ? group : people.groups.get(id) };
    for await (const id of gently(shareIds, clock)) {
      const record = shares.ports.records.ownShare(id)?.signed.record;
      if (record) refuseTooMany(expand(choiceOf(record, people), { ...people, groups }), record.name);
    }
  }
}

function folded(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
