import assert from "node:assert/strict";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { dropFiles } from "./drop.ts";
import { dialog, readable, rename, row, shared, shares, writeFiles } from "./files_page.ts";
import { Visit } from "./visit.ts";

browserTest("a dropped file asks who can see it, and Ctrl+Enter shares it with everyone", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${alice.pages}/files`);
  await writeFiles(room.folder, { "leçon 4.pdf": "affine" });
  await dropFiles(page, `${room.folder}/leçon 4.pdf`);
  await page.getByRole("heading", { name: "Who can see leçon 4.pdf?" }).waitFor();
  const everyone = dialog(page).getByRole("radio", { name: /^Everyone on this network/ });
  assert.ok(
    await everyone.evaluate((radio) => radio === document.activeElement && (radio as HTMLInputElement).checked),
  );
  for (const name of [/^The class/, /^Only some people/]) {
    assert.ok(await dialog(page).getByRole("radio", { name }).isDisabled());
  }
  await visit.isFine("the permission dialog");
  await page.keyboard.press("Enter");
  assert.deepEqual(await shares(alice), [], "Enter alone shares nothing");
  await page.keyboard.press("Control+Enter");
  const [share] = await shared(alice, "leçon 4.pdf");
  assert.equal(share!.visibility, "public");
  await until("the file lies in the shared folder", () => readable(share!.path, "affine"));
  await row(page, "leçon 4.pdf").getByText("Everyone").waitFor();
  await visit.isFine("the list");
});

browserTest(
  "Esc keeps a file private and says so; it waits, also after a restart, and can be discarded and taken back",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/files`);
    await writeFiles(room.folder, { "secret.txt": "mine" });
    await dropFiles(page, `${room.folder}/secret.txt`);
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("secret.txt stays private: nobody else sees it until you choose.").waitFor();
    await page.getByText("1 file waits for your choice: nobody sees it").waitFor();
    assert.deepEqual(await shares(alice), []);
    await visit.isFine("a file that waits");

    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByText("1 file waits for your choice").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("1 file waits for your choice").waitFor();

    await alice.stop();
    await alice.start();
    await visit.open(`${alice.pages}/files`);
    await page.getByRole("link", { name: "Choose who can see" }).click();
    await page.getByRole("heading", { name: "Who can see secret.txt?" }).waitFor();
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await shared(alice, "secret.txt");
  },
);

browserTest("a folder becomes one share with all that is in it", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${alice.pages}/files`);
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`photos/2024/${n}.txt`, `${n}`]));
  await writeFiles(room.folder, { ...many, "photos/readme.md": "hello" });
  await dropFiles(page, `${room.folder}/photos`);
  await page.getByRole("heading", { name: "Who can see photos?" }).waitFor();
  await page.keyboard.press("Control+Enter");
  const [share] = await shared(alice, "photos");
  assert.deepEqual([share!.kind, share!.files], ["folder", 251]);
  await until("the folder lies in the shared folder", () => readable(`${share!.path}/2024/17.txt`, "17"));
  await row(page, "photos").waitFor();
});

browserTest("files chosen with the button are asked about together", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser, { lang: "fr" });
  const page = await visit.open(`${alice.pages}/files`);
  const names = Array.from({ length: 12 }, (_, n) => `exercice ${n}.txt`);
  await writeFiles(room.folder, Object.fromEntries(names.map((name) => [name, name])));
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Ajouter des fichiers" }).click();
  await (await choosing).setFiles(names.map((name) => `${room.folder}/${name}`));
  await page.getByRole("heading", { name: "Qui peut voir ces 12 fichiers" }).waitFor();
  await dialog(page).getByRole("button", { name: "Enregistrer" }).click();
  await shared(alice, ...names);
});

browserTest("hostile names are text everywhere", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${alice.pages}/files`);
  const names = ["<img src=x onerror=alert(1)>.pdf", "photo\u202egpj.exe"];
  const { folder } = room;
  await writeFiles(folder, { [names[0]!]: "1", [names[1]!]: "2" });
  await dropFiles(page, `${folder}/${names[0]}`);
  await page.getByRole("heading", { name: `Who can see ${names[0]}?` }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".pending").getByText("_img src=x onerror=alert(1)_.pdf").waitFor();
  await dropFiles(page, `${folder}/${names[1]}`);
  await page.getByRole("heading", { name: "Who can see photo\ufffdgpj.exe?" }).waitFor();
  await page.keyboard.press("Control+Enter");
  await shared(alice, "photo_gpj.exe");
  await row(page, "photo_gpj.exe").waitFor();
  await rename(page, "photo_gpj.exe", "<b onclick=alert(1)>x<b>.pdf");
  await row(page, "_b onclick=alert(1)_x_b_.pdf").waitFor();
  assert.equal(await page.locator("img[src=x], main script, .file-table b").count(), 0);
  visit.isQuiet("hostile names");
});
