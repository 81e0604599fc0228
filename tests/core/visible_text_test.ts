import assert from "node:assert/strict";
import { visibleText } from "../../lib/core/visible_text.ts";

Deno.test("text that would turn or hide a name becomes visible, scripts written from right to left stay", () => {
  assert.equal(visibleText("photo\u202Egpj.exe"), "photo\ufffdgpj.exe");
  assert.equal(visibleText("שלום.pdf"), "שלום.pdf");
  assert.equal(visibleText("a\nb\u200b"), "a\ufffdb\ufffd");
});
