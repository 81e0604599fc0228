import { EssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";

const SHORTEST_PREFIX = 8; // hex digits: 32 bits, enough among what one computer has

/** What a user can point at: `ids` (hex) by all or the first eight digits of one, or by its name. */
export interface Choosable {
  readonly name: string;
  readonly ids: readonly string[];
}

/**
 * The one item meant by what the user typed. `describe` is one line about an item, for a choice; `hint` is the command that
 * lists them. Throws `not-found` when nothing fits, `conflict` with the candidates when several do.
 */
export function choose<T extends Choosable>(
  typed: string,
  items: readonly T[],
  what: string,
  describe: (item: T) => string,
  hint: string,
): T {
  const fitting = matching(typed, items);
  const [only] = fitting;
  if (only === undefined) {
    throw new EssaimError("not-found", `There is no ${what} "${typed}" here. See what there is: ${hint}`);
  }
  if (fitting.length === 1) return only;
  const lines = fitting.slice(0, 20).map((item) => `\n  ${printable(describe(item))}`).join("");
  throw new EssaimError("conflict", `Several fit "${typed}". Give the id of the one you mean:${lines}`);
}

/** Whole ids first, then exact names, then beginnings of ids. */
export function matching<T extends Choosable>(typed: string, items: readonly T[]): T[] {
  const hex = typed.toLowerCase();
  const name = typed.normalize("NFC");
  const tries: ((item: T) => boolean)[] = [
    ({ ids }) => ids.includes(hex),
    (item) => item.name.normalize("NFC") === name,
    ({ ids }) => isIdPrefix(hex) && ids.some((id) => id.startsWith(hex)),
  ];
  for (const fits of tries) {
    const found = items.filter(fits);
    if (found.length > 0) return found;
  }
  return [];
}

export function isIdPrefix(text: string): boolean {
  return text.length >= SHORTEST_PREFIX && /^[0-9a-f]+$/.test(text);
}
