import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { beaconPort, Classroom, type Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { dialog, row, shared, shares } from "./files_page.ts";
import { Visit } from "./visit.ts";

/** The card on the dashboard and the panel in Settings hold the same form. */
async function fillJoin(page: Page, link: string, name: string): Promise<void> {
  await page.getByRole("textbox", { name: "Link or code" }).fill(link);
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByRole("button", { name: "Join" }).click();
}

async function knows(peer: Peer, ...names: string[]): Promise<void> {
  await until(`${peer.data} knows ${names}`, async () => {
    const { joined } = await (await peer.api()).class();
    return names.every((name) => joined?.people.some((one) => one.name === name));
  });
}

browserTest(
  "a class is joined on the first page; what is wrong is said next to it, and nothing typed is lost",
  async (browser) => {
    await using room = await Classroom.with("alice", "bob");
    const link = await room.joinLink();
    await using visit = await Visit.begin(browser);
    const page = await visit.open(room.peer("alice").pages);
    assert.match(await page.locator(".who-class").innerText(), /No class/);
    await visit.isFine("the join card");
    await fillJoin(page, "http://nonsense", "alice");
    await page.getByRole("alert").getByText("This is no link and no code").waitFor();
    const wrong = link.slice(0, -1) + (link.endsWith("0") ? "1" : "0");
    await fillJoin(page, wrong, "alice");
    await page.getByRole("alert").getByText("This code is not the one of this class").waitFor();
    visit.complaints.splice(0); // the browser notes refused requests
    await visit.isFine("the join card with an error");
    assert.equal(await page.getByRole("textbox", { name: "Link or code" }).inputValue(), wrong);
    await fillJoin(page, link, "Alice");
    await page.locator(".who-class", { hasNotText: "No class" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Join" }).count(), 0);

    const bob = await visit.open(`${room.peer("bob").pages}/settings`);
    await fillJoin(bob, link, "alice");
    await bob.getByRole("alert").getByText("Somebody in the class has this name").waitFor();
    await fillJoin(bob, link.split("#")[1]!, "bob");
    await bob.getByText("Valid until").waitFor();
    visit.complaints.splice(0);
    await visit.isFine("the class in Settings");
    await bob.getByText("1 person", { exact: true }).click();
    await bob.getByText("Alice", { exact: true }).waitFor();
    await bob.getByText("Leave the class").first().click();
    await bob.getByRole("button", { name: "Leave the class" }).click();
    await bob.getByRole("button", { name: "Join" }).waitFor();
  },
);

browserTest(
  "without JavaScript a class is joined, groups are made, a code shown, and the class left",
  async (browser) => {
    await using room = await Classroom.with("alice", "bob");
    await room.join("bob");
    await using visit = await Visit.begin(browser, { javaScript: false });
    const { page } = visit;
    await page.goto(`${room.peer("alice").pages}/`);
    await fillJoin(page, "ABCD-EFGH-JKMN-PQRS", "alice");
    await page.getByText("This code is not the one of this class").waitFor();
    await fillJoin(page, await room.joinLink(), "alice");
    await page.getByText("Valid until").waitFor();
    await knows(room.peer("alice"), "bob");
    await page.reload();
    await page.getByText("New group").click();
    await page.getByRole("textbox", { name: "Name of the group" }).fill("Group 1");
    await page.getByRole("listbox", { name: "People in it" }).selectOption("bob");
    await page.getByRole("button", { name: "Save", exact: true }).first().click();
    await page.getByText("Group 1").first().waitFor();
    await page.getByRole("button", { name: "Show a code" }).click();
    await page.locator(".device-digits").getByText(/^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}$/).waitFor();

    const file = `${room.folder}/notes.txt`;
    await Deno.writeTextFile(file, "notes");
    const { shareId } = await room.peer("alice").share(file);
    await page.goto(`${room.peer("alice").pages}/files/${shareId}`);
    await page.getByRole("radio", { name: /Only some people/ }).check();
    await page.getByRole("listbox", { name: "People and groups" }).selectOption("Group 1");
    await page.getByRole("button", { name: "Save" }).click();
    const [share] = await shares(room.peer("alice"));
    assert.deepEqual([share?.visibility, share?.groups.length, share?.allow.length], ["private", 1, 1]);
  },
);

browserTest(
  "a class that is heard on the network is chosen, and joined by the second half of its code, with and without JavaScript",
  async (browser) => {
    await using room = await Classroom.open();
    const settings = { discovery: { interval: "1 s" } };
    const udp = ["--udp-port", beaconPort()];
    await room.startTracker({ settings, ports: ["--port", "0", "--member-port", "0", ...udp] });
    const ports = ["--port", "0", "--member-port", "0", "--ui-port", "0", ...udp];
    const [alice, bob] = await Promise.all(
      ["alice", "bob"].map((name) => room.startPeer(name, { settings, ports }, "")),
    );
    const [, code] = (await room.joinLink()).split("#");
    const [first, second] = [code!.slice(0, 9), code!.slice(10)];
    await using visit = await Visit.begin(browser);
    const page = await visit.open(alice!.pages);
    await page.getByRole("radio", { name: first }).check();
    await page.getByText(`It begins with ${first!.replace("-", "\u2011")}`).waitFor();
    await visit.isFine("a class that was heard");
    await page.getByRole("textbox", { name: "Code", exact: true }).fill(second);
    await page.getByRole("textbox", { name: "Your name" }).fill("alice");
    await page.getByRole("button", { name: "Join" }).click();
    await page.locator(".who-class", { hasNotText: "No class" }).waitFor();

    await until("bob hears it", async () => (await (await bob!.api()).class()).heard.length > 0);
    await using plain = await Visit.begin(browser, { javaScript: false });
    await plain.page.goto(`${bob!.pages}/settings`);
    await plain.page.getByRole("radio", { name: first }).check();
    await fillJoin(plain.page, second, "bob");
    await plain.page.getByText("Valid until").waitFor();
  },
);

browserTest(
  "files are shared with the class, with people and with groups, and the list names them",
  async (browser) => {
    await using room = await Classroom.ofMembers("alice", "bob", "chloé");
    const alice = room.peer("alice");
    await knows(alice, "bob", "chloé");
    await using visit = await Visit.begin(browser);
    const page = await visit.open(`${alice.pages}/settings`);
    await page.getByRole("button", { name: "New group" }).click();
    await page.getByRole("textbox", { name: "Name of the group" }).fill("Group 1");
    await page.getByRole("combobox", { name: "Find a name or group" }).fill("chl");
    await page.keyboard.press("Enter");
    await visit.isFine("a group being made");
    await page.locator(".group-form").getByRole("button", { name: "Save" }).click();
    await page.getByText("1 person", { exact: true }).waitFor();

    await Deno.writeTextFile(`${alice.data}/shared_files/leçon.txt`, "leçon");
    await shared(alice, "leçon.txt");
    await visit.open(`${alice.pages}/files`);
    const ask = () => row(page, "leçon.txt").getByRole("button", { name: /Everyone|The class|bob|Group 1/ }).click();
    await ask();
    await page.getByRole("radio", { name: /The class/ }).check();
    await dialog(page).getByText("Fewer people will see it").waitFor();
    await visit.isFine("the dialog about a narrower choice");
    await page.keyboard.press("Control+Enter");
    await row(page, "leçon.txt").getByText("The class").waitFor();
    await ask();
    await page.getByRole("radio", { name: /Only some people/ }).check();
    for (const typed of ["bo", "gro"]) {
      await page.getByRole("combobox", { name: "Find a name or group" }).fill(typed);
      await page.keyboard.press("Enter");
    }
    await page.keyboard.press("Control+Enter");
    await row(page, "leçon.txt").getByText("Group 1, bob").waitFor();
    await until(
      "bob finds it, chloé too",
      async () =>
        (await room.peer("bob").search("leçon")).length === 1 &&
        (await room.peer("chloé").search("leçon")).length === 1,
    );

    await page.getByRole("link", { name: "leçon.txt" }).click();
    await dialog(page).locator(".visibility-now").getByText("Group 1, bob").waitFor();
    await visit.isFine("details of a private file");
    await page.keyboard.press("Escape");
    const groups = await visit.open(`${alice.pages}/settings`);
    await groups.getByRole("button", { name: "Change Group 1" }).click();
    await groups.getByRole("button", { name: "Remove Group 1" }).click();
    await until("chloé is out", async () => (await shares(alice))[0]?.allow.length === 1);
    await until("chloé no longer finds it", async () => (await room.peer("chloé").search("leçon")).length === 0);
    assert.equal((await room.peer("bob").search("leçon")).length, 1);

    // The next addition begins with the choice made last.
    await visit.open(`${alice.pages}/files`);
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Add files" }).click();
    await (await choosing).setFiles({
      name: "devoir.txt",
      mimeType: "text/plain",
      buffer: new Uint8Array([65]) as never,
    });
    await dialog(page).getByRole("radio", { name: /Only some people/ }).check();
    await page.getByRole("combobox", { name: "Find a name or group" }).fill("bob");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Enter");
    await row(page, "devoir.txt").getByText("bob").waitFor();
  },
);

browserTest("owners who are not in the class are marked for those who are", async (browser) => {
  await using room = await Classroom.with("alice", "dave");
  await room.join("alice");
  await Deno.writeTextFile(`${room.peer("dave").data}/shared_files/from outside.txt`, "x");
  await until("it is found", async () => (await room.peer("alice").search("outside")).length === 1);
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${room.peer("alice").pages}/network`);
  await row(page, "from outside").getByText("(not in the class)").waitFor();
  const other = await visit.open(`${room.peer("dave").pages}/network`);
  await row(other, "from outside").waitFor();
  assert.equal(await other.getByText("(not in the class)").count(), 0);
});
