import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { MB, randomFile, sha256, tree } from "../journeys/files.ts";
import { Classroom, type Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { completePath, downloads, finds, notice, result, results, sameBytes, shows } from "./network_page.ts";
import { Visit } from "./visit.ts";

/** Slow enough to be watched. */
const SLOW = { settings: { limits: { download_rate: "1 MB/s" } } };

async function renameShare(peer: Peer, shareId: string, name: string): Promise<void> {
  const token = (await Deno.readTextFile(`${peer.data}/api-token`)).trim();
  const answer = await fetch(`${peer.pages}/api/shares/${shareId}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
  assert.ok(answer.ok, await answer.text());
}

browserTest("the keyboard alone searches, fetches and opens a file", async (browser) => {
  await using room = await Classroom.with("alice");
  const bob = await room.startPeer("bob", SLOW);
  const film = await randomFile(`${room.folder}/vidéo du cours.mp4`, 2 * MB);
  await room.peer("alice").share(film);
  await room.peer("alice").share(await randomFile(`${room.folder}/autre cours.pdf`, 1_000));
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${bob.pages}/network`);
  await page.keyboard.press("/");
  await page.keyboard.type("vide");
  await shows(page, "vidéo du cours.mp4");
  await page.keyboard.type("o cours");
  await page.waitForURL(/\/network\?q=video\+cours$/);
  await shows(page, "vidéo du cours.mp4");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  const download = result(page, "vidéo").getByRole("button", { name: /^Download: / });
  assert.ok(await download.evaluate((button) => button === document.activeElement));
  await page.keyboard.press("Enter");
  await notice(page, "vidéo du cours.mp4 is on its way.").waitFor();
  await result(page, "vidéo").getByText(/^Downloading \d+%$/).waitFor();
  await page.locator(":focus", { hasText: /^Downloading/ }).waitFor();
  const open = result(page, "vidéo").getByRole("link", { name: /^Open: / });
  await open.waitFor();
  await result(page, "vidéo").getByText("Already here").waitFor();
  assert.ok(await sameBytes(await completePath(bob), film));
  const saving = page.waitForEvent("download");
  await page.locator(":focus", { hasText: /^Open/ }).waitFor();
  await page.keyboard.press("Enter");
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), "vidéo du cours.mp4");
  assert.ok(await sameBytes(await saved.path(), film));
  visit.isQuiet("a search with the keyboard");
});

browserTest(
  "what was found is filtered and sorted; the address keeps it, and one press takes it back",
  async (browser) => {
    await using room = await Classroom.with("alice", "chloé", "bob");
    const [alice, chloé, bob] = ["alice", "chloé", "bob"].map((name) => room.peer(name)) as [Peer, Peer, Peer];
    await alice.share(await randomFile(`${room.folder}/b photo.jpg`, 2 * MB));
    await alice.share(await randomFile(`${room.folder}/c cours.pdf`, 3_000));
    await chloé.share(await randomFile(`${room.folder}/a cours.pdf`, 40_000));
    await finds(bob, "", 3);
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${bob.pages}/network`);
    await until("all three are shown", async () => await results(page).count() === 3);

    await page.getByRole("button", { name: "Name" }).or(page.getByRole("link", { name: "Name" })).first().click();
    await shows(page, "a cours.pdf", "b photo.jpg", "c cours.pdf");
    await page.getByRole("button", { name: "Ascending; press for descending" }).click();
    await shows(page, "c cours.pdf", "b photo.jpg", "a cours.pdf");
    await page.getByLabel("Sort by").selectOption({ label: "Size" });
    await shows(page, "b photo.jpg", "a cours.pdf", "c cours.pdf");

    await page.getByRole("combobox", { name: "Size" }).selectOption({ label: "Below 1 MB" });
    await shows(page, "a cours.pdf", "c cours.pdf");
    await page.getByLabel("Owner").fill("chlo");
    await shows(page, "a cours.pdf");
    await page.waitForURL(/size=1&owner=chlo&sort=size$/);
    await visit.open(page.url());
    await shows(page, "a cours.pdf");
    assert.equal(await page.getByLabel("Owner").inputValue(), "chlo");
    await page.getByLabel("Type").selectOption({ label: "Images" });
    await page.getByRole("heading", { name: "Nothing fits these filters" }).waitFor();
    await visit.isFine("nothing fits");
    await page.getByRole("link", { name: "Remove the filters" }).first().click();
    await shows(page, "b photo.jpg", "a cours.pdf", "c cours.pdf");
    assert.equal(await page.getByLabel("Owner").inputValue(), "");
    await page.getByLabel("Type").selectOption({ label: "Images" });
    await shows(page, "b photo.jpg");
    await visit.isFine("filtered");
  },
);

browserTest("what nobody present has says so, is left out on request, and can be asked for again", async (browser) => {
  await using room = await Classroom.with("alice", "chloé", "bob");
  const [alice, chloé, bob] = ["alice", "chloé", "bob"].map((name) => room.peer(name)) as [Peer, Peer, Peer];
  const path = await randomFile(`${room.folder}/alice's.pdf`, 3_000);
  await alice.share(path);
  await chloé.share(await randomFile(`${room.folder}/chloe's.pdf`, 3_000));
  await finds(bob, "", 2);
  await alice.stop();
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${bob.pages}/network?sort=name`);
  await shows(page, "alice's.pdf", "chloe's.pdf");
  const away = result(page, "alice's.pdf");
  await away.getByText("Nobody has it now").waitFor();
  await visit.isFine("no source");
  await page.getByRole("checkbox", { name: "Available now" }).check();
  await shows(page, "chloe's.pdf");
  await page.getByRole("checkbox", { name: "Available now" }).uncheck();
  await away.getByRole("button", { name: /^Ask again: / }).click();
  await notice(page, "Nobody present has alice's.pdf.").waitFor();
  await page.getByRole("button", { name: "Fetch it when somebody is back" }).click();
  await away.getByText("Downloading 0%").waitFor();
  await alice.start();
  await away.getByRole("link", { name: /^Open: / }).waitFor();
  assert.ok(await sameBytes(await completePath(bob), path));
  visit.isQuiet("no source");
});

browserTest("equal content is one row with all its names and owners, fetched once", async (browser) => {
  await using room = await Classroom.with("alice", "chloé", "bob");
  const [alice, chloé, bob] = ["alice", "chloé", "bob"].map((name) => room.peer(name)) as [Peer, Peer, Peer];
  const notes = await randomFile(`${room.folder}/notes.pdf`, 30_000);
  await Deno.copyFile(notes, `${room.folder}/cours 4.pdf`);
  await alice.share(notes);
  await chloé.share(`${room.folder}/cours 4.pdf`);
  await finds(bob, "", 2);
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${bob.pages}/network`);
  await until("it is one row", async () => await results(page).count() === 1);
  const row = results(page).first();
  await row.locator(".found-copies").getByText(/^2/).waitFor();
  await row.getByText(/also called/).waitFor();
  const text = await row.innerText();
  for (const part of ["notes.pdf", "cours 4.pdf", "alice", "chloé"]) assert.ok(text.includes(part), text);
  await row.getByRole("link", { name: /^Details of/ }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("has all of it").nth(1).waitFor();
  for (const part of ["notes.pdf", "cours 4.pdf", "alice", "chloé"]) {
    await drawer.getByRole("listitem").filter({ hasText: part }).first().waitFor();
  }
  await drawer.getByRole("button", { name: /^Download/ }).click();
  await drawer.getByRole("link", { name: /^Open/ }).waitFor();
  assert.equal((await downloads(bob)).length, 1);
  assert.ok(await sameBytes(await completePath(bob), notes));
});

browserTest(
  "details show fingerprint, sources, link and QR code, close with Esc and give the focus back",
  async (browser) => {
    await using room = await Classroom.with("alice", "bob");
    const bob = room.peer("bob");
    const path = await randomFile(`${room.folder}/leçon 4.pdf`, 3_000);
    await room.peer("alice").share(path);
    await finds(bob, "leçon", 1);
    for (const theme of ["light", "dark"] as const) {
      await using visit = await Visit.begin(browser, { theme });
      await visit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const page = await visit.open(`${bob.pages}/network?q=lecon`);
      await shows(page, "leçon 4.pdf");
      await visit.isFine(`results, ${theme}`);
      await page.getByRole("link", { name: /^Details of/ }).focus();
      await page.keyboard.press("Enter");
      const drawer = page.getByRole("dialog", { name: "leçon 4.pdf" });
      await drawer.getByText(await sha256(path)).waitFor();
      await page.waitForURL(/file=[0-9a-z]+/i);
      await drawer.getByText("Everyone on this network").waitFor();
      await drawer.getByText("has all of it").waitFor();
      await drawer.getByRole("button", { name: "Copy", exact: true }).click();
      await drawer.getByRole("button", { name: "Copied" }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await sha256(path));
      const link = await drawer.getByRole("link", { name: /^http/ }).getAttribute("href");
      await drawer.getByRole("button", { name: "Copy the link" }).click();
      await until("the link is copied", async () => await page.evaluate(() => navigator.clipboard.readText()) === link);
      const got = await fetch(link!);
      assert.ok(got.ok, link!);
      await got.body?.cancel();
      const qr = drawer.getByRole("img", { name: "QR code of the link" });
      await until("the QR code is drawn", () => qr.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0));
      await visit.isFine(`details, ${theme}`);
      await page.keyboard.press("Escape");
      await drawer.waitFor({ state: "detached" });
      await page.waitForURL(/\/network\?q=lecon$/);
      assert.equal(await page.locator(":focus").innerText(), "leçon 4.pdf");
    }
  },
);

browserTest("hostile names are text in results, details and transfers", async (browser) => {
  await using room = await Classroom.with("alice", "bob");
  const bob = room.peer("bob");
  const hostile = ["<img src=x onerror=alert(1)>.pdf", "cours\u202efdp.exe"];
  for (const [place, name] of hostile.entries()) {
    const { shareId } = await room.peer("alice").share(await randomFile(`${room.folder}/${place}.txt`, 2_000));
    await renameShare(room.peer("alice"), shareId, name);
  }
  await until("the new names are known", async () => (await bob.search("img")).length === 1);
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${bob.pages}/network?q=${encodeURIComponent("img src=x onerror=alert(1)")}`);
  await until("one is found", async () => await results(page).count() === 1);
  await visit.isFine("a hostile search");
  await page.getByRole("searchbox").fill("");
  await until("both are found", async () => await results(page).count() === 2);
  for (const row of await results(page).all()) {
    await row.getByRole("button", { name: /^Download/ }).click();
    await row.getByRole("link", { name: /^Open/ }).waitFor();
  }
  await results(page).first().getByRole("link", { name: /^Details of/ }).click();
  await page.getByRole("dialog").getByText("has all of it").first().waitFor();
  const isText = async () => {
    assert.equal(await page.locator("img[src=x], [onerror]").count(), 0);
    assert.ok(!/[\u202a-\u202e]/.test(await page.locator("main").innerText()), "no override reaches the page");
  };
  await isText();
  await visit.isFine("hostile names");
  await visit.open(`${bob.pages}/transfers`);
  await until("both are listed", async () => await page.locator(".history-table tbody tr").count() === 2);
  await isText();
  await visit.isFine("hostile names in the history");
});

browserTest("a tracker that is away is said, and the search goes on by itself once it is back", async (browser) => {
  await using room = await Classroom.with("alice", "bob");
  const bob = room.peer("bob");
  await room.peer("alice").share(await randomFile(`${room.folder}/leçon.pdf`, 3_000));
  await finds(bob, "leçon", 1);
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${bob.pages}/network?q=lecon`);
  await shows(page, "leçon.pdf");
  const { port } = room.tracker;
  await room.tracker.stop();
  await page.getByRole("searchbox").fill("leç");
  const away = page.getByText(
    /^The tracker does not answer, and no other computer has been found yet|^The tracker is away/,
  );
  await away.waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "leç", "what was typed stays");
  visit.complaints.length = 0; // the browser itself tells of a 503
  await visit.isFine("the tracker is away");
  await room.tracker.start(["--port", String(port), "--member-port", "0"]);
  await shows(page, "leçon.pdf");
  await away.waitFor({ state: "detached" });
  visit.isQuiet("the tracker is back");
});

browserTest("a folder is found as one, fetched whole, and its place is shown", async (browser) => {
  await using room = await Classroom.with("alice", "bob");
  const bob = room.peer("bob");
  const folder = `${room.folder}/Projet`;
  for (const name of ["plan.pdf", "code/moteur.py", "code/capteurs.csv"]) await randomFile(`${folder}/${name}`, 20_000);
  await room.peer("alice").share(folder);
  await finds(bob, "Projet", 1);
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${bob.pages}/network`);
  await page.getByLabel("Type").selectOption({ label: "Folders" });
  await shows(page, "Projet");
  await result(page, "Projet").getByRole("button", { name: /^Download/ }).click();
  const shown = result(page, "Projet").getByRole("button", { name: /^Show folder/ });
  await shown.waitFor();
  const path = await completePath(bob);
  assert.deepEqual(await tree(path), await tree(folder));
  await shown.click();
  await notice(page, path).waitFor(); // there is no desktop to open it on
  visit.complaints.length = 0; // the browser itself tells of a 409
  await visit.isFine("a folder that is here");
});

browserTest("without JavaScript the network is searched, read, sorted and fetched from", async (browser) => {
  await using room = await Classroom.with("alice", "bob");
  const bob = room.peer("bob");
  const path = await randomFile(`${room.folder}/leçon.pdf`, 3_000);
  await room.peer("alice").share(path);
  await room.peer("alice").share(await randomFile(`${room.folder}/b.jpg`, 2_000));
  await finds(bob, "", 2);
  await using visit = await Visit.begin(browser, { javaScript: false, lang: "fr", width: 390 });
  const { page } = visit;
  await page.goto(`${bob.pages}/network`);
  await page.getByRole("searchbox").first().fill("lecon");
  await page.keyboard.press("Enter");
  await shows(page, "leçon.pdf");
  await page.getByRole("link", { name: /^Détails de/ }).click();
  await page.getByText(createHash("sha256").update(await Deno.readFile(path)).digest("hex")).waitFor();
  await page.getByRole("link", { name: "Fermer les détails" }).click();
  await result(page, "leçon.pdf").getByRole("button", { name: /^Télécharger/ }).click();
  assert.ok(await sameBytes(await completePath(bob), path));
  await page.reload();
  await result(page, "leçon.pdf").getByRole("link", { name: /^Ouvrir/ }).waitFor();
  visit.isQuiet("without JavaScript");
});
