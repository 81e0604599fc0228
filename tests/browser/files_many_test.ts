import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { Classroom, type Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { row } from "./files_page.ts";
import { Visit } from "./visit.ts";

const MANY = 10_000;
const MOST_ROWS = 60;

const nameOf = (n: number) => `exercice ${String(n).padStart(5, "0")}.txt`;

/** A peer that shares ten thousand files. */
async function manyFiles(room: Classroom): Promise<Peer> {
  const folder = `${room.folder}/alice/shared_files`;
  await Deno.mkdir(folder, { recursive: true });
  for (let n = 0; n < MANY; n++) await Deno.writeTextFile(`${folder}/${nameOf(n)}`, String(n));
  const alice = await room.startPeer("alice");
  await until("all are shared", async () => (await (await alice.api()).status()).shares === MANY, 120_000);
  return alice;
}

const rows = (page: Page) => page.locator("tbody tr").count();
/** The keyboard stands on a row with this text. */
const standsOn = (page: Page, text: RegExp) =>
  until(
    `the focus is on ${text}`,
    async () => text.test(await page.evaluate(() => (document.activeElement as HTMLElement).innerText)),
  );

browserTest(
  "of ten thousand files few rows exist; scrolling, keys and words reach every one, also on a phone",
  async (browser) => {
    await using room = await Classroom.open();
    await room.startTracker();
    const alice = await manyFiles(room);
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/files?sort=name`);
    const grid = page.getByRole("grid", { name: "Files shared from this computer" });
    await grid.waitFor();
    assert.equal(await grid.getAttribute("aria-rowcount"), String(MANY + 1));
    await until("only the rows in sight are left", async () => await rows(page) <= MOST_ROWS);

    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await row(page, nameOf(MANY - 1)).waitFor();
    assert.equal(await row(page, nameOf(MANY - 1)).getAttribute("aria-rowindex"), String(MANY + 1));
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    await until("the middle is shown", async () => /exercice 0[45]/.test(await grid.innerText()));
    assert.ok(await rows(page) <= MOST_ROWS);

    await page.evaluate(() => scrollTo(0, 0));
    await row(page, nameOf(0)).waitFor();
    await row(page, nameOf(0)).focus();
    await page.keyboard.press("ArrowDown");
    await standsOn(page, /exercice 00001/);
    await page.keyboard.press("End");
    await standsOn(page, /exercice 09999/);
    await page.keyboard.press("PageUp");
    await standsOn(page, /exercice 099[6-9]\d/);
    await page.keyboard.press("Home");
    await standsOn(page, /exercice 00000/);
    await page.keyboard.press(" ");
    await page.getByText("1 file selected").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: nameOf(0) }).waitFor();
    await page.keyboard.press("Escape");
    await standsOn(page, /exercice 00000/);

    await page.getByRole("searchbox", { name: "Filter by name" }).fill("EXERCÎCE 0777");
    await page.getByText("11 files of 10,000").waitFor();
    assert.equal(await rows(page), 11);
    assert.match(page.url(), /q=EXERC%C3%8ECE\+0777/);
    await page.getByRole("searchbox", { name: "Filter by name" }).fill("nothing like this");
    await page.getByText("No file has these words in its name").waitFor();
    await page.getByRole("button", { name: "Show all files" }).click();
    await row(page, nameOf(0)).waitFor();

    await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
    await row(page, nameOf(MANY - 1)).waitFor();
    assert.ok(await rows(page) <= MOST_ROWS);
    await visit.isFine("ten thousand files");
    await onAPhone(browser, alice);
  },
);

/** The table is a list there. */
async function onAPhone(browser: Browser, alice: Peer): Promise<void> {
  await using visit = await Visit.begin(browser, { width: 390, lang: "fr", theme: "dark" });
  const page = await visit.open(`${alice.pages}/files?sort=name`);
  await row(page, nameOf(0)).waitFor();
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await row(page, nameOf(MANY - 1)).waitFor();
  assert.ok(await rows(page) <= MOST_ROWS);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
  await row(page, nameOf(MANY - 1)).getByRole("link").click();
  await page.getByRole("heading", { level: 2, name: nameOf(MANY - 1) }).waitFor();
  await visit.isFine("the details on a phone");
}
