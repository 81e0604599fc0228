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
  assert.ok(html.includes("It begins with 0123\u20114567"));
  assert.ok(html.includes("The tracker does not answer."));
  assert.ok(!form("en", [HEARD], heardLink(HEARD)).includes("Link or code"));
});

Deno.test("half of a code says that the other half is missing", () => {
  const says = (heard: readonly HeardClass[], link: string, lang: Language = "en") =>
    form(lang, heard, heard.map(heardLink)[0] ?? "", link, "wrong-code");
  for (const link of ["0123-4567", "http://10.0.0.2:5000/join#01234567"]) {
    assert.match(says([], link), /This is half of a code\./);
    assert.match(says([], link, "fr"), /C’est la moitié d’un code\./);
  }
  assert.match(says([HEARD], "0123 4567"), /This is half of a code\./);
  assert.doesNotMatch(says([HEARD], "ABCD-EFGH"), /This is half of a code\./);
  assert.doesNotMatch(says([], "0123-4567-ABCD-EFGH"), /This is half of a code\./);
});
