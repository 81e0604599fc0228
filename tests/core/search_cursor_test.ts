import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_CURSOR_LENGTH } from "../../lib/core/messages.ts";
import { nameKey } from "../../lib/core/search.ts";
import { parseCursor, writeCursor } from "../../lib/core/search_cursor.ts";
import { SEARCH_SORTS } from "../../lib/core/search_request.ts";
import { peerId, shareId } from "../fakes.ts";

const at = { owner: peerId(7), shareId: shareId(8) };

Deno.test("a place is read back from its cursor, which is never too long to send", () => {
  fc.assert(fc.property(
    fc.constantFrom(...SEARCH_SORTS),
    fc.constantFrom("asc", "desc"),
    fc.maxSafeInteger(),
    fc.string({ unit: "binary", maxLength: 255 }),
    (sort, order, number, name) => {
      const place = { ...at, key: sort === "name" ? nameKey(name) : number };
      const cursor = writeCursor(place, sort, order);
      assert.deepEqual(parseCursor(cursor, sort, order), place);
      assert.ok(cursor.length <= MAX_CURSOR_LENGTH);
      assert.equal(encodeURIComponent(cursor), cursor);
    },
  ));
  const longest = writeCursor({ ...at, key: nameKey("\u{1d15e}".repeat(100) + "𐀀".repeat(100)) }, "relevance", "desc");
  assert.ok(longest.length <= MAX_CURSOR_LENGTH, `${longest.length}`);
});

Deno.test("a cursor of another sort, another order or another program is refused", () => {
  const cursor = writeCursor({ ...at, key: 5 }, "size", "desc");
  const encoded = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url" });
  for (
    const [text, sort, order] of [
      [cursor, "date", "desc"],
      [cursor, "size", "asc"],
      [writeCursor({ ...at, key: 5 }, "name", "asc"), "name", "asc"],
      [writeCursor({ ...at, key: "a" }, "size", "asc"), "size", "asc"],
      ["", "size", "desc"],
      ["x", "size", "desc"],
      ["__proto__", "size", "desc"],
      ["9~1~a~b", "size", "desc"],
      [encoded({}), "size", "desc"],
      [encoded(["size", "desc", 5, "x", at.shareId]), "size", "desc"],
      [encoded(["size", "desc", 1.5, at.owner, at.shareId]), "size", "desc"],
      [`${cursor}é`, "size", "desc"],
    ] as const
  ) assert.throws(() => parseCursor(text, sort, order), { code: "bad-input" }, text);
});
