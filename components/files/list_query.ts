import type { SharePageQuery } from "../../lib/core/local_messages.ts";

export type ListQuery = Pick<SharePageQuery, "q" | "sort" | "order">;

/** Rows that the server puts into the page, and that are fetched at a time. */
export const PAGE_SIZE = 100;

/** The order that is meant when a column is chosen for the first time. */
const FIRST_ORDER: Readonly<Record<ListQuery["sort"], ListQuery["order"]>> = {
  name: "asc",
  size: "desc",
  at: "desc",
  visibility: "asc",
};

/** The list after a click on the head of a column: sorted by it, or the other way round when it is already. */
export function sortedBy(query: ListQuery, sort: ListQuery["sort"]): ListQuery {
  const other = query.order === "asc" ? "desc" : "asc";
  return { ...query, sort, order: query.sort === sort ? other : FIRST_ORDER[sort] };
}

/** Address of the page that shows this list, also without JavaScript. `offset`: its first row. */
export function listAddress({ q, sort, order }: ListQuery, offset = 0): string {
  const query = new URLSearchParams({ ...q && { q } });
  if (sort !== "at" || order !== FIRST_ORDER.at) query.set("sort", sort);
  if (order !== FIRST_ORDER[sort]) query.set("order", order);
  if (offset > 0) query.set("offset", String(offset));
  return query.size === 0 ? "/files" : `/files?${query}`;
}

/** The same from the page itself: Fresh marks links that begin with its path as the current page. */
export function listLink(query: ListQuery, offset = 0): string {
  return listAddress(query, offset).slice("/files".length) || "?";
}

/** The list that an address asks for, from the beginning of a page; what it does not understand is as if it were not there. */
export function listOf(query: URLSearchParams): ListQuery & { readonly offset: number } {
  const sort = Object.keys(FIRST_ORDER).find((name) => name === query.get("sort")) as ListQuery["sort"] ?? "at";
  const order = (["asc", "desc"] as const).find((name) => name === query.get("order")) ?? FIRST_ORDER[sort];
  const offset = Math.floor(Number(query.get("offset")) / PAGE_SIZE) * PAGE_SIZE;
  return {
    q: (query.get("q") ?? "").slice(0, 200),
    sort,
    order,
    offset: Number.isSafeInteger(offset) && offset > 0 && offset <= 10_000_000 ? offset : 0,
  };
}
