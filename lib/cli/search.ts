import type { FoundShare } from "../core/messages.ts";
import { formatAgo, formatBytes } from "../core/units.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import type { LocalApi } from "./local_api.ts";
import { table } from "./table.ts";

export const SHORT_ID = 12; // hex digits: `get` accepts eight
const MOST_SHOWN = 200;
const FOR = { public: "everybody", class: "the class", private: "some" } as const;

export interface Found {
  readonly results: readonly FoundShare[];
  readonly more: boolean;
  readonly from: "tracker" | "cache";
}

/** Pages of a search until at least `enough` results are there. */
export async function searchPages(api: LocalApi, query: string, enough: number): Promise<Found> {
  let page = await api.search(query);
  const results = [...page.results];
  while (page.cursor !== undefined && page.results.length > 0 && results.length < enough) {
    page = await api.search(query, page.cursor);
    results.push(...page.results);
  }
  return { results, more: page.cursor !== undefined, from: page.from };
}

/** Prints the shares whose name contains every word, or the newest ones without any word. */
export async function search(context: Context, words: readonly string[]): Promise<ExitCode> {
  const { results, more, from } = await searchPages(await context.connect(), words.join(" "), MOST_SHOWN);
  const { terminal } = context;
  if (from === "cache") {
    terminal.remark("The tracker does not answer: this is what the computers nearby said about their files.");
  }
  if (context.json) {
    await printJson(
      terminal,
      results.map(({ id, shareId, name, size, owner, peers, seenAt }) => (
        { id, shareId, name, size, owner, peers, ...seenAt && { seenAt } }
      )),
    );
  } else if (results.length === 0) terminal.remark(nothing(words, context));
  else terminal.line(foundTable(results, terminal.columns));
  if (more || from === "cache" && results.length >= MOST_SHOWN) {
    terminal.remark("There is more. Add a word to find what you look for.");
  }
  return EXIT.done;
}

function nothing(words: readonly string[], context: Context): string {
  if (words.length === 0) {
    return `Nothing is shared on this network yet. Share something: ${context.hint("share PATH")}`;
  }
  return `Nothing found. Try fewer or shorter words, or see what is new: ${context.hint("search")}`;
}

/** `columns`: width of the window, when one shows it. */
export function foundTable(results: readonly FoundShare[], columns?: number): string {
  return table(
    ["Name", "Size", "For", "Owner", "Peers", "Id"],
    results.map((found) => [
      found.kind === "folder" ? `${found.name}/` : found.name,
      formatBytes(found.size),
      FOR[found.visibility],
      found.owner,
      found.seenAt === undefined ? String(found.peers) : `seen ${formatAgo(Date.now() - Date.parse(found.seenAt))}`,
      found.id.slice(0, SHORT_ID),
    ]),
    { right: [1, 4], cut: [0, 3], columns },
  );
}
