import assert from "node:assert/strict";
import { exists } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { shared, shares, writeFiles } from "./files_page.ts";
import { Visit } from "./visit.ts";

browserTest("without JavaScript files are added, found, renamed, deleted and taken back", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await writeFiles(room.folder, { "leçon 4.pdf": "affine", "b.txt": "b" });
  await using visit = await Visit.begin(browser, { javaScript: false });
  const { page } = visit;
  await page.goto(`${alice.pages}/files`);
  await page.getByLabel("Files of this computer").setInputFiles([`${room.folder}/leçon 4.pdf`, `${room.folder}/b.txt`]);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("The files were added and shared.").waitFor();
  await shared(alice, "leçon 4.pdf", "b.txt");
  visit.isQuiet("without JavaScript");

  await page.getByRole("searchbox", { name: "Filter by name" }).fill("lecon");
  await page.keyboard.press("Enter");
  await page.getByText("1 file of 2").waitFor();
  await page.getByRole("link", { name: "leçon 4.pdf" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("..");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByText("This name cannot be used").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Name" }).inputValue(), "..");
  visit.complaints.length = 0; // the browser itself tells of a 400
  await page.getByRole("textbox", { name: "Name" }).fill("<b>cours</b>.pdf");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { level: 1, name: "_b_cours__b_.pdf" }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();

  await page.getByRole("button", { name: "Delete" }).click();
  await shared(alice, "b.txt");
  assert.ok(!await exists(`${alice.data}/shared_files/leçon 4.pdf`));
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("It is shared again.").waitFor();
  await shared(alice, "_b_cours__b_.pdf", "b.txt");
});

browserTest("without JavaScript files can wait for a choice, be discarded, taken back and shared", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await writeFiles(room.folder, { "a.txt": "a" });
  await using visit = await Visit.begin(browser, { javaScript: false, lang: "fr", width: 390 });
  const { page } = visit;
  await page.goto(`${alice.pages}/files`);
  await page.getByLabel("Fichiers de cet ordinateur").setInputFiles(`${room.folder}/a.txt`);
  await page.getByLabel("Personne pour le moment : choisir plus tard").check();
  await page.getByRole("button", { name: "Ajouter", exact: true }).click();
  await page.getByText("1 fichier attend un choix : personne ne le voit").waitFor();
  assert.deepEqual(await shares(alice), []);
  await page.getByRole("button", { name: "Abandonner" }).click();
  await page.getByText("Abandonné.").waitFor();
  await page.getByRole("button", { name: "Annuler" }).click();
  await page.getByRole("link", { name: "Choisir qui peut voir" }).click();
  visit.isQuiet("the choice without JavaScript");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await shared(alice, "a.txt");
});

browserTest("without JavaScript a long list has pages and is sorted by its heads", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const names = Array.from({ length: 130 }, (_, n) => `file ${String(n).padStart(3, "0")}.txt`);
  await writeFiles(`${alice.data}/shared_files`, Object.fromEntries(names.map((name) => [name, name])));
  await until("all are shared", async () => (await shares(alice)).length === 130);
  await using visit = await Visit.begin(browser, { javaScript: false });
  const { page } = visit;
  await page.goto(`${alice.pages}/files`);
  const sortByName = () => page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
  await sortByName();
  await page.waitForURL(/sort=name$/);
  const first = page.locator("tbody tr").first();
  assert.match(await first.innerText(), /file 000\.txt/);
  assert.equal(await page.locator("tbody tr").count(), 100);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.waitForURL(/offset=100$/);
  assert.match(await page.locator(".list-pages").innerText(), /101 to 130 of 130/);
  assert.match(await first.innerText(), /file 100\.txt/);
  await sortByName();
  await page.waitForURL(/sort=name&order=desc$/);
  assert.match(await first.innerText(), /file 129\.txt/);
});
