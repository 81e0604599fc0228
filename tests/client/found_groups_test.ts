import assert from "node:assert/strict";
import fc from "fast-check";
import { groupFound, newsOf, stateNow } from "../../lib/core/found_groups.ts";
import type { FileId, PeerId, ShareId } from "../../lib/core/ids.ts";
import type { Download, FoundHere, FoundState } from "../../lib/core/local_messages.ts";

const STATES: readonly FoundState[] = [
  { kind: "available" },
  { kind: "no-source" },
  { kind: "mine" },
  { kind: "downloading", downloadId: "d", done: 5 },
  { kind: "here", downloadId: "h", done: 10 },
];

function found(change: Partial<FoundHere> = {}): FoundHere {
  return {
    id: "a".repeat(64) as FileId,
    shareId: "1".repeat(32) as ShareId,
    ownerId: "2".repeat(32) as PeerId,
    owner: "bob",
    name: "leçon.pdf",
    kind: "file",
    size: 10,
    visibility: "public",
    peers: 1,
    at: "2025-11-12T14:05:00.000Z",
    state: { kind: "available" },
    ...change,
  };
}

function download(status: Download["status"], done = 4): Download {
  const { id, shareId, owner, name, kind, size } = found();
  return {
    ...{
      id: "e".repeat(16),
      fileId: id,
      shareId,
      owner,
      name,
      kind,
      size,
      status,
      done,
      rate: 0,
      sources: [],
      out: "/",
    },
    createdAt: "2025-11-12T14:05:00.000Z",
  };
}

const anyFound: fc.Arbitrary<FoundHere> = fc.record({
  id: fc.constantFrom("a", "b", "c").map((digit) => digit.repeat(64) as FileId),
  shareId: fc.constantFrom("1", "2", "3", "4").map((digit) => digit.repeat(32) as ShareId),
  ownerId: fc.constantFrom("5", "6").map((digit) => digit.repeat(32) as PeerId),
  owner: fc.constantFrom("bob", "chloé"),
  name: fc.constantFrom("a.pdf", "b.pdf", "c.pdf"),
  kind: fc.constantFrom("file", "folder"),
  size: fc.constant(10),
  visibility: fc.constantFrom("public", "class", "private"),
  peers: fc.nat(20),
  at: fc.constantFrom("2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z"),
  state: fc.constantFrom(...STATES),
});

Deno.test("equal files are shown once, with all their names and owners", () => {
  const [group, ...others] = groupFound([
    found({ name: "leçon 4.pdf", peers: 2 }),
    found({ name: "cours.pdf", owner: "chloé", ownerId: "3".repeat(32) as PeerId, peers: 3, visibility: "class" }),
    found({ name: "leçon 4.pdf", owner: "bob", at: "2025-11-13T00:00:00.000Z", peers: 2 }),
  ]);
  assert.deepEqual(others, []);
  assert.deepEqual(group!.names, ["leçon 4.pdf", "cours.pdf"]);
  assert.deepEqual(group!.owners.map(({ name }) => name), ["bob", "chloé"]);
  assert.equal(group!.copies, 5, "each owner's share has its own holders");
  assert.equal(group!.at, "2025-11-13T00:00:00.000Z");
  assert.equal(group!.visibility, "public");
});

Deno.test("a file that has the bytes of a folder's listing is not that folder", () => {
  assert.equal(groupFound([found(), found({ kind: "folder" })]).length, 2);
});

Deno.test("no result is lost and none is shown twice, whatever is found", () => {
  fc.assert(fc.property(fc.array(anyFound), (results) => {
    const groups = groupFound(results);
    const keyOf = ({ id, kind }: { id: string; kind: string }) => `${kind} ${id}`;
    assert.deepEqual(groups.map(keyOf), [...new Set(results.map(keyOf))]);
    for (const { id, kind, name, ownerId, shareId } of results) {
      const group = groups.find((group) => group.id === id && group.kind === kind)!;
      assert.ok(group.names.includes(name));
      assert.ok(group.owners.some((owner) => owner.id === ownerId));
      assert.ok(results.some((found) => found.shareId === group.shareId && found.name === group.names[0]), shareId);
    }
  }));
});

Deno.test("the state shown is the best that any share of the content has, whatever their order", () => {
  const order = ["mine", "here", "downloading", "available", "no-source"];
  fc.assert(fc.property(fc.array(fc.constantFrom(...STATES), { minLength: 1 }), (states) => {
    const [group] = groupFound(states.map((state) => found({ state })));
    const best = order.find((kind) => states.some((state) => state.kind === kind));
    assert.equal(group!.state.kind, best);
  }));
});

Deno.test("news of a download change what a result says", () => {
  const id = "e".repeat(16);
  const table: [from: FoundState, copies: number, news: Parameters<typeof stateNow>[1], to: FoundState][] = [
    [{ kind: "available" }, 1, undefined, { kind: "available" }],
    [{ kind: "available" }, 1, download("queued", 0), { kind: "downloading", downloadId: id, done: 0 }],
    [{ kind: "available" }, 1, download("fetching"), { kind: "downloading", downloadId: id, done: 4 }],
    [{ kind: "downloading", downloadId: id, done: 1 }, 1, download("paused"), {
      ...{ kind: "downloading", downloadId: id, done: 4 },
    }],
    [{ kind: "downloading", downloadId: id, done: 4 }, 1, download("complete", 10), {
      ...{ kind: "here", downloadId: id, done: 10 },
    }],
    [{ kind: "downloading", downloadId: id, done: 4 }, 1, "cancelled", { kind: "available" }],
    [{ kind: "downloading", downloadId: id, done: 4 }, 0, "cancelled", { kind: "no-source" }],
    [{ kind: "here", downloadId: id, done: 10 }, 1, "cancelled", { kind: "available" }],
    [{ kind: "downloading", downloadId: id, done: 4 }, 1, download("failed"), { kind: "available" }],
    [{ kind: "mine" }, 1, download("complete", 10), { kind: "mine" }],
  ];
  for (const [state, copies, news, expected] of table) {
    assert.deepEqual(stateNow({ state, copies, size: 10 }, news), expected);
  }
});

Deno.test("a download that left the list is news only for the result that showed it", () => {
  const { fileId, id } = download("fetching");
  const gone = new Set([id]);
  const shown: FoundState = { kind: "downloading", downloadId: id, done: 4 };
  assert.equal(newsOf({ id: fileId, state: shown }, { byFile: new Map(), gone }), "cancelled");
  assert.equal(newsOf({ id: fileId, state: { kind: "available" } }, { byFile: new Map(), gone }), undefined);
  assert.equal(newsOf({ id: fileId, state: shown }, { byFile: new Map(), gone: new Set() }), undefined);
  const again = download("queued", 0);
  assert.equal(newsOf({ id: fileId, state: shown }, { byFile: new Map([[fileId, again]]), gone }), again);
});
