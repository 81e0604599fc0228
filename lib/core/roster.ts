import { MAX_MEMBERS } from "./class_messages.ts";
import { EssaimError } from "./errors.ts";
import { parseName } from "./member_names.ts";
import { isolated } from "./visible_text.ts";

export interface RosterProblem {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly why: "not-a-name" | "duplicate";
  /** Where the same name stands, of a duplicate. */
  readonly first?: number;
}

export interface Roster {
  readonly names: readonly string[];
  readonly problems: readonly RosterProblem[];
}

/** What stands at the head of a column, without case and accents. */
const HEADS = {
  first: ["prenom", "prenoms", "first name", "firstname", "first", "given name", "givenname", "forename"],
  last: ["nom", "nom de famille", "last name", "lastname", "last", "surname", "family name", "familyname"],
  whole: ["name", "full name", "nom complet", "nom et prenom", "nom prenom", "eleve", "eleves", "student", "pupil"],
} as const;
type Columns = Partial<Record<keyof typeof HEADS, number>>;

/**
 * Names out of a table as teachers have it: with the head "Nom;Prénom", "Élève", "first name,last name", "name" and other
 * columns beside, or without a head one column of names, or two, last name first. `looksOf`: see member_names.ts. Throws
 * `bad-input` when it does not say where the names are, or has more than a class.
 */
export function parseRoster(
  rows: readonly (readonly string[])[],
  looksOf: (name: string) => readonly string[],
): Roster {
  const lines = rows.map((cells, index) => ({ line: index + 1, cells: cells.map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const head = headOf(lines[0]?.cells ?? []);
  const people = head ? lines.slice(1) : lines;
  if (people.length === 0) throw new EssaimError("bad-input", "There is no name in this list.");
  if (people.length > MAX_MEMBERS) {
    throw new EssaimError("bad-input", `This list has ${people.length} names; a class has at most ${MAX_MEMBERS}.`);
  }
  const columns = head ?? columnsWithoutHead(people.map(({ cells }) => cells));
  const names: string[] = [];
  const problems: RosterProblem[] = [];
  const seen = new Map<string, number>();
  for (const { line, cells } of people) {
    const text = nameIn(cells, columns);
    const name = nameOrUndefined(text);
    if (name === undefined) {
      problems.push({ line, text, why: "not-a-name" });
      continue;
    }
    const looks = looksOf(name);
    const first = looks.map((look) => seen.get(look)).find((found) => found !== undefined);
    if (first !== undefined) {
      problems.push({ line, text, why: "duplicate", first });
      continue;
    }
    for (const look of looks) seen.set(look, line);
    names.push(name);
  }
  return { names, problems };
}

/** A problem for a person. */
export function describeProblem({ line, text, why, first }: RosterProblem): string {
  return why === "duplicate"
    ? `Line ${line}: ${isolated(text)} is also on line ${first}, or looks the same. Tell them apart.`
    : `Line ${line}: ${isolated(text.slice(0, 64))} cannot be a name.`;
}

function headOf(cells: readonly string[]): Columns | undefined {
  const plain = cells.map((cell) =>
    cell.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\s_-]+/g, " ")
  );
  const found = Object.entries(HEADS).map(([kind, words]) =>
    [kind, plain.findIndex((cell) => (words as readonly string[]).includes(cell))] as const
  ).filter(([, column]) => column >= 0);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function columnsWithoutHead(rows: readonly (readonly string[])[]): Columns {
  const used = Math.max(...rows.map((cells) => cells.findLastIndex((cell) => cell !== "") + 1));
  if (used === 1) return { whole: 0 };
  if (used === 2) return { last: 0, first: 1 };
  throw new EssaimError(
    "bad-input",
    'This list has several columns and does not say which are names. Write "Nom;Prénom" or "name" over them.',
  );
}

function nameIn(cells: readonly string[], { first, last, whole }: Columns): string {
  const columns = whole !== undefined && first === undefined ? [whole] : [first, last];
  return columns.map((column) => column === undefined ? "" : cells[column] ?? "").filter((part) => part !== "").join(
    " ",
  );
}

function nameOrUndefined(text: string): string | undefined {
  try {
    return parseName(text);
  } catch (error) {
    if (error instanceof EssaimError) return undefined;
    throw error;
  }
}
