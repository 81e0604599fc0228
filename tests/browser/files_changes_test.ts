import assert from "node:assert/strict";
import { exists } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { dialog, readable, rename, row, shared, shares, writeFiles } from "./files_page.ts";
import { Visit } from "./visit.ts";

browserTest(
  "a file is renamed; what cannot be a name is said next to the field, and what was typed stays",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await writeFiles(alice.data, { "shared_files/a.txt": "a" });
    await shared(alice, "a.txt");
    for (const theme of ["light", "dark"] as const) {
      await using visit = await Visit.begin(browser, { theme });
      const page = await visit.open(`${alice.pages}/files`);
      const { name } = (await shares(alice))[0]!;
      await rename(page, name, "...");
      await dialog(page).getByRole("alert").getByText("This name cannot be used").waitFor();
      visit.complaints.length = 0; // the browser itself tells of a 400
      assert.equal(await dialog(page).getByRole("textbox", { name: "Name" }).inputValue(), "...");
      await visit.isFine(`details, ${theme}`);
      await dialog(page).getByRole("textbox", { name: "Name" }).fill(`${theme}.txt`);
      await page.keyboard.press("Enter");
      await row(page, `${theme}.txt`).waitFor();
      await shared(alice, `${theme}.txt`);
      assert.ok(await exists(`${alice.data}/shared_files/a.txt`), "the file keeps its own name");
    }
  },
);

browserTest("the focus stays on the file that was changed, also where that moves it in the list", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await writeFiles(`${alice.data}/shared_files`, { "1.txt": "1", "2.txt": "2", "3.txt": "3", "4.txt": "4" });
  await shared(alice, "1.txt", "2.txt", "3.txt", "4.txt");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${alice.pages}/files?sort=name`);
  await rename(page, "2.txt", "9.txt");
  await shared(alice, "1.txt", "3.txt", "4.txt", "9.txt");
  await page.locator('[data-index="3"]', { hasText: "9.txt" }).waitFor();
  await dialog(page).waitFor({ state: "detached" });
  await until("the focus is on it", () =>
    page.evaluate(() => {
      const focused = document.activeElement;
      return focused?.closest("tr")?.getAttribute("data-index") === "3" && focused.matches("[data-do=open]");
    }));
  await page.keyboard.press("ArrowUp");
  await until(
    "the row above has it",
    () => page.evaluate(() => document.activeElement?.textContent?.includes("4.txt") ?? false),
  );
});

browserTest(
  "a deleted file can be taken back; one elsewhere on the computer is only no longer shared",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await writeFiles(room.folder, { "alice/shared_files/owned.txt": "o", "elsewhere.txt": "e" });
    await alice.share(`${room.folder}/elsewhere.txt`);
    await shared(alice, "owned.txt", "elsewhere.txt");
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/files`);
    await row(page, "owned.txt").getByRole("button", { name: "Delete" }).click();
    await page.getByText("owned.txt deleted. Those who already fetched it keep it.").waitFor();
    await shared(alice, "elsewhere.txt");
    await until("the file is away", async () => !await exists(`${alice.data}/shared_files/owned.txt`));
    await row(page, "owned.txt").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await row(page, "owned.txt").waitFor();
    await shared(alice, "owned.txt", "elsewhere.txt");
    await until("the file is back", () => readable(`${alice.data}/shared_files/owned.txt`, "o"));

    await row(page, "elsewhere.txt").getByRole("button", { name: "Delete" }).click();
    await page.getByText("elsewhere.txt is no longer shared. The file stays on this computer.").waitFor();
    await shared(alice, "owned.txt");
    assert.equal(await Deno.readTextFile(`${room.folder}/elsewhere.txt`), "e");
  },
);

browserTest("several chosen files are deleted together and come back together", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await writeFiles(`${alice.data}/shared_files`, { "1.txt": "1", "2.txt": "2", "3.txt": "3", "4.txt": "4" });
  await shared(alice, "1.txt", "2.txt", "3.txt", "4.txt");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${alice.pages}/files?sort=name`);
  await page.getByRole("checkbox", { name: "Select 1.txt" }).click();
  await page.getByRole("checkbox", { name: "Select 3.txt" }).click({ modifiers: ["Shift"] });
  await page.getByText("3 files selected").waitFor();
  await visit.isFine("a selection");
  await page.locator(".selection").getByRole("button", { name: "Delete" }).click();
  await shared(alice, "4.txt");
  await page.getByRole("button", { name: "Undo" }).click();
  await shared(alice, "1.txt", "2.txt", "3.txt", "4.txt");
  await row(page, "2.txt").waitFor();
});

browserTest(
  "who can see a file is changed in the same dialog, and the focus returns to where it was",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await writeFiles(alice.data, { "shared_files/a.txt": "a" });
    await shared(alice, "a.txt");
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/files`);
    const button = row(page, "a.txt").getByRole("button", { name: "Everyone" });
    await button.click();
    await page.getByRole("heading", { name: "Who can see a.txt?" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    assert.ok(await button.evaluate((element) => element === document.activeElement));
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    await page.keyboard.press("Control+Enter");
    await dialog(page).waitFor({ state: "detached" });
    await page.getByText("Saved.").waitFor();
  },
);

browserTest(
  "a link is copied, or shown to be selected where copying is not allowed, with its QR code",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await writeFiles(alice.data, { "shared_files/a.txt": "a" });
    await shared(alice, "a.txt");
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/files`);
    await visit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await row(page, "a.txt").getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Link copied.").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^http:\/\//);

    await page.getByRole("button", { name: "QR code" }).click();
    const code = dialog(page).getByRole("img", { name: "QR code of the link" });
    await until("the code is drawn", () => code.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0));
    await visit.isFine("the link");
    await page.keyboard.press("Escape");

    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed"));
    });
    await row(page, "a.txt").getByRole("button", { name: "Copy link" }).click();
    const field = dialog(page).getByRole("textbox").first();
    await field.focus();
    assert.equal(await field.inputValue(), copied);
    assert.equal(await page.evaluate(() => getSelection()?.toString()), copied);
  },
);
