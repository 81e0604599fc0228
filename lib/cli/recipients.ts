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

/** "Dupont, Marie" of a spreadsheet has one, "d'Arc, Jeanne, 3B" two. */
const MOST_COMMAS = 3;

/**
 * The people and groups that a list with commas names. A name may have commas itself; what can be read as several names is
 * never one, so that nobody is taken for others by the name chosen. `hint`: a command that shows who is there. Throws
 * `bad-input` naming those that nobody has.
 */
export function recipientsIn(
  text: string,
  { people, groups, me }: Joined,
  hint: string,
): { allow: UserId[]; groups: string[] } {
  const chosen = { allow: [] as UserId[], groups: [] as string[] };
  const unknown: string[] = [];
  const names = [...people.map(({ name }) => name), ...groups.map(({ name }) => name)];
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  while (parts.length > 0) {
    const isSomebody = (name: string) => [me, ...names].some((one) => folded(one) === folded(name));
    const lengths = Array.from({ length: Math.min(parts.length, MOST_COMMAS + 1) }, (_, index) => index + 1);
    const length = lengths.find((count) => isSomebody(parts.slice(0, count).join(",")));
    const name = parts.splice(0, length ?? 1).join(",");
    const isNamed = (one: { readonly name: string }) => folded(one.name) === folded(name);
    const person = people.find(isNamed);
    const group = groups.find(isNamed);
    if (person && group) {
      throw new EssaimError("conflict", `${printable(name)} is a person and a group: give the group another name.`);
    }
    if (person) chosen.allow.push(person.id);
    else if (group) chosen.groups.push(group.id);
    else if (folded(me) !== folded(name)) unknown.push(stranger(name, names, hint));
  }
  if (unknown.length > 0) throw new EssaimError("bad-input", unknown.join("\n"));
  return chosen;
}

function stranger(name: string, names: readonly string[], hint: string): string {
  const like = nearest(folded(name), names.map(folded));
  const meant = names.find((one) => folded(one) === like);
  const advice = meant === undefined ? `Who is there: ${hint}` : `Did you mean ${printable(meant)}?`;
  return `Nobody in the class, and no group, is called ${printable(name)}. ${advice}`;
}

/** However it is written, also with or without a space after a comma. */
function folded(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/\s*,\s*/g, ",");
}
