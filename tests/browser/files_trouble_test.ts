import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { dropFiles } from "./drop.ts";
import { dialog, shared, shares, writeFiles } from "./files_page.ts";
import { Visit } from "./visit.ts";

/** Holds uploads up until the answer is called. */
async function holdUploads(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route("**/api/uploads?*", async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}

browserTest(
  "a file that cannot be read any more is told, the others are shared; it can be left out",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    const { folder } = room;
    await writeFiles(folder, { "a.txt": "a", "b.txt": "b", "c.txt": "c" });
    await using visit = await Visit.begin(browser, { theme: "dark" });
    const page = await visit.open(`${alice.pages}/files`);
    const release = await holdUploads(page);
    await dropFiles(page, `${folder}/a.txt`, `${folder}/b.txt`, `${folder}/c.txt`);
    await dialog(page).getByText(/Being added meanwhile: 0%/).waitFor();
    await visit.isFine("the permission dialog in the dark");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Then everyone on this network can see them.").waitFor();
    await visit.isFine("files on their way");
    await Deno.remove(`${folder}/c.txt`);
    release();
    await page.getByRole("alert").getByText("1 file could not be added.").waitFor();
    await page.getByText("This file cannot be read.").waitFor();
    await shared(alice, "a.txt", "b.txt");
    await visit.isFine("a file that failed");
    await page.getByRole("button", { name: "Go on without" }).click();
    await page.locator(".upload").waitFor({ state: "detached" });
    await shared(alice, "a.txt", "b.txt");
  },
);

browserTest(
  "a folder of which a file failed is not shared by halves, but without it when that is chosen",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    const { folder } = room;
    const files = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`photos/${n}.txt`, `${n}`]));
    await writeFiles(folder, files);
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/files`);
    const release = await holdUploads(page);
    await dropFiles(page, `${folder}/photos`);
    await dialog(page).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("0 files of 5 here").waitFor();
    const removed = await page.locator(".upload-active").innerText().then((sending) =>
      Object.keys(files).map((path) => path.slice("photos/".length)).find((name) => !sending.includes(name))!
    );
    await Deno.remove(`${folder}/photos/${removed}`);
    release();
    await page.getByText("The folder is shared once they are here or left out.").waitFor();
    assert.deepEqual(await shares(alice), []);
    await page.getByRole("button", { name: "Go on without" }).click();
    const [share] = await shared(alice, "photos");
    assert.equal(share!.files, 4);
  },
);

browserTest("when Essaim is started again while a file is being added, adding goes on by itself", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const ports = ["--port", "0", "--member-port", "0", "--udp-port", "0", "--ui-port", String(alice.uiPort)];
  await writeFiles(room.folder, { "a.txt": "a" });
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${alice.pages}/files`);
  const release = await holdUploads(page);
  await dropFiles(page, `${room.folder}/a.txt`);
  await dialog(page).waitFor();
  await page.keyboard.press("Control+Enter");
  await alice.stop();
  release();
  await page.getByText("Adding goes on by itself when it does.").waitFor();
  await alice.start(ports);
  await shared(alice, "a.txt");
});

browserTest(
  "an addition that is stopped leaves nothing behind, and leaving the page meanwhile warns",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await writeFiles(room.folder, { "a.txt": "a", "b.txt": "b" });
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/files`);
    await holdUploads(page);
    await dropFiles(page, `${room.folder}/a.txt`, `${room.folder}/b.txt`);
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Nobody can see them yet.").waitFor();
    const warned = page.waitForEvent("dialog").then((warning) => warning.dismiss());
    await page.getByRole("link", { name: "Dashboard" }).click();
    await warned;
    assert.match(page.url(), /\/files$/);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Adding was stopped. Nobody saw anything of it.").waitFor();
    await page.locator(".upload").waitFor({ state: "detached" });
    assert.deepEqual(await shares(alice), []);
    assert.equal((await (await alice.api()).status()).pending, 0);
  },
);

browserTest(
  "an empty list says what to do; files put into the shared folder appear by themselves",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    await using visit = await Visit.begin(browser, { lang: "fr" });
    const page = await visit.open(`${alice.pages}/files`);
    await page.getByText("Rien n’est encore partagé depuis cet ordinateur").waitFor();
    await visit.isFine("nothing shared yet");
    await writeFiles(alice.data, { "shared_files/nouveau.txt": "n" });
    await page.getByRole("row").filter({ hasText: "nouveau.txt" }).waitFor();
    await until(
      "it is said to be everyone's",
      async () =>
        (await page.getByRole("row").filter({ hasText: "nouveau.txt" }).innerText()).includes("Tout le monde"),
    );
  },
);
