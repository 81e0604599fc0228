import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { MB, randomFile } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { Visit } from "./visit.ts";

const PEER_PAGES = ["/", "/files", "/network?q=", "/transfers", "/settings", "/nowhere"];

/** A class in which every list has something. */
async function busyClass(): Promise<Classroom> {
  const room = await Classroom.with("alice");
  const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "100 KB/s" } } });
  const alice = room.peer("alice");
  await alice.share(await randomFile(`${room.folder}/leçon 4.pdf`, 20_000));
  const film = await alice.share(await randomFile(`${room.folder}/film.mp4`, 8 * MB));
  await bob.get("leçon");
  await bob.reaches(await bob.begin(film), ["fetching"], 0.01);
  await bob.share(await randomFile(`${room.folder}/exposé.odp`, 20_000));
  return room;
}

/** What is wrong with how a page fits: things wider than the screen make it scroll sideways. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

browserTest(
  "every page is readable by everybody, in both themes, on a phone and on a desk, and asks nobody outside",
  async (browser) => {
    await using room = await busyClass();
    const own = PEER_PAGES.map((path) => room.peer("bob").pages + path);
    const tracker = ["/", "/search?q=", "/nowhere"].map((path) => `http://127.0.0.1:${room.tracker.port}${path}`);
    for (
      const look of [{ theme: "light", width: 1280, lang: "en" }, { theme: "dark", width: 390, lang: "fr" }] as const
    ) {
      await using visit = await Visit.begin(browser, look);
      for (const url of [...own, ...tracker]) {
        const page = await visit.open(url);
        const what = `${url} ${look.theme} ${look.width}`;
        if (url.endsWith("/nowhere")) visit.complaints.length = 0; // the browser itself tells of a 404
        await visit.isFine(what);
        assert.ok(await overflow(page) <= 0, `${what} scrolls sideways`);
        assert.equal(await page.locator("h1").count(), 1, what);
      }
    }
  },
);

browserTest("without JavaScript every page can be read", async (browser) => {
  await using room = await busyClass();
  await using visit = await Visit.begin(browser, { javaScript: false, lang: "fr" });
  const expected = {
    "/": /alice|leçon 4\.pdf/,
    "/files": /exposé\.odp/,
    "/network?q=le%C3%A7on": /leçon 4\.pdf/,
    "/transfers": /film\.mp4/,
    "/settings": /Cet ordinateur/,
  };
  for (const [path, text] of Object.entries(expected)) {
    await visit.page.goto(room.peer("bob").pages + path);
    assert.match(await visit.page.locator("main").innerText(), text, path);
  }
  visit.isQuiet("without JavaScript");
});

browserTest("a page says when Essaim stops and when it is back, without being reloaded", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(alice.pages);
  const ports = ["--port", "0", "--member-port", "0", "--udp-port", "0", "--ui-port", String(alice.uiPort)];
  await alice.stop();
  await page.getByText("Essaim no longer answers").waitFor();
  await alice.start(ports);
  await page.getByText("Essaim no longer answers").waitFor({ state: "detached" });
  const { tracker } = room;
  await tracker.stop();
  await page.getByText("Alone on this network").waitFor();
});

browserTest("language and colours follow the switches, and are kept", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser, { lang: "en" });
  const page = await visit.open(`${alice.pages}/files`);
  await page.getByRole("button", { name: "Français" }).click();
  await page.getByRole("heading", { level: 1, name: "Mes fichiers" }).waitFor();
  await page.getByRole("button", { name: "Sombre" }).click();
  await page.locator("html[data-bs-theme=dark]").waitFor({ state: "attached" });
  await using other = await Visit.begin(browser, { lang: "en" });
  const again = await other.open(alice.pages);
  assert.equal(await again.locator("html").getAttribute("lang"), "fr");
  assert.equal(await again.locator("html").getAttribute("data-bs-theme"), "dark");
  const saved = await until("it is saved", async () => {
    const text = await Deno.readTextFile(`${alice.data}/config.yaml`);
    return /language: fr|"language": "fr"|language: "fr"/.test(text) && text;
  });
  assert.match(saved, /dark/);
});
