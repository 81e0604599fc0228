import assert from "node:assert/strict";
import { ClientError } from "../../lib/client/api.ts";
import { FoundFiles, MOST_RESULTS, RESULTS_PAGE } from "../../lib/client/found_files.ts";
import type { Found } from "../../lib/core/found_groups.ts";
import type { FoundHere, FoundPage } from "../../lib/core/local_messages.ts";
import { type NetworkQuery, readNetworkQuery } from "../../lib/core/network_query.ts";

const nothing = readNetworkQuery(new URLSearchParams());
const query = (q: string): NetworkQuery => ({ ...nothing, q });
const named = (name: string) => ({ name }) as FoundHere;
const page = (names: string[], cursor?: string): FoundPage => ({ results: names.map(named), cursor, from: "tracker" });

/** The page after its first results; answers come when the test gives them. */
function search(first: Partial<Found> = {}) {
  const asked: { path: string; answer: PromiseWithResolvers<FoundPage> }[] = [];
  const late = Promise.withResolvers<void>();
  const delays: number[] = [];
  const files = new FoundFiles(
    {
      get: <T>(path: string) => {
        const answer = Promise.withResolvers<FoundPage>();
        asked.push({ path, answer });
        return answer.promise as Promise<T>;
      },
    },
    { query: nothing, results: [], cursor: undefined, from: "tracker", failure: undefined, ...first },
    (ms) => {
      delays.push(ms);
      return Promise.resolve();
    },
    () => late.promise,
  );
  const names = () => files.found.value.results.map(({ name }) => name);
  return { files, asked, delays, names, late };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("what was found stays until the newer search is answered", async () => {
  const { files, asked, names } = search({ results: [named("old")] });
  files.search(query("new"));
  assert.deepEqual(names(), ["old"]);
  assert.equal(files.waiting.value, "search");
  asked[0]!.answer.resolve(page(["new"]));
  await settled();
  assert.deepEqual(names(), ["new"]);
  assert.equal(files.found.value.query.q, "new");
  assert.equal(files.waiting.value, undefined);
});

Deno.test("keys wait for the next one, choices do not", async () => {
  const { files, delays } = search();
  files.search(query("a"), true);
  files.search({ ...query("a"), type: "video" });
  await settled();
  assert.equal(delays.length, 1);
  assert.ok(delays[0]! < 100);
});

Deno.test("the next page is added below, once, and not to another search", async () => {
  const { files, asked, names } = search({ results: [named("1")], cursor: "next" });
  files.more();
  files.more();
  assert.equal(asked.length, 1);
  assert.match(asked[0]!.path, /cursor=next/);
  files.search(query("other"));
  asked[0]!.answer.resolve(page(["2"]));
  asked[1]!.answer.resolve(page(["a"], "more"));
  await settled();
  assert.deepEqual(names(), ["a"]);
  files.more();
  asked[2]!.answer.resolve(page(["b"]));
  await settled();
  assert.deepEqual(names(), ["a", "b"]);
  files.more();
  assert.equal(asked.length, 3, "there is no further page");
});

Deno.test("a page that cannot be had leaves what is shown and can be asked for again", async () => {
  const { files, asked, names } = search({ results: [named("1")], cursor: "next" });
  files.more();
  asked[0]!.answer.reject(new ClientError("unreachable", "away"));
  await settled();
  assert.deepEqual(names(), ["1"]);
  assert.ok(files.moreFailed.value);
  files.more();
  asked[1]!.answer.resolve(page(["2"]));
  await settled();
  assert.deepEqual([names(), files.moreFailed.value], [["1", "2"], undefined]);
});

Deno.test("a search that fails says so and forgets results that are not its own", async () => {
  const { files, asked, names } = search({ results: [named("old")] });
  files.search(query("new"));
  asked[0]!.answer.reject(new ClientError("unreachable", "away"));
  await settled();
  assert.deepEqual([names(), files.found.value.failure], [[], { code: "unreachable", detail: "away" }]);
  files.retry();
  asked[1]!.answer.resolve(page(["new"]));
  await settled();
  assert.deepEqual([names(), files.found.value.failure], [["new"], undefined]);
});

Deno.test("bringing results up to date keeps them when it fails, and gives way to what somebody asks", async () => {
  const { files, asked, names } = search({ results: [named("old")] });
  files.refresh();
  asked[0]!.answer.reject(new ClientError("lost", "stopped"));
  await settled();
  assert.deepEqual([names(), files.found.value.failure], [["old"], undefined]);
  files.refresh();
  files.search(query("new"));
  asked[1]!.answer.resolve(page(["old again"]));
  asked[2]!.answer.resolve(page(["new"]));
  await settled();
  assert.deepEqual(names(), ["new"]);
  files.search(query("newer"));
  files.refresh();
  assert.equal(asked.length, 4, "a refresh never takes the place of a search");
});

Deno.test("a list of several pages is not shortened by bringing it up to date, and has an end", () => {
  const many = (amount: number) => Array.from({ length: amount }, (_, at) => named(String(at)));
  const long = search({ results: many(RESULTS_PAGE + 1), cursor: "next" });
  long.files.refresh();
  assert.equal(long.asked.length, 0);
  const full = search({ results: many(MOST_RESULTS), cursor: "next" });
  full.files.more();
  assert.equal(full.asked.length, 0);
});

Deno.test("what is known already is shown while the answer takes its time, which then takes its place", async () => {
  const { files, asked, names, late } = search({ results: [named("old")] });
  files.search(query("new"));
  assert.equal(asked.length, 1);
  late.resolve();
  await settled();
  assert.match(asked[1]!.path, /q=new.*&from=cache$/);
  asked[1]!.answer.resolve({ ...page(["known"]), from: "cache" });
  await settled();
  assert.deepEqual([names(), files.waiting.value, files.found.value.from], [["known"], "search", "cache"]);
  asked[0]!.answer.resolve(page(["known", "new"]));
  await settled();
  assert.deepEqual([names(), files.waiting.value, files.found.value.from], [["known", "new"], undefined, "tracker"]);
});

Deno.test("what is known already never takes the place of an answer, nor of results while nothing is known", async () => {
  const { files, asked, names, late } = search({ results: [named("old")] });
  late.resolve();
  files.search(query("new"));
  await settled();
  asked[1]!.answer.resolve({ ...page([]), from: "cache" });
  await settled();
  assert.deepEqual(names(), ["old"]);
  files.search(query("newer"));
  await settled();
  asked[2]!.answer.resolve(page(["newer"]));
  await settled();
  asked[3]!.answer.resolve({ ...page(["late"]), from: "cache" });
  await settled();
  assert.deepEqual(names(), ["newer"]);
});
