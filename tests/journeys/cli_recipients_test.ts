import assert from "node:assert/strict";
import { recipientsIn } from "../../lib/cli/recipients.ts";
import { printableLines } from "../../lib/cli/table.ts";
import type { UserId } from "../../lib/core/ids.ts";
import { isolated } from "../../lib/core/visible_text.ts";

const PEOPLE = ["Bob", "Chloé", "Dupont, Marie", "Zoé"].map((name) => ({ id: `id of ${name}` as UserId, name }));
const class_ = (people = PEOPLE) =>
  ({
    ...{ people, me: "Teacher", name: "3B", until: "2026-12-25T00:00:00Z" },
    groups: [{ id: "id of Group 1", name: "Group 1", users: [] }],
  }) as unknown as Parameters<typeof recipientsIn>[1];
const namesIn = (text: string, people = PEOPLE) => {
  const { allow, groups } = recipientsIn(text, class_(people), "essaim class");
  return [...allow, ...groups].map((id) => id.replace("id of ", ""));
};

Deno.test("people and groups are named with commas between them, also those with a comma in their name", () => {
  for (
    const [text, expected] of [
      ["Bob,chloé", ["Bob", "Chloé"]],
      ["Dupont, Marie", ["Dupont, Marie"]],
      ["bob, DUPONT,marie , group 1", ["Bob", "Dupont, Marie", "Group 1"]],
      ["Teacher, Bob,", ["Bob"]],
      ["", []],
    ] as const
  ) assert.deepEqual(namesIn(text), expected, text);
});

Deno.test("nobody gets what is for several others by being called as all of them together", () => {
  const people = [{ id: "id of Bob,Chloé" as UserId, name: "Bob,Chloé" }, ...PEOPLE];
  assert.deepEqual(namesIn("Bob,Chloé", people), ["Bob", "Chloé"]);
});

Deno.test("a name that nobody has is told with what to do", () => {
  assert.throws(() => namesIn("Bob,Zoe"), { code: "bad-input", message: /is called Zoe\. Did you mean Zoé\?/ });
  assert.throws(() => namesIn("Nobody at all"), { code: "bad-input", message: /Who is there: essaim class/ });
});

Deno.test("a name that is kept apart in a page stands plainly in the terminal", () => {
  assert.equal(printableLines(`${isolated("Anna")} is here.\n${isolated("a\u202eb")}`), "Anna is here.\na\ufffdb");
});
