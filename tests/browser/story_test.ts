import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { MB, randomFile, sha256 } from "../journeys/files.ts";
import { Classroom, type Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { dropFiles } from "./drop.ts";
import { dialog, row, shared } from "./files_page.ts";
import { Visit } from "./visit.ts";

/** The row of a transfer. */
const transfer = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

async function percent(page: Page, name: string): Promise<number> {
  const bar = transfer(page, name).getByRole("progressbar").first();
  return await bar.evaluate((bar) => (bar as HTMLProgressElement).position);
}

async function pathOf(peer: Peer, name: string): Promise<string> {
  return await until(`${name} is complete`, async () => {
    const downloads = await (await peer.api()).downloads();
    return downloads.find((download) => download.name === name && download.status === "complete")?.path;
  });
}

browserTest(
  "a file dropped on one computer is found, fetched and verified on another, all in the browser",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "1 MB/s" } } });
    const film = await randomFile(`${room.folder}/vidéo du cours.mp4`, 5 * MB);

    await using giver = await Visit.begin(browser);
    const files = await giver.open(`${alice.pages}/files`);
    await dropFiles(files, film);
    await dialog(files).waitFor();
    await files.keyboard.press("Control+Enter");
    await shared(alice, "vidéo du cours.mp4");

    await using taker = await Visit.begin(browser);
    const network = await taker.open(`${bob.pages}/network`);
    await network.keyboard.press("/");
    await network.keyboard.type("cours vid", { delay: 20 });
    const result = row(network, "vidéo du cours.mp4");
    await result.getByText("alice").waitFor();
    await result.getByRole("button", { name: /^Download/ }).click();
    await result.getByText(/^Downloading \d+%/).waitFor();

    const transfers = await taker.open(`${bob.pages}/transfers`);
    await until("the progress moves", async () => await percent(transfers, "vidéo du cours.mp4") > 0.1);
    await transfer(transfers, "vidéo du cours.mp4").getByRole("button", { name: /^Pause/ }).click();
    await transfers.getByText("Paused. What is already here is kept.").waitFor();
    const paused = await percent(transfers, "vidéo du cours.mp4");
    await transfer(transfers, "vidéo du cours.mp4").locator("summary").click();
    await taker.isFine("a paused transfer, unfolded");
    await transfer(transfers, "vidéo du cours.mp4").getByRole("button", { name: /^Resume/ }).click();
    await transfer(transfers, "vidéo du cours.mp4").getByText("alice").last().waitFor();
    await until("it goes on", async () => await percent(transfers, "vidéo du cours.mp4") > paused);
    assert.equal(await sha256(await pathOf(bob, "vidéo du cours.mp4")), await sha256(film));
    await transfers.getByRole("heading", { name: "Finished" }).waitFor();

    const again = await taker.open(`${bob.pages}/network?q=cours`);
    await row(again, "vidéo du cours.mp4").getByText("Already here").waitFor();
    await row(files, "vidéo du cours.mp4").getByRole("gridcell", { name: "2", exact: true }).waitFor();
    taker.isQuiet("the taker");
    giver.isQuiet("the giver");
  },
);

browserTest(
  "a cancelled download can be taken back, and one whose source is away says so and goes on by itself",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "1 MB/s" } } });
    const film = await alice.share(await randomFile(`${room.folder}/film.mp4`, 12 * MB));
    const id = await bob.begin(film);
    await bob.reaches(id, ["fetching"], 0.05);
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${bob.pages}/transfers`);
    await transfer(page, "film.mp4").getByRole("button", { name: /^Cancel/ }).click();
    await page.getByText("film.mp4 is cancelled.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await bob.reaches(id, ["fetching"], 0.05);

    await alice.kill();
    await page.getByText(/^Waiting: alice, who shares it, is away|^Waiting: nobody present has the/).waitFor();
    await alice.start();
    await bob.completes(id);
    await page.getByRole("heading", { name: "Finished" }).waitFor();
    visit.isQuiet("transfers");
  },
);

browserTest("filters, groups and hostile names of the network are what they say", async (browser) => {
  await using room = await Classroom.with("alice", "bob", "chloé");
  const [alice, bob, chloé] = ["alice", "bob", "chloé"].map((name) => room.peer(name)) as [Peer, Peer, Peer];
  const hostile = "<img src=x onerror=alert(1)>.pdf";
  await randomFile(`${chloé.data}/shared_files/photo.jpg`, 2_000_000);
  const notes = await randomFile(`${room.folder}/notes.pdf`, 30_000);
  await Deno.copyFile(notes, `${room.folder}/cours.pdf`);
  await alice.share(notes);
  await chloé.share(`${room.folder}/cours.pdf`);
  const { shareId } = await alice.share(await randomFile(`${room.folder}/x.pdf`, 1_000));
  const token = await Deno.readTextFile(`${alice.data}/api-token`);
  const renamed = await fetch(`${alice.pages}/api/shares/${shareId}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token.trim()}` },
    body: JSON.stringify({ name: hostile }),
  });
  const { name: made } = await renamed.json();
  await until("all is found", async () => (await bob.search("")).length === 4);

  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${bob.pages}/network?q=`);
  const rows = page.locator("[data-result]");
  await until("equal content is one row", async () => await rows.count() === 3);
  await row(page, "also called").getByText(/alice|chloé/).first().waitFor();
  assert.match(await page.locator("main").textContent() ?? "", /_img src=x onerror=alert\(1\)_\.pdf/);
  assert.equal(await page.locator("main img[src=x]").count(), 0);
  assert.ok(made.includes("img src=x"));
  await page.getByLabel("Type").selectOption({ label: "Images" });
  await until("only images", async () => await rows.count() === 1 && /photo\.jpg/.test(await rows.innerText()));
  await page.getByLabel("Type").selectOption({ label: "All types" });
  await page.getByLabel("Owner").fill("chlo");
  await until("only of chloé", async () => {
    const texts = await rows.allInnerTexts();
    return texts.length === 2 && texts.every((text) => text.includes("chloé"));
  });
  await visit.isFine("filtered");
});

browserTest("without JavaScript a file is searched, fetched, paused, resumed and cancelled", async (browser) => {
  await using room = await Classroom.with("alice");
  const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "500 KB/s" } } });
  const film = await room.peer("alice").share(await randomFile(`${room.folder}/film.mp4`, 4 * MB));
  await using visit = await Visit.begin(browser, { javaScript: false });
  const { page } = visit;
  await page.goto(`${bob.pages}/network`);
  await page.getByRole("searchbox").first().fill("film");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await row(page, "film.mp4").getByRole("button", { name: /^Download/ }).click();
  const download = await until("it is on its way", async () => (await (await bob.api()).downloads())[0]);
  assert.equal(download.fileId, film.id);
  await page.goto(`${bob.pages}/transfers`);
  await page.getByRole("button", { name: /^Pause:|^Pause$/ }).first().click();
  await bob.reaches(download.id, ["paused"]);
  await page.getByRole("button", { name: /^Resume:|^Resume$/ }).first().click();
  await bob.reaches(download.id, ["fetching", "finding"]);
  await page.getByRole("button", { name: /^Cancel/ }).first().click();
  await page.getByText("what came of it is still here").waitFor();
  await page.getByRole("button", { name: "Delete what came of it" }).click();
  await until("it is gone", async () => (await (await bob.api()).downloads()).length === 0);
  visit.isQuiet("without JavaScript");
});
