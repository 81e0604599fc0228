import assert from "node:assert/strict";
import type { Setting } from "../../lib/core/local_messages.ts";
import { MB, randomFile } from "../journeys/files.ts";
import { Classroom, Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { Visit } from "./visit.ts";

const COMMENTED = `# Written by the teacher.
limits:
  # The network of room 12 is slow.
  upload_rate: "300 kB/s" # not more
log: {level: debug}
`;

/** One whose settings are all in its file, which has comments, and none decided by a flag. */
async function withComments(room: Classroom, more = ""): Promise<Peer> {
  const peer = new Peer(`${room.folder}/alice`, ["peer"], {});
  await Deno.mkdir(peer.data);
  const tracker = `peer: { tracker: "http://127.0.0.1:${room.tracker.port}", name: alice }\n`;
  await Deno.writeTextFile(`${peer.data}/config.yaml`, COMMENTED + tracker + more);
  await peer.start();
  return peer;
}

const fileOf = ({ data }: Peer) => Deno.readTextFile(`${data}/config.yaml`);

async function settingsOf(peer: Peer): Promise<readonly Setting[]> {
  const token = (await Deno.readTextFile(`${peer.data}/api-token`)).trim();
  const response = await fetch(`${peer.pages}/api/settings`, { headers: { authorization: `Bearer ${token}` } });
  return await response.json();
}

browserTest("a changed limit slows or quickens a running transfer at once, and comments are kept", async (browser) => {
  await using room = await Classroom.with("bob");
  await using alice = await withComments(room);
  const bob = room.peer("bob");
  const film = await alice.share(await randomFile(`${room.folder}/film.mp4`, 40 * MB));
  const id = await bob.begin(film);
  await bob.reaches(id, ["fetching"], 0.001);
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${alice.pages}/settings`);
  const limit = page.getByRole("textbox", { name: "Fastest sending" });
  assert.equal(await limit.inputValue(), "300 kB/s");
  await limit.fill("");
  await page.getByText("1 change is not saved yet.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Saved.", { exact: true }).waitFor();
  // At 300 kB/s this would take over two minutes.
  await bob.completes(id, 30_000);
  const saved = await fileOf(alice);
  assert.ok(saved.startsWith(COMMENTED.replace("300 kB/s", "unlimited")), saved);
});

browserTest("what is wrong is said next to it, also among the advanced, and nothing typed is lost", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const before = await fileOf(alice);
  await using visit = await Visit.begin(browser, { lang: "fr", theme: "dark" });
  const page = await visit.open(`${alice.pages}/settings`);
  const [limit, parallel] = [page.getByLabel("Envoi le plus rapide"), page.getByLabel("Téléchargements simultanés")];
  await limit.fill("vite");
  await parallel.fill("7");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("alert").getByText("Il faut un débit").waitFor();
  assert.deepEqual([await limit.inputValue(), await parallel.inputValue()], ["vite", "7"]);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "limits.upload_rate");
  visit.complaints.length = 0; // the browser itself tells of a 400
  await visit.isFine("a wrong value");
  await limit.fill("1,5 Mo/s");
  await page.locator("summary").click();
  const chunk = page.getByLabel("Taille d’un morceau");
  await chunk.fill("3 Mo");
  await page.locator("summary").click();
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("alert").getByText("Il faut une taille").waitFor();
  assert.equal(await fileOf(alice), before, "all or nothing");
  await chunk.pressSequentially("x");
  await chunk.fill("");
  assert.ok(await chunk.isVisible(), "it stays unfolded");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Enregistré. Ce qui est signalé").waitFor();
  const values = new Map((await settingsOf(alice)).map(({ key, value }) => [key, value]));
  assert.deepEqual([values.get("limits.upload_rate"), values.get("limits.parallel_downloads")], ["1500 kB/s", 7]);
});

browserTest(
  "a new name shows at once, what waits for the next start says so, and what a flag decides cannot be changed",
  async (browser) => {
    await using room = await Classroom.with("bob");
    await using alice = await withComments(room);
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/settings`);
    await page.getByLabel("Name", { exact: true }).fill("alice <b>");
    await page.getByLabel("Downloads at the same time").fill("5");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").getByText("What is marked takes effect at the next start of Essaim.").first()
      .waitFor();
    await page.getByRole("banner").getByText("alice <b>").waitFor();
    assert.match(
      await page.getByLabel("Downloads at the same time").evaluate((field) => field.closest(".field")!.textContent!),
      /takes effect at the next start/,
    );
    await until("others hear of it", async () => {
      return (await (await room.peer("bob").api()).peers()).some(({ name }) => name === "alice <b>");
    });
    await visit.isFine("saved settings");

    await page.goto(`${room.peer("bob").pages}/settings`);
    const name = page.getByLabel("Name", { exact: true });
    assert.ok(await name.isDisabled());
    await page.getByText("Set by --name at the start of Essaim").waitFor();
  },
);

browserTest("leaving with something unsaved warns; discarding it leaves as it was", async (browser) => {
  await using room = await Classroom.with("alice");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${room.peer("alice").pages}/settings`);
  const limit = page.getByLabel("Fastest receiving");
  await limit.fill("5 MB/s");
  const warned = page.waitForEvent("dialog").then((warning) => warning.dismiss());
  await page.getByRole("link", { name: "My files" }).click();
  await warned;
  assert.equal(await limit.inputValue(), "5 MB/s");
  await page.getByRole("button", { name: "Discard" }).click();
  assert.equal(await limit.inputValue(), "");
  await page.getByText("Everything is saved.").waitFor();
  await page.getByRole("link", { name: "My files" }).click();
  await page.waitForURL(/\/files$/);
});

browserTest("colours chosen in the form or by the switches are the same choice", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${alice.pages}/settings`);
  const choice = page.getByLabel("Colours", { exact: true }).and(page.locator("select"));
  await page.getByRole("button", { name: "Dark" }).click();
  await page.locator("html[data-bs-theme=dark]").waitFor({ state: "attached" });
  await until("the form follows", async () => await choice.inputValue() === "dark");
  await page.getByText("Everything is saved.").waitFor();
  await choice.selectOption("light");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("html[data-bs-theme=light]").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Light", pressed: true }).waitFor();
  assert.equal((await settingsOf(alice)).find(({ key }) => key === "ui.theme")?.value, "light");
});

browserTest("without JavaScript settings are saved, refused with what was typed, and switched", async (browser) => {
  await using room = await Classroom.with("bob");
  await using alice = await withComments(room);
  await using visit = await Visit.begin(browser, { javaScript: false, width: 390 });
  const { page } = visit;
  await page.goto(`${alice.pages}/settings`);
  await page.getByLabel("Fastest sending").fill("fast");
  await page.getByLabel("Never share").fill("*.tmp\n*.bak");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This needs a rate of at least 1 kB/s").waitFor();
  assert.equal(await page.getByLabel("Fastest sending").inputValue(), "fast");
  assert.equal(await page.getByLabel("Never share").inputValue(), "*.tmp\n*.bak");
  visit.complaints.length = 0; // the browser itself tells of a 400
  await page.getByLabel("Fastest sending").fill("2 MB/s");
  await page.getByRole("switch", { name: "Open these pages only by a one-time link" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved. What is marked takes effect at the next start").waitFor();
  const values = new Map((await settingsOf(alice)).map(({ key, value }) => [key, value]));
  assert.deepEqual(
    ["limits.upload_rate", "sharing.ignore", "ui.lock"].map((key) => values.get(key)),
    ["2 MB/s", ["*.tmp", "*.bak"], true],
  );
  assert.match(await fileOf(alice), /# The network of room 12 is slow\./);
  await page.getByRole("switch", { name: "Open these pages only by a one-time link" }).uncheck();
  await page.getByLabel("Language", { exact: true }).selectOption("fr");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { level: 1, name: "Réglages" }).waitFor();
  assert.equal((await settingsOf(alice)).find(({ key }) => key === "ui.lock")?.value, false);
  visit.isQuiet("settings without JavaScript");
});

browserTest("locked pages tell how to open them, and the link for it works once", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await using owner = await Visit.begin(browser);
  const settings = await owner.open(`${alice.pages}/settings`);
  await settings.getByRole("switch", { name: "Open these pages only by a one-time link" }).check();
  await settings.getByRole("button", { name: "Save" }).click();
  await settings.getByText("Saved.", { exact: true }).waitFor();
  await owner.open(`${alice.pages}/files`); // still open here

  await using other = await Visit.begin(browser, { theme: "dark", width: 390 });
  const { page } = other;
  for (const path of ["/", "/files", "/settings", "/enter?key=00000000000000000000000000000000"]) {
    assert.equal((await page.goto(alice.pages + path))?.status(), 401, path);
    await page.getByText("deno task -q essaim open", { exact: true }).waitFor();
    assert.ok(!(await page.content()).includes("alice"), "whose computer this is");
  }
  other.complaints.length = 0; // the browser itself tells of a 401
  await other.isFine("a locked page");
  const { code, out, err } = await alice.cli("open");
  assert.equal(code, 0, err);
  assert.match(err, /opens the pages once/);
  await page.goto(out.trim());
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
  await page.goto(`${alice.pages}/files`);
  await page.getByRole("heading", { level: 1, name: "My files" }).waitFor();

  await using third = await Visit.begin(browser);
  assert.equal((await third.page.goto(out.trim()))?.status(), 401, "a second time");
});

browserTest(
  "quiet times are added, corrected where they are wrong, marked while they hold, and removed",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await using visit = await Visit.begin(browser, { lang: "fr", width: 390 });
    const page = await visit.open(`${alice.pages}/settings`);
    const saved = async () =>
      (await settingsOf(alice)).find(({ key }) => key === "limits.quiet_times")?.value as readonly string[];
    await page.getByRole("button", { name: "Ajouter des heures calmes" }).click();
    const first = page.getByRole("group", { name: "Heures calmes 1" });
    await first.getByLabel("De", { exact: true }).fill("00:00");
    await first.getByLabel("À", { exact: true }).fill("00:00");
    for (const day of ["lundi", "mardi", "mercredi", "jeudi", "vendredi"]) await first.getByLabel(day).uncheck();
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await first.getByRole("alert").getByText("Choisissez au moins un jour.").waitFor();
    for (const day of ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]) {
      await first.getByLabel(day).check();
    }
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await first.getByRole("alert").getByText("Indiquez au moins une limite").waitFor();
    const sending = first.getByLabel("Envoi le plus rapide");
    await sending.fill("vite");
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await first.getByRole("alert").getByText("La limite d’envoi").waitFor();
    assert.ok(await sending.getAttribute("aria-invalid"));
    visit.complaints.length = 0; // the browser itself tells of a 400
    await visit.isFine("a wrong quiet time");
    await sending.fill("500 ko/s");
    await sending.press("Enter");
    await page.getByRole("status").getByText("Enregistré.", { exact: true }).waitFor();
    assert.deepEqual(await saved(), ["daily 00:00-00:00 upload 500 kB/s"]);
    await first.getByText("en cours").waitFor();
    await visit.isFine("a quiet time that holds");
    await page.getByRole("button", { name: "Enlever les heures calmes 1" }).click();
    await page.getByText("1 modification n’est pas encore enregistrée.").waitFor();
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await page.getByRole("status").getByText("Enregistré.", { exact: true }).waitFor();
    assert.deepEqual(await saved(), []);
  },
);

browserTest(
  "without JavaScript quiet times are added, refused with what was typed, saved and removed",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await using visit = await Visit.begin(browser, { javaScript: false });
    const { page } = visit;
    await page.goto(`${alice.pages}/settings`);
    await page.getByLabel("Name", { exact: true }).waitFor();
    await page.getByLabel("Fastest receiving", { exact: true }).first().fill("7 MB/s");
    for (let rows = 0; rows < 2; rows++) await page.getByRole("button", { name: "Add a quiet time" }).click();
    const row = (number: number) => page.getByRole("group", { name: `Quiet time ${number}` });
    assert.equal(await page.getByLabel("Fastest receiving", { exact: true }).first().inputValue(), "7 MB/s", "kept");
    await row(1).getByLabel("Fastest sending").fill("fast");
    await row(2).getByLabel("Until").fill("18:30");
    await row(2).getByLabel("Fastest receiving").fill("1 MB/s");
    await page.getByRole("button", { name: "Save" }).last().click();
    await row(1).getByText("The limit for sending must be").waitFor();
    assert.equal(await row(1).getByLabel("Fastest sending").inputValue(), "fast");
    visit.complaints.length = 0; // the browser itself tells of a 400
    await page.getByRole("button", { name: "Remove quiet time 1" }).click();
    await row(2).waitFor({ state: "detached" });
    assert.equal(await row(1).getByLabel("Until").inputValue(), "18:30");
    await row(1).getByLabel("Until").press("Enter");
    await page.getByText("Saved.", { exact: true }).waitFor();
    const values = new Map((await settingsOf(alice)).map(({ key, value }) => [key, value]));
    assert.deepEqual(values.get("limits.quiet_times"), ["mon-fri 08:00-18:30 download 1 MB/s"]);
    assert.equal(values.get("limits.download_rate"), "7 MB/s");
  },
);
