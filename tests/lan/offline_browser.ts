/** Opens pages in a browser of the network it is started in, and prints as JSON what became of each. */

import { launchChromium } from "../browser/chromium.ts";

export interface Opened {
  readonly url: string;
  /** Whether the page has a heading. */
  readonly title: boolean;
  /** Whether its islands run. */
  readonly alive: boolean;
  /** What the page wrote to the console as an error. */
  readonly complaints: readonly string[];
  /** Requests to any other origin. */
  readonly outside: readonly string[];
}

await using browser = await launchChromium();
const opened: Opened[] = [];
for (const url of Deno.args) {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const outside: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin)) outside.push(request.url());
  });
  await page.goto(url);
  const title = await page.locator("h1").first().isVisible();
  const alive = await page.locator("[data-alive]").first().waitFor({ state: "attached" }).then(() => true, () => false);
  opened.push({ url, title, alive, complaints, outside });
  await page.close();
}
console.log(JSON.stringify(opened));
