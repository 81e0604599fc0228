import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { randomFile } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { browserTest } from "./chromium.ts";
import { Visit } from "./visit.ts";

const HOSTILE = "<img src=x onerror=alert(1)>";

const trackerOf = (room: Classroom) => `http://127.0.0.1:${room.tracker.port}`;
/** The tile of this number. */
const number = (page: Page, label: string) => page.locator(".number", { hasText: label });
/** The panel with this title. */
const panel = (page: Page, title: string) =>
  page.locator(".panel", { has: page.getByRole("heading", { name: title }) });

/** Fails if the page is loaded again. */
async function markLoaded(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => document.body.dataset.loaded = "once");
  return async () => assert.equal(await page.evaluate(() => document.body.dataset.loaded), "once");
}

browserTest(
  "the dashboard follows a class live: who comes, what is shared and fetched, who leaves",
  async (browser) => {
    await using room = await Classroom.with("alice");
    await using visit = await Visit.begin(browser);
    const page = await visit.open(trackerOf(room));
    const isSamePage = await markLoaded(page);
    await number(page, "Peers connected").getByText("1", { exact: true }).waitFor();

    const bob = await room.startPeer("bob");
    await number(page, "Peers connected").getByText("2", { exact: true }).waitFor();
    await panel(page, "Who is here").getByText("bob").waitFor();

    await room.peer("alice").share(await randomFile(`${room.folder}/leçon 4.pdf`, 20_000));
    await number(page, "Files shared").getByText("1", { exact: true }).waitFor();
    const happened = panel(page, "As it happens");
    await happened.getByRole("listitem").filter({ hasText: /alice shares.*leçon 4\.pdf/ }).waitFor();

    await bob.get("leçon");
    await happened.getByRole("listitem").filter({ hasText: /bob downloaded.*leçon 4\.pdf/ }).waitFor();
    await number(page, "Given today").getByText("20 kB").waitFor();
    await number(page, "Given in all").getByText("1 download").waitFor();
    const most = panel(page, "Most downloaded");
    await most.getByRole("link", { name: "leçon 4.pdf" }).waitFor();
    await page.getByText("As a table").click();
    await page.getByRole("row").filter({ hasText: "20 kB" }).waitFor();

    await bob.stop();
    await happened.getByText(/bob\s+left/).waitFor();
    await number(page, "Peers connected").getByText("1", { exact: true }).waitFor();
    await isSamePage();
    visit.isQuiet("the dashboard");
  },
);

browserTest(
  "a tracker that goes away is missed at once, and the page is live again when it is back",
  async (browser) => {
    await using room = await Classroom.with("alice");
    await using visit = await Visit.begin(browser);
    const page = await visit.open(trackerOf(room));
    const isSamePage = await markLoaded(page);
    await number(page, "Peers connected").getByText("1", { exact: true }).waitFor();
    const ports = ["--port", String(room.tracker.port), "--member-port", "0"];
    await room.tracker.stop();
    await page.getByRole("alert").getByText("The tracker no longer answers.").waitFor();
    await page.getByRole("status", { name: "Connection to the tracker" }).getByText("Connection lost").waitFor();
    await visit.isFine("without the tracker").catch((error) => {
      assert.match(String(error), /WebSocket|ERR_CONNECTION_REFUSED/); // the browser tells of it, and nothing else is wrong
    });
    await room.tracker.start(ports);
    await page.getByText("The tracker no longer answers.").waitFor({ state: "detached" });
    await room.peer("alice").share(await randomFile(`${room.folder}/après.txt`, 1_000));
    await panel(page, "As it happens").getByText("après.txt").waitFor();
    await isSamePage();
  },
);

browserTest(
  "a visitor finds a file, and fetches it straight from a peer with nothing but a browser",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    const path = await randomFile(`${room.folder}/leçon 4.pdf`, 300_000);
    await alice.share(path);
    await alice.share(await randomFile(`${room.folder}/photo.png`, 2_000));
    await using visit = await Visit.begin(browser);
    const page = await visit.open(trackerOf(room));
    await page.keyboard.press("/");
    await page.keyboard.type("lecon");
    await page.keyboard.press("Enter");
    const found = page.getByRole("row").filter({ hasText: "leçon 4.pdf" });
    await found.waitFor();
    assert.equal(await page.getByText("photo.png").count(), 0);
    await page.getByRole("combobox", { name: "Type" }).selectOption({ label: "Images" });
    await page.getByText("Nothing fits these filters").waitFor();
    await page.getByRole("link", { name: "Remove the filters" }).last().click();
    await found.getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: "leçon 4.pdf" }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download from alice" }).click();
    const fetched = await (await download).path();
    assert.deepEqual(await Deno.readFile(fetched), await Deno.readFile(path));
    visit.isQuiet("search and file");
  },
);

browserTest("hostile names of people and files are text, everywhere", async (browser) => {
  await using room = await Classroom.open();
  await room.startTracker();
  const mallory = await room.startPeer(HOSTILE);
  const name = "&lt;script&gt;alert(1)&lt;script&gt; \u05d0\u05d1.pdf";
  const { id } = await mallory.share(await randomFile(`${room.folder}/${name}`, 1_000));
  await using visit = await Visit.begin(browser);
  const page = await visit.open(trackerOf(room));
  let alerts = 0;
  page.on("dialog", (dialog) => {
    alerts++;
    void dialog.dismiss();
  });
  for (const path of ["/", "/search?q=", `/files/${id}`, `/search?q=${encodeURIComponent(HOSTILE)}`]) {
    await visit.open(trackerOf(room) + path);
    assert.equal(await page.locator("main img, main script").count(), 0, path);
    const text = await page.locator("main").textContent();
    assert.ok(text!.includes(path.includes("img") ? HOSTILE : name), path);
  }
  await page.goto(trackerOf(room));
  await panel(page, "Who is here").getByText(HOSTILE).waitFor();
  assert.equal(alerts, 0);
  visit.isQuiet("hostile names");
});

browserTest("language and colours are chosen with a press and kept, with and without JavaScript", async (browser) => {
  await using room = await Classroom.with();
  for (const javaScript of [true, false]) {
    await using visit = await Visit.begin(browser, { javaScript });
    const { page } = visit;
    const theme = () => page.locator("html").getAttribute("data-bs-theme");
    await page.goto(trackerOf(room));
    if (javaScript) await page.locator("[data-alive]").first().waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Français" }).first().click();
    await page.getByRole("heading", { name: "La classe en un coup d’œil" }).waitFor();
    if (javaScript) await page.locator("[data-alive]").first().waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Sombre" }).first().click();
    await page.locator("html[data-bs-theme=dark]").waitFor();
    await page.goto(`${trackerOf(room)}/search`);
    await page.getByRole("heading", { name: "Recherche" }).waitFor();
    assert.equal(await theme(), "dark");
    visit.isQuiet(`JavaScript ${javaScript}`);
  }
});

browserTest("each page of the tracker is readable by everybody, in both themes and widths", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const { id } = await alice.share(await randomFile(`${room.folder}/leçon 4.pdf`, 2_000));
  const bob = await room.startPeer("bob");
  await bob.get("leçon");
  const looks = [
    { theme: "light", width: 1280, lang: "en", reads: true },
    { theme: "dark", width: 390, lang: "fr", reads: true },
    { theme: "dark", width: 1920, lang: "fr", reads: false },
  ] as const;
  for (const { reads, ...look } of looks) {
    await using visit = await Visit.begin(browser, look);
    for (const path of ["/", "/?range=week", "/search?q=", "/search?q=zz&type=image", `/files/${id}`, "/join"]) {
      const page = await visit.open(trackerOf(room) + path);
      if (path === "/") await page.locator(".chart-table summary").click();
      if (reads) await visit.isFine(`${path} ${look.theme} ${look.width}`);
      const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      assert.ok(wide <= 0, `${path} ${look.width} scrolls sideways`);
    }
  }
});
