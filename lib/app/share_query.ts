import { queryWords } from "../core/search.ts";
import { type SearchRequest, usualOrder } from "../core/search_request.ts";
import type { ShareQuery, Visible } from "../swarm_ports.ts";

/** A search as an index of shares is asked, from its beginning. Without words the best match is the newest. */
export function shareQuery(
  { q, owner, type, min, max, available, sort, order }: SearchRequest,
  visible: Visible,
  limit: number,
): ShareQuery {
  const words = queryWords(q);
  const byRelevance = sort === "relevance" && words.length > 0;
  return {
    words,
    ownerWords: queryWords(owner ?? ""),
    type,
    min,
    max,
    available,
    sort: sort === "relevance" && !byRelevance ? "date" : sort,
    order: sort === "relevance" ? "desc" : order ?? usualOrder(sort),
    visible,
    after: undefined,
    limit,
  };
}
