import assert from "node:assert/strict";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { browserTest } from "./chromium.ts";
import { Visit } from "./visit.ts";

const APART = { settings: { discovery: { enabled: false, interval: "1 s" } } };

async function two(): Promise<Classroom> {
  const room = await Classroom.open();
  await Promise.all(["alice", "bob"].map((name) => room.startPeer(name, APART, "")));
  return room;
}

browserTest("a computer that is not found by itself is connected in Settings, and forgotten again", async (browser) => {
  await using room = await two();
  const alice = room.peer("alice");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${room.peer("bob").pages}/settings`);
  const panel = page.locator("#connect");
  const address = panel.getByRole("textbox", { name: "Address of the other computer" });
  const connect = panel.getByRole("button", { name: "Connect" });
  for (
    const [typed, said] of [
      ["a b", "This is not the address of a computer"],
      ["127.0.0.1:1", "Nothing answers there"],
      [`127.0.0.1:${room.peer("bob").port}`, "This is the address of this very computer"],
    ] as const
  ) {
    await address.fill(typed);
    await connect.click();
    await panel.getByRole("alert").getByText(said).waitFor();
    assert.equal(await address.inputValue(), typed, "what was typed stays");
  }
  visit.complaints.splice(0); // the browser notes refused requests
  await visit.isFine("an address that was refused");
  await address.fill(`127.0.0.1:${alice.port}`);
  await page.keyboard.press("Enter");
  await page.getByText("alice is connected. The address is remembered.").waitFor();
  await panel.getByText("present").waitFor();
  assert.equal(await address.inputValue(), "");
  await visit.isFine("a computer connected by hand");
  await panel.getByRole("button", { name: "Forget alice" }).click();
  await panel.getByText("Remembered").waitFor({ state: "detached" });
  assert.deepEqual(await (await room.peer("bob").api()).knownAddresses(), []);
});

browserTest(
  "the state pill leads to the doctor, who says what is in the way, in French on a phone",
  async (browser) => {
    await using room = await two();
    const bob = room.peer("bob");
    const looks = [
      {
        lang: "fr",
        width: 390,
        why: "pourquoi",
        toDoctor: "Vérifier le réseau",
        run: "Vérifier maintenant",
        done: "Vérifier à nouveau",
        none: "Aucun tracker n’est réglé",
      },
      {
        lang: "en",
        width: 1280,
        why: "why",
        toDoctor: "Check the network",
        run: "Check again",
        done: "Check again",
        none: "No tracker is set",
      },
    ] as const;
    for (const { lang, width, why, toDoctor, run, done, none } of looks) {
      await using visit = await Visit.begin(browser, { lang, width, theme: width < 400 ? "dark" : "light" });
      const page = await visit.open(bob.pages);
      await page.getByRole("button", { name: why }).click();
      await page.locator("#why").getByRole("link", { name: toDoctor }).click();
      await page.locator(".doctor[data-alive]").waitFor();
      await page.getByRole("button", { name: run }).click();
      await page.getByRole("button", { name: done }).waitFor({ timeout: 20_000 });
      await page.locator(".doctor-lines li[data-state=warn]").getByText(none).waitFor();
      assert.equal(
        await page.locator(".doctor-lines li").first().getAttribute("data-state"),
        await page.locator(".doctor-lines li[data-state=bad]").count() > 0 ? "bad" : "warn",
        "what needs somebody comes first",
      );
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      await visit.isFine(`the doctor in ${lang}`);
    }
  },
);

browserTest("without JavaScript the doctor looks, and addresses are connected and forgotten", async (browser) => {
  await using room = await two();
  await using visit = await Visit.begin(browser, { javaScript: false });
  const { page } = visit;
  await page.goto(`${room.peer("bob").pages}/doctor`);
  await page.getByRole("textbox", { name: "Address of the other computer" }).fill("127.0.0.1:1");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("Nothing answers there").waitFor();
  await page.getByRole("textbox", { name: "Address of the other computer" }).fill(
    `127.0.0.1:${room.peer("alice").port}`,
  );
  await page.getByRole("button", { name: "Connect" }).click();
  await page.locator("#connect").getByText("present").waitFor();
  await page.goto(`${room.peer("bob").pages}/doctor`);
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByText("alice and this computer reach each other.").waitFor({ timeout: 20_000 });
  await page.getByRole("button", { name: "Forget alice" }).click();
  await until("it is forgotten", async () => {
    return (await (await room.peer("bob").api()).knownAddresses()).length === 0;
  });
});
