import assert from "node:assert/strict";
import fc from "fast-check";
import { splitName, visibleText } from "../../lib/client/short_name.ts";

for (
  const [name, tail] of [
    ["leçon 4.pdf", ""],
    ["compte rendu de la réunion 12.pdf", "n 12.pdf"],
    ["compte rendu de la réunion.tar.gz", ".tar.gz"],
    ["a file with no extension at all", " all"],
    [".a hidden file with a long name", "name"],
    ["a sentence. And another one follows", "lows"],
    ["holidays of the family 👨‍👩‍👧‍👦👨‍👩‍👧‍👦 é.jpg", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦 é.jpg"],
  ] as const
) {
  Deno.test(`of ${name} the end that stays is ${JSON.stringify(tail)}`, () => {
    assert.equal(splitName(name).tail, tail);
  });
}

Deno.test("no part of a name is lost, and the end that stays is short", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (name) => {
    const { head, tail } = splitName(name);
    assert.equal(head + tail, name);
    assert.ok([...tail].length <= 64 + 12);
  }));
});

Deno.test("text that would turn or hide a name becomes visible", () => {
  assert.equal(visibleText("photo\u202Egpj.exe"), "photo\ufffdgpj.exe");
  assert.equal(visibleText("שלום.pdf"), "שלום.pdf");
  assert.equal(visibleText("a\nb\u200b"), "a\ufffdb\ufffd");
});
