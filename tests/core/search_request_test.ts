import assert from "node:assert/strict";
import fc from "fast-check";
import { FILE_TYPES } from "../../lib/core/file_type.ts";
import {
  SEARCH_SORTS,
  searchParameters,
  type SearchRequest,
  searchRequestSchema,
} from "../../lib/core/search_request.ts";

const parse = (text: string) => searchRequestSchema.safeParse(Object.fromEntries(new URLSearchParams(text))).data;

Deno.test("a search without parameters is for the best fifty of everything", () => {
  assert.deepEqual(parse(""), { q: "", limit: 50, available: false, sort: "relevance" });
});

Deno.test("the empty fields of a form ask for nothing", () => {
  const empty = "q=&type=&min=&max=&owner=&available=&sort=&order=&cursor=";
  assert.deepEqual(JSON.parse(JSON.stringify(parse(empty))), { q: "", limit: 50, available: false, sort: "relevance" });
});

Deno.test("what no search means is refused", () => {
  for (
    const text of [
      "type=__proto__",
      "type=PDF",
      "min=-1",
      "max=1e9",
      "min=9999999999999999",
      "available=yes",
      "sort=id",
      "order=up",
      "limit=x",
      `q=${"x".repeat(201)}`,
      `owner=${"x".repeat(201)}`,
      `cursor=${"x".repeat(1000)}`,
    ]
  ) assert.equal(parse(text), undefined, text);
  assert.equal(parse("limit=0")!.limit, 1);
  assert.equal(parse("limit=1000")!.limit, 200);
});

Deno.test("a search that is written as parameters is read as the same search", () => {
  const size = fc.option(fc.integer({ min: 0, max: 1e15 - 1 }), { nil: undefined });
  const text = (minLength: number) => fc.string({ minLength, maxLength: 60, unit: "grapheme" });
  const search = fc.record({
    q: text(0),
    cursor: fc.option(text(1), { nil: undefined }),
    limit: fc.integer({ min: 1, max: 200 }),
    type: fc.constantFrom(undefined, ...FILE_TYPES),
    min: size,
    max: size,
    owner: fc.option(text(1), { nil: undefined }),
    available: fc.boolean(),
    sort: fc.constantFrom(...SEARCH_SORTS),
    order: fc.constantFrom(undefined, "asc" as const, "desc" as const),
  }, { noNullPrototype: true });
  fc.assert(fc.property(search, (search: SearchRequest) => {
    assert.deepEqual({ ...search, ...parse(String(searchParameters(search))) }, search);
  }));
});
