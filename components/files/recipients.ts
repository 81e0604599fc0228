import type { UserId } from "../../lib/core/ids.ts";

/** Whom a file can be shared with. */
export type Recipient =
  | { readonly kind: "person"; readonly id: UserId; readonly name: string }
  | { readonly kind: "group"; readonly id: string; readonly name: string; readonly members: readonly UserId[] };

/** The class this computer belongs to. */
export interface Directory {
  readonly className: string;
  readonly recipients: readonly Recipient[];
}

const SHOWN = 50;

/** Those whose name has words that begin with each typed word, groups first, without those chosen. At most fifty. */
export function matching(
  recipients: readonly Recipient[],
  typed: string,
  chosen: readonly Recipient[],
): readonly Recipient[] {
  const words = folded(typed).split(" ").filter((word) => word !== "");
  const taken = new Set(chosen.map(({ id }) => id));
  const rank = ({ kind }: Recipient) => kind === "group" ? 0 : 1;
  return recipients
    .filter(({ id, name }) => !taken.has(id) && words.every((word) => ` ${folded(name)}`.includes(` ${word}`)))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, undefined, { numeric: true }))
    .slice(0, SHOWN);
}

/** Without accents or case, words separated by one space. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}
