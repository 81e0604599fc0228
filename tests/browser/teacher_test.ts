import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { lanAddresses } from "../../lib/cli/lan.ts";
import { randomFile } from "../journeys/files.ts";
import { Classroom, essaim } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { Visit } from "./visit.ts";

const PASSWORD = "correct horse é";

const trackerOf = (room: Classroom) => `http://127.0.0.1:${room.tracker.port}`;
const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

/** Every form asks again, and says afterwards what it did. */
async function confirm(page: Page, button: string, done: RegExp): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("status").getByText(done).waitFor();
}

/** A code that joins, from the page that shows it. */
async function linkOn(page: Page): Promise<string> {
  const text = await page.locator(".copyable code, .code-card-link").first().textContent();
  return text!.replace(/^http:\/\/[^/]+/, new URL(page.url()).origin);
}

for (const javaScript of [true, false]) {
  browserTest(
    `a teacher sees who is here, renames, removes and resets, ${javaScript ? "with" : "without"} JavaScript`,
    async (browser) => {
      await using room = await Classroom.ofMembers("alice", "bob");
      const bob = room.peer("bob");
      await using visit = await Visit.begin(browser, { javaScript });
      const { page } = visit;
      await page.goto(trackerOf(room));
      await page.getByRole("link", { name: "Class", exact: true }).click();
      await until("both are here", async () => {
        await page.reload();
        return await page.getByText("2 people, 2 here now").count() === 1;
      });
      await row(page, "alice").getByText("here now").waitFor();

      await page.getByRole("link", { name: "bob", exact: true }).click();
      await page.getByText("Computer 1").waitFor();
      await page.getByRole("textbox", { name: "Name" }).fill("Alice");
      await page.getByRole("button", { name: "Change the name" }).click();
      await page.getByText("Somebody in the class has this name").waitFor();
      visit.complaints.splice(0); // the browser notes refused requests
      await page.getByRole("textbox", { name: "Name" }).fill("Robert");
      await page.getByRole("button", { name: "Change the name" }).click();
      await page.getByRole("heading", { level: 1, name: "Robert" }).waitFor();

      await page.getByRole("link", { name: "Reset…" }).click();
      await page.getByRole("heading", { name: /Reset .Robert.\?/ }).waitFor();
      await page.getByRole("button", { name: "Reset and show the code" }).click();
      await page.getByRole("heading", { name: /New code for .Robert./ }).waitFor();
      const link = await linkOn(page);
      const carol = await room.startPeer("carol");
      const { code, err } = await carol.cli("join", link, "--name", "whoever");
      assert.equal(code, 0, err);
      await page.goto(`${trackerOf(room)}/class/people?q=robert`);
      await until("the new computer is Robert's", async () => {
        await page.reload();
        return await row(page, "Robert").getByText("here now").count() === 1;
      });
      assert.notEqual((await bob.cli("join", link, "--name", "bob")).code, 0, "the code works once");

      await row(page, "Robert").getByRole("link", { name: "Remove Robert" }).click();
      await confirm(page, "Remove", /Removed from the class/);
      assert.equal(await row(page, "Robert").count(), 0);
      await page.getByRole("link", { name: /^Removed/ }).click();
      await row(page, "Robert").getByText("removed").waitFor();
      await page.getByRole("button", { name: "Take Robert back" }).click();
      await page.getByRole("status").getByText("Taken back").waitFor();
      await page.getByRole("heading", { level: 1, name: "Robert" }).waitFor();
      await until("Robert is here again", async () => {
        await page.reload();
        return await page.getByText("here now").count() === 1;
      }, 30_000);

      await page.getByRole("link", { name: "Log" }).click();
      await page.getByRole("listitem").filter({ hasText: /removed from the class.*Robert/ }).waitFor();
      await page.getByRole("listitem").filter({ hasText: /taken back into the class.*Robert/ }).waitFor();
      visit.isQuiet("the teacher's pages");
    },
  );
}

browserTest("names become codes on paper, and a new class code ends the old one", async (browser) => {
  await using room = await Classroom.with("alice", "bob");
  const old = await room.joinLink();
  await using visit = await Visit.begin(browser, { lang: "fr" });
  const page = await visit.open(`${trackerOf(room)}/class/invite`);
  await page.getByRole("textbox", { name: "Noms, un par ligne" }).fill("Élise Martin\nDan");
  await page.getByRole("button", { name: "Faire les codes" }).click();
  await page.getByRole("heading", { name: "Codes à distribuer" }).waitFor();
  await page.getByRole("button", { name: "Imprimer" }).waitFor();
  const paper = await page.pdf({ format: "A4" });
  assert.ok(paper.length > 1_000);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".rail, .top, .tabs, .page-head .actions").filter({ visible: true }).count(), 0);
  await page.emulateMedia({ media: "screen" });
  const link = await linkOn(page);
  const { code, err } = await room.peer("alice").cli("join", link, "--name", "someone");
  assert.equal(code, 0, err);

  await page.getByRole("link", { name: "Personnes", exact: true }).click();
  await until("Élise is here", async () => {
    await page.reload();
    return await row(page, "Élise Martin").getByText("ici en ce moment").count() === 1;
  });
  await row(page, "Dan").getByText("invitation pas encore utilisée").waitFor();
  await page.getByText("Afficher le code de classe").click();
  await page.getByText(old.split("#")[1]!, { exact: true }).waitFor();
  await page.getByRole("link", { name: "Faire un nouveau code…" }).click();
  await confirm(page, "Faire un nouveau code", /Il y a un nouveau code/);
  assert.notEqual((await room.peer("bob").cli("join", old, "--name", "bob")).code, 0);
  assert.equal((await room.peer("bob").cli("join", await room.joinLink(), "--name", "bob")).code, 0);
  visit.isQuiet("codes");
});

browserTest("a file that was taken down is found by nobody until it is allowed again", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const { id } = await alice.share(await randomFile(`${room.folder}/gênant.jpg`, 2_000));
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${trackerOf(room)}/search?q=genant`);
  await page.getByRole("link", { name: "gênant.jpg" }).click();
  await page.getByRole("link", { name: "Take down…" }).click();
  await page.getByRole("heading", { name: /Take down .gênant\.jpg.\?/ }).waitFor();
  await confirm(page, "Take down", /The file was taken down/);
  const search = () => fetch(`${trackerOf(room)}/api/search?q=genant`).then((response) => response.json());
  assert.deepEqual((await search()).results, []);
  const gone = await fetch(`${trackerOf(room)}/files/${id}`);
  await gone.body?.cancel();
  assert.equal(gone.status, 404);
  await page.getByRole("button", { name: /^Allow again: .gênant.jpg/ }).click();
  await page.getByText("No file was taken down").waitFor();
  await until("it is found again", async () => (await search()).results.length === 1);
  visit.isQuiet("taking down");
});

/** A browser at another computer, which has been told to trust the tracker's certificate. */
async function elsewhere(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", ignoreHTTPSErrors: true });
  return await context.newPage();
}

browserTest(
  "from another computer the pages ask for the password, and only over an encrypted connection",
  async (browser) => {
    await using room = await Classroom.ofMembers("alice");
    const page = await elsewhere(browser);
    const [address] = lanAddresses();
    if (address !== undefined) {
      const plain = await page.goto(`http://${address}:${room.tracker.port}/class`);
      assert.equal(plain?.status(), 403);
      await page.getByRole("heading", { name: "This page is for the teacher" }).waitFor();
      await page.getByRole("link", { name: `https://${address}:${room.tracker.memberPort}/class` }).waitFor();
      await page.goto(`http://${address}:${room.tracker.port}/join`);
      const code = (await room.joinLink()).split("#")[1]!;
      assert.ok(!(await page.content()).includes(code));
      await page.goto(`http://${address}:${room.tracker.port}/join#${code}`);
      await page.getByText(`essaim join "http://${address}:${room.tracker.port}/join#${code}"`).waitFor();
    }

    const secure = `https://127.0.0.1:${room.tracker.memberPort}`;
    await page.goto(`${secure}/class/log`);
    await page.getByText("No password is set yet").waitFor();
    const data = ["--data", room.tracker.data];
    const short = await essaimWithInput(["tracker-password", "--stdin", ...data], "short\n");
    assert.match(short.err, /at least 10 characters/);
    const set = await essaimWithInput(["tracker-password", "--stdin", ...data], `${PASSWORD}\n`);
    assert.equal(set.code, 0, set.err);
    assert.equal((await essaim(["tracker-password", ...data], room.folder)).code, 1, "there is no terminal to ask at");

    await page.reload();
    const signIn = async (password: string) => {
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
    };
    await signIn("wrong horse");
    await page.getByRole("alert").getByText("This password is not the right one.").waitFor();
    await signIn(PASSWORD);
    await page.getByRole("heading", { name: "Log" }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "wrong password" }).waitFor();
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name === "essaim_teacher");
    assert.ok(cookie?.httpOnly && cookie.secure && cookie.sameSite === "Strict" && cookie.path === "/");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("radio", { name: "Only people whom I invite" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").getByText("Saved.").waitFor();
    await page.getByText("The password is set at the tracker's own computer").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in as the teacher" }).waitFor();
    await page.goto(`${secure}/class/people`);
    await page.getByRole("heading", { name: "Sign in as the teacher" }).waitFor();
  },
);

async function essaimWithInput(args: readonly string[], input: string) {
  const { essaimCommand } = await import("../journeys/cli_runner.ts");
  const child = essaimCommand(args, { stdin: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

browserTest("each of the teacher's pages is readable by everybody, in both themes and widths", async (browser) => {
  await using room = await Classroom.ofMembers("alice");
  const { id } = await room.peer("alice").share(await randomFile(`${room.folder}/leçon 4.pdf`, 2_000));
  const roster = await fetch(`${trackerOf(room)}/class/people`).then((response) => response.text());
  const [, user] = /\/class\/people\/([0-9a-f]{32})"/.exec(roster)!;
  const person = `/class/people/${user}`;
  const pages = [
    "/class/people",
    "/class/people?q=zz",
    person,
    `${person}/remove`,
    `${person}/reset`,
    "/class/invite",
    "/class/files",
    `/class/files/${id}`,
    "/class/log",
    "/class/settings",
    "/class/settings/new-code",
    "/join",
    `/files/${id}`,
  ];
  for (const [theme, width, lang] of [["light", 1280, "en"], ["dark", 390, "fr"]] as const) {
    await using visit = await Visit.begin(browser, { theme, width, lang });
    for (const path of pages) {
      const page = await visit.open(trackerOf(room) + path);
      for (const closed of await page.locator("details.class-code > summary").all()) await closed.click();
      await visit.isFine(`${path} ${theme} ${width}`);
      const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      assert.ok(wide <= 0, `${path} ${width} scrolls sideways`);
    }
    const invite = await visit.open(`${trackerOf(room)}/class/invite`);
    await invite.locator("#names").fill(`Dan ${width}\nEva ${width}`);
    await invite.locator("form.panel button").click();
    await invite.locator(".code-cards").waitFor();
    await visit.isFine(`codes ${theme} ${width}`);
  }
});
