import assert from "node:assert/strict";
import fc from "fast-check";
import { listFolder } from "../../lib/core/folder_listing.ts";
import { ignoredNames } from "../../lib/core/ignore.ts";
import { encodeListing, parseListing } from "../../lib/core/listing.ts";
import {
  isWithin,
  type KnownFile,
  planScan,
  type ScanInput,
  type SeenFile,
  type UnsettledFile,
} from "../../lib/core/scan.ts";
import { fileId } from "../fakes.ts";

const seen = (path: string, size = 1, mtimeMs = 1, inode = 1): SeenFile => ({ path, size, mtimeMs, inode });
const known = (path: string, size = 1, mtimeMs = 1, inode = 1): KnownFile => ({
  ...seen(path, size, mtimeMs, inode),
  id: fileId(1),
});
const plan = (input: Partial<ScanInput>) =>
  planScan({ known: [], seen: [], unreadable: [], sightings: new Map(), now: 0, quietPeriodMs: 0, ...input });
const short = (input: Partial<ScanInput>) => {
  const { hash, moved, gone, waiting, unchanged } = plan(input);
  return {
    hash: hash.map(({ path }) => path),
    moved: moved.map(({ from, to }) => `${from}>${to.path}`),
    gone,
    waiting: waiting.map(({ path, since }) => `${path}@${since}`),
    unchanged,
  };
};
const nothing = { hash: [], moved: [], gone: [], waiting: [], unchanged: 0 };

Deno.test("a scan tells new, edited, renamed, deleted and unchanged files apart", () => {
  const cases: [string, Partial<ScanInput>, Partial<ReturnType<typeof short>>][] = [
    ["new", { seen: [seen("a")] }, { hash: ["a"] }],
    ["unchanged", { known: [known("a")], seen: [seen("a")] }, { unchanged: 1 }],
    ["other size", { known: [known("a")], seen: [seen("a", 2)] }, { hash: ["a"] }],
    ["other time, even an older one", { known: [known("a", 1, 9)], seen: [seen("a", 1, 3)] }, { hash: ["a"] }],
    ["replaced by a copy", { known: [known("a")], seen: [seen("a", 1, 1, 2)] }, { hash: ["a"] }],
    ["deleted", { known: [known("a")] }, { gone: ["a"] }],
    ["renamed", { known: [known("a")], seen: [seen("b")] }, { moved: ["a>b"] }],
    ["renamed and edited", { known: [known("a")], seen: [seen("b", 2)] }, { gone: ["a"], hash: ["b"] }],
    ["linked, not renamed", { known: [known("a")], seen: [seen("a"), seen("b")] }, { unchanged: 1, hash: ["b"] }],
    ["renamed and linked", { known: [known("a")], seen: [seen("b"), seen("c")] }, { moved: ["a>b"], hash: ["c"] }],
    ["no inodes on this disk", { known: [known("a", 1, 1, 0)], seen: [seen("b", 1, 1, 0)] }, {
      gone: ["a"],
      hash: ["b"],
    }],
    ["moved over another", { known: [known("a"), known("b", 1, 1, 2)], seen: [seen("b")] }, {
      gone: ["a"],
      hash: ["b"],
    }],
    ["swapped", { known: [known("a"), known("b", 1, 1, 2)], seen: [seen("a", 1, 1, 2), seen("b")] }, {
      hash: ["a", "b"],
    }],
    ["unreadable folder", { known: [known("d/a"), known("dd/a")], unreadable: ["d"] }, { gone: ["dd/a"] }],
  ];
  for (const [name, input, expected] of cases) assert.deepEqual(short(input), { ...nothing, ...expected }, name);
});

Deno.test("a file waits until two equal sightings are the quiet period apart", () => {
  const sighted = (file: SeenFile, since: number) => new Map<string, UnsettledFile>([[file.path, { ...file, since }]]);
  const cases: [string, Partial<ScanInput>, Partial<ReturnType<typeof short>>][] = [
    ["first sighting", { seen: [seen("a")], now: 100 }, { waiting: ["a@100"] }],
    ["too soon", { seen: [seen("a")], now: 109, sightings: sighted(seen("a"), 100) }, { waiting: ["a@100"] }],
    ["quiet", { seen: [seen("a")], now: 110, sightings: sighted(seen("a"), 100) }, { hash: ["a"] }],
    ["grew meanwhile", { seen: [seen("a", 2)], now: 200, sightings: sighted(seen("a"), 100) }, {
      waiting: ["a@200"],
    }],
    ["time of the future", { seen: [seen("a", 1, 9e15)], now: 110, sightings: sighted(seen("a", 1, 9e15), 100) }, {
      hash: ["a"],
    }],
    ["renamed: no wait", { known: [known("a")], seen: [seen("b")], now: 1 }, { moved: ["a>b"] }],
  ];
  for (const [name, input, expected] of cases) {
    assert.deepEqual(short({ quietPeriodMs: 10, ...input }), { ...nothing, ...expected }, name);
  }
});

Deno.test("whatever the disk holds, each seen file is planned once and each known one is kept, moved or gone", () => {
  const file = fc.record({
    path: fc.constantFrom("a", "b", "c", "d/a", "d/b", "e"),
    size: fc.integer({ min: 0, max: 1 }),
    mtimeMs: fc.integer({ min: 0, max: 1 }),
    inode: fc.integer({ min: 0, max: 3 }),
  });
  const files = fc.uniqueArray(file, { selector: ({ path }) => path });
  fc.assert(fc.property(files, files, fc.boolean(), (before, now, unreadable) => {
    const lists = plan({
      known: before.map((one) => ({ ...one, id: fileId(1) })),
      seen: now,
      unreadable: unreadable ? ["d"] : [],
    });
    const planned = [...lists.hash.map(({ path }) => path), ...lists.moved.map(({ to }) => to.path)];
    assert.equal(new Set(planned).size, planned.length);
    assert.equal(planned.length + lists.waiting.length + lists.unchanged, now.length);
    const seenPaths = new Set(now.map(({ path }) => path));
    for (const { path } of before) {
      const fate = [
        seenPaths.has(path),
        lists.gone.includes(path),
        lists.moved.some(({ from }) => from === path),
        unreadable && isWithin(path, "d") && !seenPaths.has(path) && !lists.gone.includes(path) &&
        !lists.moved.some(({ from }) => from === path),
      ];
      assert.equal(fate.filter(Boolean).length, 1, path);
    }
  }));
});

Deno.test("the listing of any folder can be read back by everyone", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
    fc.constantFrom("CON", "a", "A", "a.", "é", "é", "a:", "...", "ﬁ", "fi"),
  ).filter((name) => !/[/\0]/.test(name) && name !== "." && name !== "..");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
  fc.assert(fc.property(fc.uniqueArray(path, { maxLength: 12 }), (paths) => {
    const files = paths.filter((path) => !paths.some((other) => other !== path && isWithin(other, path)));
    const { listing, left } = listFolder({
      files: files.map((path) => ({ path, size: 1, id: fileId(1) })),
      emptyFolders: [],
    });
    assert.equal(parseListing(encodeListing(listing)).files.length + left.length, files.length);
    assert.deepEqual(left, []);
  }));
});

Deno.test("ignored names are whole names, whatever their case", () => {
  const isIgnored = ignoredNames([".*", "*.tmp", "Thumbs.db", "a?b", "d[1]"]);
  const ignored = [".git", "x.TMP", "thumbs.db", "a?b", "axb", "A😀b", "d[1]"];
  const shown = ["x.tmp2", "my.git", "ab", "axxb", "thumbs-db", "d1"];
  assert.deepEqual([ignored.filter(isIgnored), shown.filter(isIgnored)], [ignored, []]);
  assert.equal(ignoredNames([])("x"), false);
});
