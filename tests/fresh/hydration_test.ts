import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { fileURLToPath } from "node:url";
import { App, csp, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { browserTest } from "../browser/chromium.ts";

interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly policy: string;
  /** What the browser had to complain about. */
  readonly complaints: readonly string[];
}

/** Opens a page of the test site under a policy that allows no inline script without the page's nonce. */
async function visit(browser: Browser, path: string): Promise<Visit> {
  const root = fileURLToPath(new URL("site", import.meta.url));
  const applySnapshot = await new Builder({ root }).build({ mode: "production", snapshot: "memory" });
  const app = new App().use(csp({ useNonce: true })).use(staticFiles()).fsRoutes();
  applySnapshot(app);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.handler());
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const answer = await page.goto(`http://127.0.0.1:${server.addr.port}${path}`);
  const policy = answer!.headers()["content-security-policy"]!;
  return { page, policy, complaints, [Symbol.asyncDispose]: () => server.shutdown() };
}

browserTest("islands come to life with their props and share a signal, under a strict policy", async (browser) => {
  await using visited = await visit(browser, "/");
  const { page, policy, complaints } = visited;
  assert.match(policy, /script-src 'self' 'nonce-\w+';/);
  const first = page.getByRole("region", { name: "first" });
  const second = page.getByRole("region", { name: "second" });
  await second.and(page.locator("[data-ready=true][data-year='1970']")).waitFor();
  await second.getByRole("button", { name: "+1 second" }).click();
  await first.getByRole("button").click();
  await page.locator("output:text-is('5')").nth(1).waitFor();
  await page.locator("ul:has(li:nth-child(5):last-child)").waitFor();
  assert.deepEqual(complaints, []);
});

browserTest(
  "an island changes only what is between its markers, and one that fails stops no other",
  async (browser) => {
    await using visited = await visit(browser, "/lists");
    const { page, complaints } = visited;
    const list = page.locator("ul");
    const reads = (text: string) => list.filter({ hasText: new RegExp(`^${text}$`) }).waitFor();
    await reads("firstabmorenonelast");
    await list.getByRole("button", { name: "more" }).click();
    await reads("firstnewabendmorenonelast");
    await list.getByRole("button", { name: "none" }).click();
    await reads("firstmorenoneemptylast");
    await list.getByRole("button", { name: "more" }).click();
    await reads("firstnewendmorenonelast");

    await page.getByRole("button", { name: "open" }).click();
    const nested = page.locator("main > div");
    await nested.getByText("text 3").waitFor();
    await nested.getByRole("button", { name: "more" }).click();
    await nested.getByText("end").waitFor();
    assert.deepEqual(complaints, ["broken on purpose"]);
  },
);
