import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { MB, randomFile } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { Visit } from "./visit.ts";

/** A surface of the page by the title that stands on it. */
const panel = (page: Page, title: string): Locator =>
  page.locator("section").filter({ has: page.getByRole("heading", { level: 2, name: title, exact: true }) });

/** As when another tab is shown instead of this one, and this one again. */
function turn(page: Page, state: "hidden" | "visible"): Promise<void> {
  return page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

const isEvents = (request: { url(): string }) => new URL(request.url()).pathname === "/api/events";

browserTest(
  "an open dashboard shows who joins, what is shared and what is fetched from here, without being reloaded",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await using visit = await Visit.begin(browser);
    const page = await visit.open(alice.pages);
    await page.getByText("Share a first file").waitFor();
    await panel(page, "Peers present").getByText("nobody for now").waitFor();
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));

    const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "1 MB/s" } } });
    await panel(page, "Peers present").getByText("bob").waitFor();
    const film = await alice.share(await randomFile(`${room.folder}/film.mp4`, 4 * MB));
    await panel(page, "Recent activity").getByText("film.mp4").waitFor();
    await panel(page, "Files shared").getByText("1", { exact: true }).waitFor();
    await page.getByText("Share a first file").waitFor({ state: "detached" });
    const id = await bob.begin(film);
    await page.getByRole("img", { name: /receiving 0 B\/s, sending (?!0 )/ }).waitFor();
    await bob.completes(id);
    assert.ok(await page.evaluate(() => "isSamePage" in globalThis));
    visit.isQuiet("a dashboard");
  },
);

browserTest(
  "a download is seen to begin, to move and to end, and the rail counts it meanwhile",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const film = await room.peer("alice").share(await randomFile(`${room.folder}/film.mp4`, 4 * MB));
    const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "1 MB/s" } } });
    await using visit = await Visit.begin(browser, { lang: "fr", theme: "dark" });
    const page = await visit.open(bob.pages);
    const transfers = panel(page, "Transferts en cours");
    await bob.begin(film);
    await transfers.getByText("film.mp4").waitFor();
    await page.getByRole("link", { name: /1.transfert en cours/ }).waitFor();
    const bar = transfers.getByRole("progressbar");
    const position = () => bar.evaluate((bar) => (bar as HTMLProgressElement).position).catch(() => 1);
    const before = await position();
    await until("it moves", async () => await position() > before);
    await page.getByRole("img", { name: /réception (?!0\s)/ }).waitFor();
    await visit.isFine("a download on the dashboard");
    await panel(page, "Activité récente").getByText("Téléchargé").waitFor();
    await transfers.getByText("film.mp4").waitFor({ state: "detached" });
    await page.getByRole("link", { name: /transfert en cours/ }).waitFor({ state: "detached" });
  },
);

browserTest(
  "the state of the network follows the tracker, and says why and what to do while it is gone",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    const { tracker } = room;
    const ports = ["--port", String(tracker.port), "--member-port", "0"];
    await using visit = await Visit.begin(browser, { width: 390 });
    const page = await visit.open(alice.pages);
    const pill = page.getByRole("status", { name: "State of the network" });
    await pill.getByText("Online").waitFor();
    await tracker.stop();
    await pill.getByText("Alone on this network").waitFor();
    await panel(page, "Tracker").getByText("Does not answer").waitFor();

    await pill.getByRole("button", { name: "why?" }).press("Enter");
    const why = page.getByRole("dialog", { name: "Why?" });
    await why.getByText(`The tracker at http://127.0.0.1:${tracker.port} does not answer.`).waitFor();
    await visit.isFine("why there is no tracker");
    await page.keyboard.press("Escape");
    await why.waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "why?");
    await pill.getByRole("button", { name: "why?" }).press("Enter");
    await why.getByRole("link", { name: "Open Settings" }).click();
    await page.waitForURL(/\/settings#peer\.tracker$/);
    await page.goBack();

    await tracker.start(ports);
    await pill.getByText("Online").waitFor();
    await panel(page, "Tracker").getByText("Answers").waitFor();
  },
);

browserTest("a hidden dashboard asks nothing, and knows everything when it is seen again", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser);
  const opened = visit.page.waitForResponse((response) => isEvents(response));
  const page = await visit.open(alice.pages);
  await opened;
  await page.getByText("Online").waitFor();
  const closed = page.waitForEvent("requestfailed", isEvents);
  await turn(page, "hidden");
  await closed;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await alice.share(await randomFile(`${room.folder}/meanwhile.pdf`, 1_000));
  assert.deepEqual(asked, []);
  await turn(page, "visible");
  await panel(page, "Recent activity").getByText("meanwhile.pdf").waitFor();
  await panel(page, "Files shared").getByText("1", { exact: true }).waitFor();
  assert.equal(asked.filter((url) => isEvents({ url: () => url })).length, 1);
});

browserTest("throughput is said in words, and drawn over five minutes also without a script", async (browser) => {
  await using room = await Classroom.with("alice");
  const { pages } = room.peer("alice");
  await using plain = await Visit.begin(browser, { javaScript: false });
  await plain.page.goto(pages);
  const name = "Throughput now: receiving 0\u00a0B/s, sending 0\u00a0B/s";
  const drawing = plain.page.getByRole("img", { name });
  assert.ok(await drawing.locator("svg.sparkline").isVisible());
  await plain.page.getByText("Last 5\u00a0min").waitFor();
  await using visit = await Visit.begin(browser);
  const page = await visit.open(pages);
  await page.getByRole("img", { name }).locator("canvas").waitFor();
});
