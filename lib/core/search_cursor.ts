import { z } from "zod";
import { EssaimError } from "./errors.ts";
import { peerIdSchema, shareIdSchema } from "./ids.ts";
import { SEARCH_SORTS, type SearchSort, type SortOrder } from "./search_request.ts";

/**
 * Where a share stands in a sorted answer. `key`: its rank (`relevance`), `nameKey`, size, time of its record in milliseconds
 * (`date`) or copies. Of those with equal keys the one that came to the index later counts as having the higher.
 */
const sharePlaceSchema = z.object({
  key: z.union([z.string().max(60 * 2), z.number().int()]),
  owner: peerIdSchema,
  shareId: shareIdSchema,
});
export type SharePlace = z.infer<typeof sharePlaceSchema>;

const cursorSchema = z.tuple([
  z.enum(SEARCH_SORTS),
  z.enum(["asc", "desc"]),
  sharePlaceSchema.shape.key,
  sharePlaceSchema.shape.owner,
  sharePlaceSchema.shape.shareId,
]);

/** Text to continue a search after a place; only for the same sort and order. It tells nothing but that place. */
export function writeCursor({ key, owner, shareId }: SharePlace, sort: SearchSort, order: SortOrder): string {
  const json = JSON.stringify([sort, order, key, owner, shareId]);
  return new TextEncoder().encode(json).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The inverse; throws `bad-input` for what is no cursor, or one of another order. */
export function parseCursor(cursor: string, sort: SearchSort, order: SortOrder): SharePlace {
  const parsed = cursorSchema.safeParse(decoded(cursor));
  if (parsed.success) {
    const [writtenSort, writtenOrder, key, owner, shareId] = parsed.data;
    const isKey = (typeof key === "string") === (sort === "name");
    if (writtenSort === sort && writtenOrder === order && isKey) return { key, owner, shareId };
  }
  throw new EssaimError("bad-input", "This is not a cursor of this search. Search again without it.");
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" })));
  } catch {
    return undefined;
  }
}
