import assert from "node:assert/strict";
import { listAddress, listOf, type ListQuery, sortedBy } from "../../components/files/list_query.ts";

const ALL: ListQuery = { q: "", sort: "at", order: "desc" };

for (
  const [query, offset, address] of [
    [ALL, 0, "/files"],
    [{ ...ALL, q: "é & b" }, 0, "/files?q=%C3%A9+%26+b"],
    [{ ...ALL, order: "asc" }, 0, "/files?sort=at&order=asc"],
    [{ ...ALL, sort: "name", order: "asc" }, 200, "/files?sort=name&offset=200"],
    [{ ...ALL, sort: "size", order: "asc" }, 0, "/files?sort=size&order=asc"],
  ] as const
) {
  Deno.test(`${address} is the address of what it shows`, () => {
    assert.equal(listAddress(query, offset), address);
    assert.deepEqual(listOf(new URL(address, "http://localhost").searchParams), { ...query, offset });
  });
}

for (const junk of ["sort=constructor", "order=up", "offset=-1", "offset=1e99", "offset=x", "sort=&q="]) {
  Deno.test(`of the address /files?${junk} nothing is taken over`, () => {
    assert.deepEqual(listOf(new URLSearchParams(junk)), { ...ALL, offset: 0 });
  });
}

Deno.test("a column sorts its natural way first, the other way with the second click", () => {
  const byName = sortedBy(ALL, "name");
  assert.deepEqual(byName, { q: "", sort: "name", order: "asc" });
  assert.equal(sortedBy(byName, "name").order, "desc");
  assert.equal(sortedBy(ALL, "at").order, "asc");
});
