import assert from "node:assert/strict";
import { csvRows } from "../../lib/adapters/csv_rows.ts";
import { looks } from "../../lib/adapters/look_alikes.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { describeProblem, parseRoster } from "../../lib/core/roster.ts";

const roster = async (csv: string) => parseRoster(await csvRows(csv), looks);

Deno.test("a list of names is read as teachers have it", async () => {
  for (
    const [csv, expected] of [
      ["Nom;Prénom;Classe\r\nDUPONT;Zoé;6e B\r\nMARTIN;Léo;6e B\r\n", ["Zoé DUPONT", "Léo MARTIN"]],
      ['\ufeff"Prénom";"Nom"\r\n"Zoé";"DUPONT ; VAN"\r\n', ["Zoé DUPONT ; VAN"]],
      ["Élève\tNé(e) le\nDUPONT Zoé\t01/02/2013\nMARTIN Léo\t03/04/2013", ["DUPONT Zoé", "MARTIN Léo"]],
      ["name\nalice\n\nbob\n", ["alice", "bob"]],
      ["First Name,Last Name\nAda,Lovelace", ["Ada Lovelace"]],
      ["N°;NOM DE FAMILLE;PRÉNOM\n1;DUPONT;Zoé", ["Zoé DUPONT"]],
      ["alice\nbob", ["alice", "bob"]],
      ["DUPONT;Zoé\nMARTIN;Léo;", ["Zoé DUPONT", "Léo MARTIN"]],
      ['"Dupont, Zoé"\n"Martin, Léo"', ["Dupont, Zoé", "Martin, Léo"]],
      ["\n\n  \nNom\n Zoé \n", ["Zoé"]],
      ['Nom\nZoé "Zo" Dupont', ['Zoé "Zo" Dupont']],
    ] as const
  ) assert.deepEqual((await roster(csv)).names, expected, JSON.stringify(csv));
});

Deno.test("who is named twice, or by nothing, is reported with the line", async () => {
  const { names, problems } = await roster("Nom;Prénom\nDupont;Zoé\n\nDUPONT;zoe\n;\u200b\nMartin;Léo");
  assert.deepEqual(names, ["Zoé Dupont", "Léo Martin"]);
  assert.deepEqual(problems.map(({ line, why, first }) => ({ line, why, first })), [
    { line: 4, why: "duplicate", first: 2 },
    { line: 5, why: "not-a-name", first: undefined },
  ]);
  assert.match(describeProblem(problems[0]!), /Line 4: .*line 2/);
});

Deno.test("a list that does not say where the names are is refused, and so is one too long or empty", async () => {
  for (
    const csv of [
      "",
      "Nom;Prénom\n",
      "a;b;c\nd;e;f",
      "name\n" + Array.from({ length: 5_001 }, (_, index) => `pupil ${index}`).join("\n"),
      "x".repeat(3_000_000),
      'Nom\n"never closed',
    ]
  ) {
    await assert.rejects(roster(csv), (error) => error instanceof EssaimError && error.code === "bad-input");
  }
});
