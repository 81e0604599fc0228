import assert from "node:assert/strict";
import { ClientError } from "../../lib/client/api.ts";
import { Notices, UNDO_MS } from "../../lib/client/notices.ts";
import { Scheduled } from "./scheduled.ts";

function setup() {
  const time = new Scheduled();
  const notices = new Notices(time.after);
  return { time, notices, texts: () => notices.list.value.map(({ text }) => text) };
}

const ERRORS = { "disk-full": "The disk is full.", internal: "Something unexpected." };

Deno.test("an undo is offered for ten seconds and done once", async () => {
  const { time, notices, texts } = setup();
  let undone = 0;
  const id = notices.undoable("notes.pdf is deleted.", "Undo", () => void undone++);
  time.pass(UNDO_MS - 1);
  assert.deepEqual(texts(), ["notes.pdf is deleted."]);
  await notices.act(id);
  await notices.act(id);
  assert.equal(undone, 1);
  assert.deepEqual(texts(), []);
  assert.equal(time.waiting, 0);

  notices.undoable("other.pdf is deleted.", "Undo", () => void undone++);
  time.pass(UNDO_MS);
  assert.deepEqual(texts(), []);
  assert.equal(undone, 1);
});

Deno.test("a notice stays while it is read, and then has its whole time again", () => {
  const { time, notices, texts } = setup();
  const id = notices.undoable("deleted", "Undo", () => {});
  time.pass(9_000);
  notices.hold(id);
  time.pass(60_000);
  assert.deepEqual(texts(), ["deleted"]);
  notices.release(id);
  time.pass(9_999);
  assert.deepEqual(texts(), ["deleted"]);
  time.pass(1);
  assert.deepEqual(texts(), []);
});

Deno.test("an error stays until it is closed, in words of its code, with the exact message in its details", () => {
  const { time, notices, texts } = setup();
  const id = notices.failed(new ClientError("disk-full", "Cannot store chunk 7", 507), ERRORS);
  time.pass(3_600_000);
  assert.deepEqual(texts(), ["The disk is full."]);
  assert.equal(notices.list.value[0]?.detail, "disk-full: Cannot store chunk 7");
  notices.close(id);
  assert.deepEqual(texts(), []);
  notices.failed(new TypeError("x is undefined"), ERRORS);
  notices.failed(new ClientError("unheard-of", "?"), ERRORS);
  assert.deepEqual(texts(), ["Something unexpected."], "the same words are shown once");
});

Deno.test("at most five are shown; those that need no answer go first", () => {
  const { notices, texts } = setup();
  notices.failed(new ClientError("disk-full", ""), ERRORS);
  notices.undoable("deleted", "Undo", () => {});
  for (const text of ["one", "two", "three", "four"]) notices.info(text);
  assert.deepEqual(texts(), ["The disk is full.", "deleted", "two", "three", "four"]);
  for (const text of ["a", "b", "c"]) notices.undoable(text, "Undo", () => {});
  assert.equal(texts().length, 5);
  assert.ok(texts().includes("deleted"));
});

Deno.test("an action that fails reaches whoever asked for it", async () => {
  const { notices, texts } = setup();
  const id = notices.undoable("deleted", "Undo", () => Promise.reject(new ClientError("not-found", "gone")));
  await assert.rejects(notices.act(id), { code: "not-found" });
  assert.deepEqual(texts(), []);
});
