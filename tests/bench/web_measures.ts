/** What is measured of one page. */

import type { Browser, Page } from "playwright-core";
import { gzipSync } from "node:zlib";
import { median } from "./table.ts";

const RESULT_WITHIN_MS = 10_000;

/** Bytes, each file compressed by gzip, of all scripts that a page loads until nothing more comes. */
export async function scriptsOf(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage();
  try {
    return await countingScripts(page, () => page.goto(url, { waitUntil: "load" }));
  } finally {
    await page.close();
  }
}

/** The same for whatever `open` does with the page. */
export async function countingScripts(page: Page, open: () => Promise<unknown>): Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    sizes.push(response.body().then((body) => gzipSync(body).length, () => 0));
  });
  await open();
  const modules = await page.evaluate(() =>
    performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js")).length
  );
  const measured = await Promise.all(sizes);
  if (measured.length < modules) throw new Error(`only ${measured.length} of ${modules} scripts were measured`);
  return measured.reduce((sum, size) => sum + size, 0);
}

/** Median milliseconds from asking for a page to its last byte, without a browser; the first few are left out. */
export async function serverTime(url: string, cookie: string, times: number): Promise<number> {
  const taken: number[] = [];
  for (let round = -5; round < times; round++) {
    const began = performance.now();
    const response = await fetch(url, { headers: { cookie, "accept-language": "fr" } });
    const text = await response.text();
    if (!response.ok || !text.includes("</html>")) throw new Error(`${url} answered ${response.status}`);
    if (round >= 0) taken.push(performance.now() - began);
  }
  return median(taken);
}

/**
 * Median milliseconds from the last key typed into the search to the frame in which a row with all words is painted.
 * Each round types the words anew after the field was cleared.
 */
export async function keystrokeToResult(browser: Browser, url: string, words: string, rounds: number): Promise<number> {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    const field = page.locator("main input[type=search]").first();
    await field.waitFor();
    const taken: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await field.fill("");
      await field.pressSequentially(words.slice(0, -1), { delay: 60 });
      await page.evaluate(watchForResult, words);
      await field.press(words.slice(-1));
      const ms = await page.waitForFunction(() => (globalThis as { painted?: number }).painted, undefined, {
        timeout: RESULT_WITHIN_MS,
      });
      taken.push(await ms.jsonValue() as number);
    }
    return median(taken);
  } finally {
    await page.close();
  }
}

/** Runs in the page: notes when, after the next key, all rows have the last word and are on the screen. */
function watchForResult(words: string): void {
  const scope = globalThis as unknown as {
    painted?: number | undefined;
    document: Document;
    requestAnimationFrame(draw: () => void): void;
  };
  scope.painted = undefined;
  const last = words.slice(words.lastIndexOf(" ") + 1);
  let typed = NaN;
  scope.document.addEventListener("keydown", (event) => typed = event.timeStamp, { once: true, capture: true });
  const look = () => {
    const rows = [...scope.document.querySelectorAll("main [data-result]")];
    const isThere = rows.length > 0 && rows.every(({ textContent }) => textContent.includes(last));
    if (!Number.isNaN(typed) && isThere) {
      scope.requestAnimationFrame(() => setTimeout(() => scope.painted = performance.now() - typed));
    } else scope.requestAnimationFrame(look);
  };
  scope.requestAnimationFrame(look);
}
