import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Browser, Page } from "playwright-core";
import { exists, MB, randomFile } from "../journeys/files.ts";
import { Classroom, type Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { completePath, downloads, finished, notice, progress, sameBytes, transfer } from "./network_page.ts";
import { Visit, type VisitOptions } from "./visit.ts";

const slowly = (rate: string) => ({ settings: { limits: { download_rate: rate } } });

interface Scene extends AsyncDisposable {
  readonly alice: Peer;
  readonly bob: Peer;
  /** At bob's transfers, since before the download began. */
  readonly visit: Visit;
  readonly page: Page;
  /** What alice shares. */
  readonly path: string;
  /** Of bob's download, under way. */
  readonly id: string;
}

/** Alice shares film.mp4, and bob, who is slow and looks at his transfers, has some of it. */
async function underWay(browser: Browser, options: VisitOptions = {}, rate = "1 MB/s"): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const room = stack.use(await Classroom.with("alice"));
  const alice = room.peer("alice");
  const bob = await room.startPeer("bob", slowly(rate));
  const path = await randomFile(`${room.folder}/film.mp4`, 4 * MB);
  const film = await alice.share(path);
  const visit = stack.use(await Visit.begin(browser, options));
  const { page } = visit;
  if (options.javaScript !== false) await visit.open(`${bob.pages}/transfers`);
  const id = await bob.begin(film);
  await bob.reaches(id, ["fetching"], 0.01);
  const kept = stack.move();
  return { alice, bob, visit, page, path, id, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function press(page: Page, name: string, button: string): Promise<void> {
  await transfer(page, name).getByRole("button", { name: new RegExp(`^${button}: `) }).click();
}

/** Part of the drawing of the chunks that is here, in percent, as it says in words. */
async function drawn(page: Page): Promise<number> {
  const words = await page.locator(".chunk-map canvas").getAttribute("aria-label");
  return Number(/^(\d+)/.exec(words ?? "")?.[1] ?? -1);
}

browserTest(
  "a transfer shows progress, rate, time left and sources, and its chunks fill as they come",
  async (browser) => {
    await using room = await Classroom.with("alice", "chloé");
    const bob = await room.startPeer("bob", slowly("1 MB/s"));
    const path = await randomFile(`${room.folder}/film.mp4`, 8 * MB);
    const film = await room.peer("alice").share(path);
    await room.peer("chloé").get(film.id);
    await until("both have it", async () => (await bob.search("film"))[0]?.peers === 2);
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${bob.pages}/transfers`);
    await bob.begin(film);
    const row = transfer(page, "film.mp4");
    await row.getByText(/^about |^a few seconds|^less than/).waitFor();
    await row.locator(".transfer-rate").getByText(/B\/s$/).waitFor();
    await row.getByText("from 2 peers").waitFor();
    await row.locator("summary").click();
    const map = page.getByRole("img", { name: /% is here: .*% from .alice.*% from .chloé|% is here: .*chloé.*alice/ });
    await map.waitFor();
    const sources = row.getByRole("table", { name: "Sources" });
    for (const name of ["alice", "chloé"]) await sources.getByRole("row", { name }).getByText(/B\/s$/).waitFor();
    const colours = await sources.locator("tbody rect").evaluateAll((all) =>
      all.map((rect) => getComputedStyle(rect).fill)
    );
    assert.equal(new Set(colours).size, 2, "each source has a colour of its own");
    const [before, part] = [await drawn(page), await progress(page, "film.mp4")];
    await until("chunks come", async () => await drawn(page) > before && await progress(page, "film.mp4") > part);
    await visit.isFine("unfolded");

    await finished(page, "film.mp4").waitFor();
    assert.equal(await transfer(page, "film.mp4").count(), 0);
    await finished(page, "film.mp4").getByRole("link", { name: /^Open: / }).waitFor();
    assert.ok(await sameBytes(await completePath(bob), path));
    visit.isQuiet("a transfer from beginning to end");
  },
);

browserTest(
  "pausing stops it, also over a restart, and resuming goes on from there, with the keyboard",
  async (browser) => {
    await using scene = await underWay(browser, { theme: "dark" });
    const { bob, id, path, visit, page } = scene;
    await transfer(page, "film.mp4").getByRole("button", { name: /^Pause: / }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Paused. What is already here is kept.").waitFor();
    await page.locator(":focus[aria-label^=Resume]").waitFor();
    const { done } = await bob.reaches(id, ["paused"]);
    await transfer(page, "film.mp4").locator("summary").click();
    await transfer(page, "film.mp4").getByText("Goes to").waitFor();
    await visit.isFine("paused, unfolded, dark");

    await bob.stop();
    await bob.start();
    assert.ok((await bob.reaches(id, ["paused"])).done >= done);
    await visit.open(`${bob.pages}/transfers`);
    visit.complaints.length = 0; // the browser itself tells that the program was away
    await press(page, "film.mp4", "Resume");
    await finished(page, "film.mp4").waitFor();
    assert.ok(await sameBytes(await completePath(bob), path));
    visit.isQuiet("resumed");
  },
);

browserTest(
  "a cancelled transfer can be taken back and completes; left cancelled, nothing of it stays",
  async (browser) => {
    await using scene = await underWay(browser);
    const { bob, id, path, visit, page } = scene;
    await press(page, "film.mp4", "Cancel");
    await page.getByRole("heading", { name: "Nothing is being downloaded" }).waitFor();
    await notice(page, "film.mp4 is cancelled.").getByRole("button", { name: "Undo" }).click();
    await transfer(page, "film.mp4").waitFor();
    await finished(page, "film.mp4").waitFor();
    assert.ok(await sameBytes(await completePath(bob), path));

    await (await bob.api()).cancel(id);
    await Deno.remove(`${bob.data}/downloads/film.mp4`);
    const again = await bob.begin((await bob.search("film"))[0]!);
    await bob.reaches(again, ["fetching"], 0.01);
    await press(page, "film.mp4", "Cancel");
    await notice(page, "film.mp4 is cancelled.").getByRole("button", { name: "Close" }).click();
    await until("it is forgotten", async () => (await downloads(bob)).length === 0);
    assert.ok(!await exists(bob.partPath(again)));
    visit.isQuiet("cancelled");
  },
);

browserTest(
  "a transfer whose source goes says why it waits, and goes on by itself when it is back",
  async (browser) => {
    await using scene = await underWay(browser, { lang: "fr", width: 390 });
    const { alice, bob, path, visit, page } = scene;
    await alice.kill();
    await transfer(page, "film.mp4").locator("summary").click();
    await transfer(page, "film.mp4").getByText(/^En attente.: .*alice/).waitFor();
    await visit.isFine("waiting");
    await alice.start();
    await finished(page, "film.mp4").waitFor();
    assert.ok(await sameBytes(await completePath(bob), path));
    visit.isQuiet("waited");
  },
);

browserTest("a folder that cannot be written is said, and the transfer goes on once it can", async (browser) => {
  await using scene = await underWay(browser);
  const { bob, path, visit, page } = scene;
  const folder = `${bob.data}/downloads`;
  await press(page, "film.mp4", "Pause");
  await page.getByText("Paused. What is already here is kept.").waitFor();
  await Deno.rename(folder, `${folder}-elsewhere`);
  await Deno.writeTextFile(folder, "not a folder");
  await press(page, "film.mp4", "Resume");
  await transfer(page, "film.mp4").getByText("A file or folder cannot be written.").waitFor();
  await transfer(page, "film.mp4").locator("summary").click();
  await transfer(page, "film.mp4").getByText("What Essaim noted").waitFor();
  await visit.isFine("unwritable");
  await Deno.remove(folder);
  await Deno.rename(`${folder}-elsewhere`, folder);
  await finished(page, "film.mp4").waitFor();
  assert.ok(await sameBytes(await completePath(bob), path));
});

browserTest("a transfer that failed says why in a sentence, and can be tried again", async (browser) => {
  await using scene = await underWay(browser);
  const { bob, id, path, visit, page } = scene;
  await press(page, "film.mp4", "Pause");
  await bob.reaches(id, ["paused"]);
  await bob.stop();
  fail(bob, "bad-content", "film.mp4 is not what its owner signed.");
  await bob.start();
  await visit.open(`${bob.pages}/transfers`);
  visit.complaints.length = 0; // the browser itself tells that the program was away
  const row = transfer(page, "film.mp4");
  await row.getByText(/^What a peer sent was not the file that was asked for/).waitFor();
  await row.locator("summary").click();
  await row.getByText("film.mp4 is not what its owner signed.").waitFor();
  await visit.isFine("failed");
  await press(page, "film.mp4", "Try again");
  await finished(page, "film.mp4").waitFor();
  assert.ok(await sameBytes(await completePath(bob), path));
  visit.isQuiet("tried again");
});

/** Only a dishonest owner makes a download fail for good; here its note of a peer that is stopped says so. */
function fail(peer: Peer, code: string, reason: string): void {
  const db = new DatabaseSync(`${peer.data}/peer.db`);
  db.prepare("UPDATE downloads SET row = json_patch(row, ?)")
    .run(JSON.stringify({ state: "failed", reason, why: { code } }));
  db.close();
}

browserTest(
  "the history has pages, gives up one line and takes it back, and is cleared; files stay",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const bob = await room.startPeer("bob");
    const names = Array.from({ length: 27 }, (_, n) => `page ${n}.txt`);
    for (const name of names) await randomFile(`${room.peer("alice").data}/shared_files/${name}`, 1_000);
    const found = await until("all are found", async () => {
      const found = await bob.search("page");
      return found.length === names.length && found;
    });
    for (const each of found) await bob.completes(await bob.begin(each));
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${bob.pages}/transfers`);
    const lines = page.locator(".history-table tbody tr");
    assert.equal(await lines.count(), 25);
    await page.getByRole("link", { name: "Older" }).click();
    await until("the last page is shown", async () => await lines.count() === 2);
    await visit.isFine("the second page");
    await page.getByRole("link", { name: "Newer" }).click();
    await until("the first page is shown", async () => await lines.count() === 25);
    const first = await lines.first().locator(".file-name").innerText();
    await lines.first().getByRole("button", { name: /^Remove from the list: / }).click();
    await finished(page, first).waitFor({ state: "detached" });
    await notice(page, "removed from the list. The file stays").getByRole("button", { name: "Undo" }).click();
    await finished(page, first).waitFor();
    await page.getByRole("button", { name: "Clear the list" }).click();
    await page.getByText("Finished downloads are listed here.").waitFor();
    await notice(page, "27 lines are removed from the list.").getByRole("button", { name: "Close" }).click();
    await until("they are forgotten", async () => (await downloads(bob)).length === 0);
    assert.equal([...Deno.readDirSync(`${bob.data}/downloads`)].filter(({ name }) => /^page/.test(name)).length, 27);
    visit.isQuiet("the history");
  },
);

browserTest("all can be paused and resumed at once", async (browser) => {
  await using room = await Classroom.with("alice");
  const bob = await room.startPeer("bob", slowly("1 MB/s"));
  const ids = [];
  for (const name of ["a.mp4", "b.mp4"]) {
    ids.push(await bob.begin(await room.peer("alice").share(await randomFile(`${room.folder}/${name}`, 3 * MB))));
  }
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${bob.pages}/transfers`);
  await page.getByRole("button", { name: "Pause all" }).click();
  for (const id of ids) await bob.reaches(id, ["paused"]);
  await page.getByRole("button", { name: "Resume all" }).click();
  for (const name of ["a.mp4", "b.mp4"]) await finished(page, name).waitFor();
  visit.isQuiet("all at once");
});

browserTest("without JavaScript a transfer is read, paused, resumed, cancelled, kept and deleted", async (browser) => {
  await using scene = await underWay(browser, { javaScript: false }, "300 KB/s");
  const { bob, id, visit, page } = scene;
  await page.goto(`${bob.pages}/transfers`);
  assert.ok(await progress(page, "film.mp4") > 0);
  await transfer(page, "film.mp4").locator("summary").click();
  await transfer(page, "film.mp4").getByRole("row", { name: "alice" }).waitFor();
  await press(page, "film.mp4", "Pause");
  await page.getByText("Paused. What is already here is kept.").waitFor();
  await press(page, "film.mp4", "Resume");
  await bob.reaches(id, ["fetching", "finding", "queued"]);
  await press(page, "film.mp4", "Cancel");
  await page.getByText("what came of it is still here").waitFor();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await bob.reaches(id, ["fetching", "finding", "queued"]);
  await press(page, "film.mp4", "Cancel");
  await page.getByRole("button", { name: "Delete what came of it" }).click();
  await page.getByRole("heading", { name: "Nothing is being downloaded" }).waitFor();
  assert.deepEqual(await downloads(bob), []);
  assert.ok(!await exists(bob.partPath(id)));
  visit.isQuiet("without JavaScript");
});
