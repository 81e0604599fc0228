import { FILE_TYPES, type FileType } from "./file_type.ts";
import { SEARCH_SORTS, type SearchSort, type SortOrder, usualOrder } from "./search_order.ts";

const MB = 1_000_000;
/** Sizes to choose from, in bytes. */
export const SIZE_RANGES = {
  "1": { max: MB },
  "1-10": { min: MB, max: 10 * MB },
  "10-100": { min: 10 * MB, max: 100 * MB },
  "100-1000": { min: 100 * MB, max: 1_000 * MB },
  "1000-": { min: 1_000 * MB },
} as const satisfies Record<string, { readonly min?: number; readonly max?: number }>;
export type SizeRange = keyof typeof SIZE_RANGES;

const LONGEST = 200;

/** A search as the page of the network shows it and its address says it. "": no such filter. */
export interface NetworkQuery {
  readonly q: string;
  readonly type: FileType | "";
  readonly size: SizeRange | "";
  /** Words of the owner's name. */
  readonly owner: string;
  /** Only what somebody present has. */
  readonly available: boolean;
  readonly sort: SearchSort;
  readonly order: SortOrder;
}

function oneOf<T extends string>(values: readonly T[], value: string | null): T | undefined {
  return values.find((known) => known === value);
}

/** What an address says; what it says wrongly is left out. */
export function readNetworkQuery(parameters: URLSearchParams): NetworkQuery {
  const text = (name: string) => (parameters.get(name) ?? "").slice(0, LONGEST);
  const sort = oneOf(SEARCH_SORTS, parameters.get("sort")) ?? "relevance";
  return {
    q: text("q"),
    type: oneOf(FILE_TYPES, parameters.get("type")) ?? "",
    size: oneOf(Object.keys(SIZE_RANGES) as SizeRange[], parameters.get("size")) ?? "",
    owner: text("owner"),
    available: parameters.get("available") === "1",
    sort,
    order: oneOf(["asc", "desc"], parameters.get("order")) ?? usualOrder(sort),
  };
}

/** Address of the page that shows this search, as short as possible. `file`: whose details are open. */
export function networkAddress(query: NetworkQuery, file?: string): string {
  const { q, type, size, owner, available, sort, order } = query;
  const parameters = given({
    ...{ q, type, size, owner: owner.trim(), available: available ? "1" : "" },
    sort: sort === "relevance" ? "" : sort,
    order: order === usualOrder(sort) ? "" : order,
    file: file ?? "",
  });
  return parameters.size === 0 ? "/network" : `/network?${parameters}`;
}

/** The same search as the search API reads it. */
export function searchParametersOf(query: NetworkQuery, limit: number, cursor?: string): URLSearchParams {
  const { q, type, size, owner, available, sort, order } = query;
  const range: { readonly min?: number; readonly max?: number } = size === "" ? {} : SIZE_RANGES[size];
  return given({
    ...{ q, type, owner: owner.trim(), available: available ? "1" : "" },
    min: range.min?.toString() ?? "",
    max: range.max?.toString() ?? "",
    sort: sort === "relevance" ? "" : sort,
    order: sort === "relevance" ? "" : order,
    limit: limit.toString(),
    cursor: cursor ?? "",
  });
}

function given(values: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ""));
}

export function isFiltered({ type, size, owner, available }: NetworkQuery): boolean {
  return type !== "" || size !== "" || owner.trim() !== "" || available;
}

export function withoutFilters(query: NetworkQuery): NetworkQuery {
  return { ...query, type: "", size: "", owner: "", available: false };
}

/** Sorted by this: its usual order first, the other one when it is sorted so already. */
export function sortedBy(query: NetworkQuery, sort: SearchSort): NetworkQuery {
  const order = query.sort !== sort ? usualOrder(sort) : query.order === "asc" ? "desc" : "asc";
  return { ...query, sort, order };
}
