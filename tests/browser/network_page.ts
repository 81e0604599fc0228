import type { Locator, Page } from "playwright-core";
import type { Download } from "../../lib/core/local_messages.ts";
import { sha256 } from "../journeys/files.ts";
import { type Found, type Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";

/** What tests of "Network" and "Transfers" do and see. */

/** What was found: one row for each content. */
export const results = (page: Page): Locator => page.locator("[data-result]");
export const result = (page: Page, name: string): Locator => results(page).filter({ hasText: name });
/** One that is under way. */
export const transfer = (page: Page, name: string): Locator => page.locator("li.transfer").filter({ hasText: name });
export const finished = (page: Page, name: string): Locator =>
  page.locator(".history-table tbody tr").filter({ hasText: name });
export const notice = (page: Page, text: string | RegExp): Locator => page.locator(".notice").filter({ hasText: text });

/** Names of what was found, from top to bottom. */
export async function namesFound(page: Page): Promise<string[]> {
  return await results(page).locator(".found-open").allTextContents();
}

/** Waits until exactly these are shown, in this order. */
export async function shows(page: Page, ...names: string[]): Promise<void> {
  let seen: string[] = [];
  await until(`the page shows ${names.join(", ") || "nothing"}`, async () => {
    seen = await namesFound(page).catch(() => []); // while another page comes
    return seen.join("\n") === names.join("\n");
  }).catch((error) => {
    throw new Error(`${error.message} It shows ${seen.join(", ") || "nothing"}.`);
  });
}

/** Part of a transfer that is there, from 0 to 1, as its bar says. */
export async function progress(page: Page, name: string): Promise<number> {
  return await transfer(page, name).getByRole("progressbar").first()
    .evaluate((bar) => (bar as HTMLProgressElement).position);
}

export async function downloads(peer: Peer): Promise<readonly Download[]> {
  return await (await peer.api()).downloads();
}

/** Waits until the only download of a peer is complete; its path. */
export async function completePath(peer: Peer): Promise<string> {
  return await until(`${peer.data} has it all`, async () => (await downloads(peer))[0]?.path);
}

export async function sameBytes(one: string, other: string): Promise<boolean> {
  return await sha256(one) === await sha256(other);
}

/** Waits until a search of that peer finds so many shares. */
export async function finds(peer: Peer, words: string, amount: number): Promise<Found[]> {
  return await until(`${peer.data} finds ${amount} of "${words}"`, async () => {
    const found = await peer.search(words);
    return found.length === amount && found;
  });
}
