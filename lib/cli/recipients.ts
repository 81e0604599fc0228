import { EssaimError } from "../core/errors.ts";
import type { UserId } from "../core/ids.ts";
import type { ClassView } from "../core/local_messages.ts";
import { nearest } from "../core/nearest.ts";
import { printable } from "../core/safe_path.ts";

type Joined = NonNullable<ClassView["joined"]>;

/** The class that this computer is in. Throws `not-joined`. */
export function joinedIn({ joined, removedFrom }: ClassView, hint: string): Joined {
  if (joined) return joined;
  const why = removedFrom === null
    ? "This computer is in no class."
    : `The teacher has removed it from ${removedFrom}.`;
  throw new EssaimError("not-joined", `${why} Join one first: ${hint}`);
}

/** The people and groups that a list with commas names. Throws `bad-input` naming those that nobody has. */
export function recipientsIn(text: string, { people, groups, me }: Joined): { allow: UserId[]; groups: string[] } {
  const chosen = { allow: [] as UserId[], groups: [] as string[] };
  const unknown: string[] = [];
  const names = [...people.map(({ name }) => name), ...groups.map(({ name }) => name)];
  for (const name of text.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const isNamed = (one: { readonly name: string }) => folded(one.name) === folded(name);
    const person = people.find(isNamed);
    const group = groups.find(isNamed);
    if (person && group) {
      throw new EssaimError("conflict", `${printable(name)} is a person and a group: give the group another name.`);
    }
    if (person) chosen.allow.push(person.id);
    else if (group) chosen.groups.push(group.id);
    else if (folded(me) !== folded(name)) unknown.push(stranger(name, names));
  }
  if (unknown.length > 0) throw new EssaimError("bad-input", unknown.join("\n"));
  return chosen;
}

function stranger(name: string, names: readonly string[]): string {
  const like = nearest(folded(name), names.map(folded));
  const meant = names.find((one) => folded(one) === like);
  const hint = meant === undefined ? "" : ` Did you mean ${printable(meant)}?`;
  return `Nobody in the class, and no group, is called ${printable(name)}.${hint}`;
}

function folded(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
