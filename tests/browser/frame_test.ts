import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Classroom } from "../journeys/processes.ts";
import { browserTest } from "./chromium.ts";
import { shared, writeFiles } from "./files_page.ts";
import { Visit } from "./visit.ts";

/** What has the focus: what it is called, and whether it can be seen that it has it. Empty: nothing has. */
function focused(page: Page): Promise<{ name: string; isSeen: boolean }> {
  return page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))); // it is drawn
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return { name: "", isSeen: true };
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const { width, height, top, bottom } = element.getBoundingClientRect();
    const hasRing = outlineStyle !== "none" && parseFloat(outlineWidth) > 0 || boxShadow !== "none";
    const isOnScreen = width > 1 && height > 1 && bottom > 0 && top < innerHeight;
    const label = element.getAttribute("aria-label") ?? element.textContent.trim();
    return { name: label || element.id || element.tagName, isSeen: hasRing && isOnScreen };
  });
}

/** Presses Tab from the top of the page until the focus leaves it; the names of all that had it. */
async function walk(page: Page): Promise<string[]> {
  const names: string[] = [];
  for (let steps = 0; steps < 200; steps++) {
    await page.keyboard.press("Tab");
    const { name, isSeen } = await focused(page);
    if (name === "") return names;
    assert.ok(isSeen, `the focus cannot be seen on ${name}`);
    names.push(name);
  }
  throw new Error(`Tab never leaves the page: ${names.slice(0, 40)}`);
}

/** How many elements can be operated: each must be reached. */
function operable(page: Page): Promise<number> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")]
      .filter((one) => one.tabIndex >= 0 && !one.matches(":disabled, [type=hidden]") && one.checkVisibility()).length
  );
}

browserTest(
  "everything is reached with Tab and shows that it is, and the first stop skips the menu",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const { pages } = room.peer("alice");
    for (const look of [{ theme: "light", width: 1280 }, { theme: "dark", width: 390 }] as const) {
      await using visit = await Visit.begin(browser, look);
      for (const path of ["/", "/settings"]) {
        const page = await visit.open(pages + path);
        await page.getByText("Online", { exact: true }).waitFor(); // or "why?" would come in between
        if (path === "/") await page.getByRole("link", { name: "All my files" }).waitFor(); // not while the folder is looked at
        const names = await walk(page);
        assert.equal(names[0], "Go to the content");
        assert.ok(["Dashboard", "My files", "Network", "Transfers", "Settings"].every((name) => names.includes(name)));
        assert.equal(names.length, await operable(page), `${path} ${look.width}: ${names}`);
      }
      const page = await visit.open(pages);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.activeElement?.closest("main") !== null), "on into the content");
    }
  },
);

browserTest("a slash goes to the search field, is typed where one types, and Enter searches", async (browser) => {
  await using room = await Classroom.with("alice");
  await using visit = await Visit.begin(browser);
  const page = await visit.open(`${room.peer("alice").pages}/settings`);
  const field = page.getByRole("searchbox", { name: "Search the network" });
  await page.getByLabel("Shared folder").press("/");
  assert.ok(!await field.evaluate((field) => field === document.activeElement));
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("/");
  assert.ok(await field.evaluate((field) => field === document.activeElement));
  await page.keyboard.type("leçon");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/network\?q=le%C3%A7on$/);
});

browserTest("what was done is announced, and can be undone for ten seconds or while one is at it", async (browser) => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await writeFiles(alice.data, { "shared_files/a.txt": "a", "shared_files/b.txt": "b" });
  await shared(alice, "a.txt", "b.txt");
  await using visit = await Visit.begin(browser);
  await visit.page.clock.install();
  const page = await visit.open(`${alice.pages}/files`);
  const remove = async (name: string) => {
    const row = page.getByRole("row").filter({ hasText: name });
    await row.getByRole("button", { name: /^Delete/ }).click();
  };
  const undo = page.getByRole("region", { name: "Notices" }).getByRole("status").getByRole("button", { name: "Undo" });
  await remove("a.txt");
  await undo.focus();
  await page.clock.runFor(60_000); // it stays while it has the focus
  await visit.isFine("a notice");
  await undo.press("Enter");
  await shared(alice, "a.txt", "b.txt");
  await page.getByRole("row").nth(1).filter({ hasText: "a.txt" }).waitFor(); // the newest comes first
  await remove("b.txt");
  await undo.waitFor();
  await page.clock.runFor(10_500);
  await undo.waitFor({ state: "detached" });
  await shared(alice, "a.txt");
});
