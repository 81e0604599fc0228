export const SEARCH_SORTS = ["relevance", "name", "size", "date", "copies"] as const;
/** `copies`: present peers that have some of it. */
export type SearchSort = (typeof SEARCH_SORTS)[number];
export type SortOrder = "asc" | "desc";

/** What a person expects first: best, A, smallest… Only names begin with the lowest. */
export function usualOrder(sort: SearchSort): SortOrder {
  return sort === "name" ? "asc" : "desc";
}
