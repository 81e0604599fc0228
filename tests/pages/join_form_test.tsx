import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import { type HeardClass, heardLink } from "../../components/class/heard_classes.tsx";
import { JoinForm } from "../../components/class/join_form.tsx";
import type { Language } from "../../lib/i18n/language.ts";

const HEARD: HeardClass = { name: "<b>S2</b>", tracker: "http://10.0.0.2:5000", fingerprint: "0123-4567" };

function form(lang: Language, heard: readonly HeardClass[], chosen: string, link = "", failed?: string): string {
  const typed = { link, tracker: "", heard: chosen, name: "alice" };
  return render(<JoinForm {...{ lang, typed, heard, failed }} hasTracker={false} removedFrom={null} />);
}

Deno.test("classes heard on the network are proposed with the beginning of their code, and sent by the plain form", () => {
  for (
    const [lang, title, compare] of [
      ["en", "Classes on this network", "Compare"],
      ["fr", "Classes de ce réseau", "À comparer"],
    ] as const
  ) {
    assert.ok(!form(lang, [], "").includes(title));
    const html = form(lang, [HEARD], "");
    for (
      const part of [title, compare, "&lt;b>S2&lt;/b>", "0123-4567", 'value="http://10.0.0.2:5000/join#0123-4567"']
    ) {
      assert.ok(html.includes(part), part);
    }
    assert.match(html, /<input type="radio"[^>]*name="heard" value checked/);
  }
});

Deno.test("once one is chosen, only its code and the name are asked", () => {
  const html = form("en", [HEARD], heardLink(HEARD), "ABCD-EFGH", "unreachable");
  assert.ok(html.includes("It begins with 0123-4567"));
  assert.ok(html.includes("The tracker does not answer."));
  assert.ok(!form("en", [HEARD], heardLink(HEARD)).includes("Link or code"));
});
