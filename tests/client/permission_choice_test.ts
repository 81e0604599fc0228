import assert from "node:assert/strict";
import {
  chosenVisibility,
  isNarrower,
  nextChoice,
  openChoice,
  type PermissionEvent,
  suggestions,
} from "../../components/files/permission_choice.ts";
import type { Directory } from "../../components/files/recipients.ts";
import type { UserId } from "../../lib/core/ids.ts";

const user = (n: number) => n.toString(16).padStart(32, "0") as UserId;
const person = (n: number, name: string) => ({ kind: "person", id: user(n), name }) as const;
const CLASS: Directory = {
  className: "Terminale S2",
  recipients: [
    person(1, "Chloé Martin"),
    person(2, "Bob"),
    person(3, "Émile"),
    { kind: "group", id: "g", name: "Groupe B", members: [user(2), user(3)] },
  ],
};

function choose(...events: PermissionEvent[]) {
  const start = openChoice({ visibility: "private" }, CLASS);
  return events.reduce((choice, event) => nextChoice(choice, event, CLASS), start);
}

for (
  const [typed, found] of [
    ["", ["Groupe B", "Bob", "Chloé Martin", "Émile"]],
    ["b", ["Groupe B", "Bob"]],
    ["chloe", ["Chloé Martin"]],
    ["MAR chl", ["Chloé Martin"]],
    ["emi", ["Émile"]],
    ["ob", []],
  ] as const
) {
  Deno.test(`typing ${JSON.stringify(typed)} finds ${found.join(", ") || "nobody"}`, () => {
    assert.deepEqual(suggestions(choose({ kind: "typed", text: typed }), CLASS).map(({ name }) => name), found);
  });
}

Deno.test("Enter adds the marked name, which is then no longer offered, and empties the field", () => {
  const choice = choose({ kind: "typed", text: "b" }, { kind: "moved", by: 1 }, { kind: "added" });
  assert.deepEqual(choice.chosen.map(({ name }) => name), ["Bob"]);
  assert.equal(choice.typed, "");
  assert.ok(!suggestions(choice, CLASS).some(({ name }) => name === "Bob"));
});

Deno.test("the arrows go round the names found", () => {
  assert.equal(choose({ kind: "moved", by: -1 }).active, 3);
  assert.equal(choose({ kind: "moved", by: -1 }, { kind: "moved", by: 1 }).active, 0);
  assert.equal(choose({ kind: "typed", text: "nobody" }, { kind: "moved", by: 1 }).active, 0);
});

Deno.test("Enter with no name found adds nothing", () => {
  assert.deepEqual(choose({ kind: "typed", text: "nobody" }, { kind: "added" }).chosen, []);
});

Deno.test("groups are kept as groups, so that they can be followed", () => {
  const choice = choose({ kind: "added", id: "g" }, { kind: "added", id: user(2) }, { kind: "added", id: user(1) });
  assert.deepEqual(chosenVisibility(choice), { visibility: "private", allow: [user(2), user(1)], groups: ["g"] });
});

Deno.test("chips can be taken away again, the last one with Backspace", () => {
  const both = [{ kind: "added", id: "g" }, { kind: "added", id: user(1) }] as const;
  assert.deepEqual(choose(...both, { kind: "removed", id: "g" }).chosen.map(({ name }) => name), ["Chloé Martin"]);
  assert.deepEqual(choose(...both, { kind: "removed-last" }).chosen.map(({ name }) => name), ["Groupe B"]);
});

Deno.test("with nobody chosen it is only for this user, but a name that is only typed is not lost", () => {
  assert.deepEqual(chosenVisibility(choose()), { visibility: "private", allow: [], groups: [] });
  assert.equal(chosenVisibility(choose({ kind: "typed", text: "bob" })), undefined);
  assert.deepEqual(chosenVisibility(choose({ kind: "visibility", visibility: "class" })), { visibility: "class" });
});

Deno.test("a choice is narrower when somebody who sees a file would not any more", () => {
  const row = (visibility: "public" | "class" | "private", ...allow: UserId[]) => [{ visibility, allow }];
  const toGroup = { visibility: "private", allow: [user(1)], groups: ["g"] } as const;
  for (
    const [chosen, before, expected] of [
      [{ visibility: "class" }, row("public"), true],
      [{ visibility: "class" }, row("private", user(9)), false],
      [{ visibility: "public" }, row("class"), false],
      [toGroup, row("class"), true],
      [toGroup, row("private", user(2), user(3)), false],
      [toGroup, row("private", user(9)), true],
      [toGroup, [...row("private"), ...row("public")], true],
    ] as const
  ) {
    const { allow = [], groups = [] } = chosen as { allow?: readonly UserId[]; groups?: readonly string[] };
    const choice = { visibility: chosen.visibility, allow: [...allow], groups: [...groups] };
    assert.equal(isNarrower(choice, before, CLASS), expected, JSON.stringify([chosen, before]));
  }
});

Deno.test("the dialog opens with the last choice, its people and groups", () => {
  const last = openChoice({ visibility: "private", allow: [user(1)], groups: ["g", "gone"] }, CLASS);
  assert.deepEqual(last.chosen.map(({ name }) => name), ["Chloé Martin", "Groupe B"]);
  const choice = openChoice({ visibility: "private", allow: [user(2), user(9)] }, CLASS);
  assert.equal(choice.visibility, "private");
  assert.deepEqual(choice.chosen.map(({ name }) => name), ["Bob"]);
  assert.deepEqual([last.gone, choice.gone], [0, 1], "who left the class");
});

Deno.test("without a class only everyone can be chosen", () => {
  const choice = openChoice({ visibility: "private", allow: [user(2)] }, undefined);
  assert.deepEqual(chosenVisibility(choice), { visibility: "public" });
  assert.deepEqual(suggestions(choice, undefined), []);
});
