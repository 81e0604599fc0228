import type { Locator, Page } from "playwright-core";
import type { LocalShare } from "../../lib/core/local_messages.ts";
import type { Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";

/** What tests of "My files" do and see. */

export const dialog = (page: Page): Locator => page.getByRole("dialog");
export const row = (page: Page, name: string): Locator => page.getByRole("row").filter({ hasText: name });

/** Own shares as programs see them. */
export async function shares(peer: Peer): Promise<readonly LocalShare[]> {
  return await (await peer.api()).shares();
}

/** Waits until exactly these are shared. */
export async function shared(peer: Peer, ...names: string[]): Promise<readonly LocalShare[]> {
  const sorted = JSON.stringify([...names].sort());
  return await until(`${peer.data} shares ${names.join(", ") || "nothing"}`, async () => {
    const list = await shares(peer);
    return JSON.stringify(list.map(({ name }) => name).sort()) === sorted && list;
  });
}

/** Text files by their path below `folder`. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const full = `${folder}/${path}`;
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(full, text);
  }
}

/** The record of a share is known a moment before its file has moved. */
export async function readable(path: string, text: string): Promise<boolean> {
  return await Deno.readTextFile(path).catch(() => "") === text;
}

export async function rename(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole("link", { name: from }).click();
  await dialog(page).getByRole("textbox", { name: "Name" }).fill(to);
  await dialog(page).getByRole("button", { name: "Rename" }).click();
}
