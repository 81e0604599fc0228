import type { FoundShare } from "./messages.ts";
import { idPrefix, nameKey, queryWords, RANK, rank } from "./search.ts";
import { type SearchRequest, usualOrder } from "./search_request.ts";

/** Others put among results that are sorted already, where they belong by the same order. */
export function merged(
  sorted: readonly FoundShare[],
  others: readonly FoundShare[],
  search: Partial<Pick<SearchRequest, "q" | "sort" | "order">>,
): FoundShare[] {
  const isBefore = comparison(search);
  const all: FoundShare[] = [];
  let next = 0;
  for (const share of sorted) {
    while (next < others.length && isBefore(others[next]!, share)) all.push(others[next++]!);
    all.push(share);
  }
  return [...all, ...others.slice(next)];
}

function comparison(
  { q = "", sort = "relevance", order }: Partial<Pick<SearchRequest, "q" | "sort" | "order">>,
): (a: FoundShare, b: FoundShare) => boolean {
  const words = queryWords(q);
  const prefix = idPrefix(words);
  const rankOf = ({ id, shareId, name }: FoundShare) =>
    prefix !== undefined && (id.startsWith(prefix) || shareId.startsWith(prefix)) ? RANK.id : rank(name, words);
  const by = sort === "relevance" && words.length === 0 ? "date" : sort;
  const keyOf = {
    relevance: rankOf,
    name: ({ name }: FoundShare) => nameKey(name),
    size: ({ size }: FoundShare) => size,
    date: ({ at }: FoundShare) => Date.parse(at) || 0,
    copies: ({ peers }: FoundShare) => peers,
  }[by];
  const isAscending = sort !== "relevance" && (order ?? usualOrder(sort)) === "asc";
  return (a, b) => isAscending ? keyOf(a) < keyOf(b) : keyOf(a) > keyOf(b);
}
