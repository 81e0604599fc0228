import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { App, csp, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { browserTest } from "../browser/chromium.ts";

browserTest("islands come to life with their props and share a signal, under a strict policy", async (browser) => {
  const root = fileURLToPath(new URL("site", import.meta.url));
  const applySnapshot = await new Builder({ root }).build({ mode: "production", snapshot: "memory" });
  const app = new App().use(csp({ useNonce: true })).use(staticFiles()).fsRoutes();
  applySnapshot(app);
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.handler());

  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  const answer = await page.goto(`http://127.0.0.1:${server.addr.port}/`);
  assert.match(answer!.headers()["content-security-policy"]!, /script-src 'self' 'nonce-\w+';/);

  const first = page.getByRole("region", { name: "first" });
  const second = page.getByRole("region", { name: "second" });
  await second.and(page.locator("[data-ready=true][data-year='1970']")).waitFor();
  await second.getByRole("button", { name: "+1 second" }).click();
  await first.getByRole("button").click();
  await page.locator("output:text-is('5')").nth(1).waitFor();
  await page.locator("ul:has(li:nth-child(5):last-child)").waitFor();

  const around = await page.evaluate<string>(`
    [...document.querySelector("main").children].map((element) => element.localName).join()`);
  assert.equal(around, "h1,section,section,ul,p");
  assert.deepEqual(complaints, []);
});
