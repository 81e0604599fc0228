import { z } from "zod";
import { FILE_TYPES } from "./file_type.ts";
import { MAX_CURSOR_LENGTH, MAX_QUERY_LENGTH } from "./messages.ts";
import { SEARCH_SORTS } from "./search_order.ts";

export { SEARCH_SORTS, type SearchSort, type SortOrder, usualOrder } from "./search_order.ts";

export const MAX_RESULTS = 200;
/** A form sends its empty fields too. */
const unlessEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => value === "" ? undefined : value, schema.optional());
const wholeNumber = z.string().regex(/^\d{1,15}$/).transform(Number);

/** A search as the parameters of an address say it: `Object.fromEntries(url.searchParams)`. Sizes in bytes. */
export const searchRequestSchema = z.object({
  q: z.string().max(MAX_QUERY_LENGTH).default(""),
  cursor: unlessEmpty(z.string().max(MAX_CURSOR_LENGTH)),
  limit: wholeNumber.default(50).transform((limit) => Math.max(1, Math.min(limit, MAX_RESULTS))),
  type: unlessEmpty(z.enum(FILE_TYPES)),
  min: unlessEmpty(wholeNumber),
  max: unlessEmpty(wholeNumber),
  /** Words of the owner's display name. */
  owner: unlessEmpty(z.string().max(MAX_QUERY_LENGTH)),
  /** Only what somebody present has. */
  available: z.enum(["", "0", "1"]).default("").transform((value) => value === "1"),
  sort: z.preprocess((value) => value === "" ? undefined : value, z.enum(SEARCH_SORTS).default("relevance")),
  order: unlessEmpty(z.enum(["asc", "desc"])),
});
export type SearchRequest = z.output<typeof searchRequestSchema>;

/** The parameters that `searchRequestSchema` reads as this search; what is not given is left out. */
export function searchParameters(search: Partial<SearchRequest>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === false || value === "") continue;
    parameters.set(name, value === true ? "1" : String(value));
  }
  return parameters;
}
