import assert from "node:assert/strict";
import fc from "fast-check";
import { FILE_TYPES } from "../../lib/core/file_type.ts";
import {
  isFiltered,
  networkAddress,
  type NetworkQuery,
  readNetworkQuery,
  searchParametersOf,
  SIZE_RANGES,
  type SizeRange,
  sortedBy,
  withoutFilters,
} from "../../lib/core/network_query.ts";
import { searchRequestSchema } from "../../lib/core/search_request.ts";
import { SEARCH_SORTS } from "../../lib/core/search_order.ts";

const sizes = Object.keys(SIZE_RANGES) as SizeRange[];
const anyQuery: fc.Arbitrary<NetworkQuery> = fc.record({
  q: fc.string({ maxLength: 50, unit: "grapheme" }),
  type: fc.constantFrom("" as const, ...FILE_TYPES),
  size: fc.constantFrom("" as const, ...sizes),
  owner: fc.string({ maxLength: 20, unit: "grapheme" }).map((owner) => owner.trim()),
  available: fc.boolean(),
  sort: fc.constantFrom(...SEARCH_SORTS),
  order: fc.constantFrom("asc", "desc"),
}, { noNullPrototype: true });

function read(address: string): NetworkQuery {
  return readNetworkQuery(new URL(address, "http://127.0.0.1").searchParams);
}

Deno.test("the address of a search brings it back", () => {
  fc.assert(fc.property(anyQuery, (query) => assert.deepEqual(read(networkAddress(query)), query)));
});

Deno.test("an address says only what was chosen", () => {
  const nothing = read("/network");
  for (
    const [query, address] of [
      [nothing, "/network"],
      [{ ...nothing, q: "leçon 4" }, "/network?q=le%C3%A7on+4"],
      [{ ...nothing, type: "video", size: "10-100", available: true }, "/network?type=video&size=10-100&available=1"],
      [{ ...nothing, sort: "size" }, "/network?sort=size"],
      [{ ...nothing, sort: "size", order: "asc" }, "/network?sort=size&order=asc"],
    ] as const
  ) {
    assert.equal(networkAddress(query), address);
  }
  assert.equal(networkAddress(nothing, "ab"), "/network?file=ab");
});

Deno.test("what an address says wrongly is left out", () => {
  const query = read(`/network?type=toString&size=1-2&sort=__proto__&order=up&available=yes&q=${"a".repeat(300)}`);
  assert.deepEqual({ ...query, q: "" }, read("/network"));
  assert.equal(query.q.length, 200);
});

Deno.test("the search API understands each search of the page", () => {
  fc.assert(fc.property(anyQuery, (query) => {
    const request = searchRequestSchema.parse(Object.fromEntries(searchParametersOf(query, 50, "next")));
    assert.equal(request.q, query.q);
    assert.equal(request.type ?? "", query.type);
    assert.equal(request.owner ?? "", query.owner);
    assert.equal(request.available, query.available);
    assert.equal(request.sort, query.sort);
    if (query.sort !== "relevance") assert.equal(request.order, query.order);
    const range: { min?: number; max?: number } = query.size === "" ? {} : SIZE_RANGES[query.size];
    assert.deepEqual([request.min, request.max], [range.min, range.max]);
    assert.deepEqual([request.limit, request.cursor], [50, "next"]);
  }));
});

Deno.test("removing the filters keeps the words and the order", () => {
  fc.assert(fc.property(anyQuery, (query) => {
    const bare = withoutFilters(query);
    assert.ok(!isFiltered(bare));
    assert.deepEqual([bare.q, bare.sort, bare.order], [query.q, query.sort, query.order]);
  }));
});

Deno.test("a column sorts first as one expects, then the other way round", () => {
  const nothing = read("/network");
  const byName = sortedBy(nothing, "name");
  assert.deepEqual([byName.sort, byName.order], ["name", "asc"]);
  assert.equal(sortedBy(byName, "name").order, "desc");
  assert.equal(sortedBy(sortedBy(byName, "name"), "size").order, "desc");
});
