import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { randomFile, sha256 } from "../journeys/files.ts";
import { Home, RECORDS } from "../journeys/home.ts";
import { beaconPort, Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { dialog, row } from "./files_page.ts";
import { Visit, type VisitOptions } from "./visit.ts";

const TWO_MINUTES_MS = 120_000;
const MOST_CLICKS = 8;

/** The address that `essaim` gave to the browser. */
async function openedBy(home: Home): Promise<string> {
  return await until("the pages are opened", async () => (await home.opened()).at(-1));
}

/** Counts how often the mouse is pressed, over all pages of a visit. */
async function countClicks({ context }: Visit): Promise<() => number> {
  let clicks = 0;
  await context.exposeBinding("clicked", () => void clicks++);
  await context.addInitScript(() => {
    const told = globalThis as unknown as { clicked(): void };
    addEventListener("pointerdown", ({ isTrusted }) => isTrusted && told.clicked(), { capture: true });
  });
  return () => clicks;
}

async function typeInto(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name, exact: true }).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

browserTest(
  "from an empty home folder to the first shared file in under two minutes and eight clicks",
  async (browser) => {
    await using room = await Classroom.open();
    const udp = ["--udp-port", beaconPort()];
    const settings = { discovery: { interval: "1 s" } };
    await room.startTracker({ settings, ports: ["--port", "0", "--member-port", "0", ...udp] });
    await room.startPeer("bob");
    await room.join("bob");
    const [, code] = (await room.joinLink()).split("#");
    const file = await randomFile(`${room.folder}/leçon 4.pdf`, 300_000);
    const began = performance.now();

    await using home = await Home.empty(RECORDS);
    home.start(...udp);
    await using visit = await Visit.begin(browser);
    const clicks = await countClicks(visit);
    const page = await visit.open(await openedBy(home));
    await page.getByRole("heading", { name: "Welcome to Essaim" }).waitFor();
    await page.getByRole("radio", { name: code!.slice(0, 9) }).check();
    await visit.isFine("the first step, with a class that is heard");
    await typeInto(page, "Code", code!.slice(10));
    await typeInto(page, "Your name", "Zoé");
    await page.getByRole("button", { name: "Join" }).click();

    await page.getByRole("heading", { name: "Which folder is shared?" }).waitFor();
    assert.equal(await page.getByLabel("Folder", { exact: true }).inputValue(), `${home.folder}/Essaim`);
    assert.equal(await page.locator("[aria-current=step]").innerText(), "2\nYour folder");
    await visit.isFine("the second step");
    await page.getByRole("button", { name: "Share this folder" }).click();

    await page.getByText("Share a first file").waitFor();
    await page.locator("[data-alive]").first().waitFor({ state: "attached" });
    await visit.isFine("the third step");
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Add files" }).click();
    await (await choosing).setFiles(file);
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await row(page, "leçon 4.pdf").waitFor();

    assert.ok(performance.now() - began < TWO_MINUTES_MS);
    assert.ok(clicks() > 4 && clicks() <= MOST_CLICKS, `${clicks()} clicks`);
    assert.equal(await sha256(`${home.folder}/Essaim/leçon 4.pdf`), await sha256(file));
    const [found] = await until("bob finds it", async () => {
      const found = await room.peer("bob").search("leçon");
      return found.length === 1 && found;
    });
    assert.equal(found?.owner, "Zoé");
    assert.equal(await sha256((await room.peer("bob").get(found!.id)).path), await sha256(file));
    await page.goto(new URL("/", page.url()).href);
    await page.getByRole("heading", { name: "Dashboard" }).waitFor();
    visit.isQuiet("all of it");
  },
);

for (const javaScript of [true, false]) {
  browserTest(
    `each first step can be skipped, with the keyboard alone and ${javaScript ? "with" : "without"} JavaScript`,
    async (browser) => {
      await using home = await Home.empty(RECORDS);
      home.start();
      await using visit = await Visit.begin(browser, { lang: "fr", javaScript });
      const { page } = visit;
      const press = async (name: string, role: "button" | "link" = "button") => {
        await page.getByRole(role, { name }).focus();
        await page.keyboard.press("Enter");
      };
      await page.goto(await openedBy(home));
      await page.getByText("Aucune classe ne se fait connaître").waitFor();
      await press("Sans classe pour le moment");
      const folder = page.getByLabel("Dossier", { exact: true });
      await folder.fill("/proc/nothing/Essaim");
      await press("Partager ce dossier");
      await page.getByRole("alert").waitFor();
      assert.equal(await folder.inputValue(), "/proc/nothing/Essaim");
      visit.complaints.splice(0); // the browser notes the refused form
      if (javaScript) await visit.isFine("a folder that cannot be made");
      await press("Décider plus tard", "link");
      await press("Pas maintenant", "link");
      await page.getByRole("heading", { name: "Accueil" }).waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "Accueil" }).waitFor();

      await page.goto(new URL("/welcome?step=folder", page.url()).href);
      await folder.fill(`${home.folder}/Documents/Cours`);
      await press("Partager ce dossier");
      await page.getByText("Partager un premier fichier").waitFor();
      await randomFile(`${home.folder}/Documents/Cours/notes.txt`, 100);
      await until("what is put there is shared", async () => {
        const { out } = await home.run("shares", "--json");
        return JSON.parse(out).length === 1;
      });
      visit.isQuiet("skipped");
    },
  );
}

browserTest("the first steps are in order in each language, theme and width", async (browser) => {
  await using home = await Home.empty(RECORDS);
  home.start();
  const address = await openedBy(home);
  const looks: VisitOptions[] = [{ lang: "fr", theme: "dark", width: 390 }, { lang: "en", theme: "dark", width: 1280 }];
  for (const look of [...looks, { lang: "fr", width: 1280 }, { lang: "en", width: 390 }] as VisitOptions[]) {
    await using visit = await Visit.begin(browser, look);
    for (const path of ["welcome", "welcome?step=folder", "files?first"]) {
      const page = visit.page;
      await page.goto(address + path);
      await page.locator(".first-steps").waitFor();
      await visit.isFine(`${path} ${JSON.stringify(look)}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${path} is ${wide} px too wide`);
    }
  }
});
