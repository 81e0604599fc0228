/**
 * Pictures of every page, with a class that works: `deno run -A tests/browser/screens.ts [--out DIR] [--all]`.
 * Without `--all` only those of the README: 1280 px, light, French and English.
 */

import { Buffer } from "node:buffer";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { MB, randomFile } from "../journeys/files.ts";
import { Classroom, type Peer } from "../journeys/processes.ts";
import { launchChromium } from "./chromium.ts";

const WIDTHS = [{ width: 1280, height: 800 }, { width: 390, height: 844 }];
const LANGUAGES = ["fr", "en"] as const;
const THEMES = ["light", "dark"] as const;

interface View {
  readonly name: string;
  readonly url: string;
  /** What is done before the picture is taken. */
  prepare?(page: Page): Promise<void>;
}

const { values } = parseArgs({
  options: { out: { type: "string", default: "docs/screens" }, all: { type: "boolean", default: false } },
});
await Deno.mkdir(values.out, { recursive: true });
await using browser = await launchChromium();
await using room = await Classroom.with("Alice", "Chloé", "David");
const bob = await room.startPeer("Bob", { settings: { limits: { download_rate: "300 KB/s" } } });
const tracker = `http://127.0.0.1:${room.tracker.port}`;
await nameClass(browser, "Terminale S2");
await room.join("Alice", "Bob", "Chloé", "David");
await fillClass(room.peer("Alice"), room.peer("Chloé"), bob);

for (const view of views()) {
  for (const viewport of values.all ? WIDTHS : WIDTHS.slice(0, 1)) {
    for (const theme of values.all ? THEMES : THEMES.slice(0, 1)) {
      for (const lang of LANGUAGES) await picture(browser, view, viewport, theme, lang);
    }
  }
}

async function fillClass(alice: Peer, chloé: Peer, bob: Peer): Promise<void> {
  await ran(alice, "group", "set", "Groupe 1", "Bob,Chloé");
  await own(alice, "Contrôle corrigé de Bob.pdf", 310_000, "--allow", "Bob");
  await own(alice, "Leçon 4 – Les fonctions affines.pdf", 2_140_000, "--class");
  await own(alice, "Exercices corrigés chapitre 4.odt", 184_000, "--allow", "Groupe 1");
  await own(alice, "Vidéo du cours du 12 novembre.mp4", 64 * MB, "--class");
  await own(alice, "Photos de la sortie au Louvre.zip", 38 * MB);
  await own(chloé, "Exposé Marie Curie.pptx", 5_300_000, "--class");
  await own(chloé, "Carte de l'Europe 1914.png", 1_720_000);
  await own(bob, "notes de bob.odt", 18_000);
  await Deno.mkdir(`${room.folder}/Projet robotique`, { recursive: true });
  for (const [name, bytes] of [["plan.pdf", 420_000], ["moteur.py", 9_000], ["capteurs.csv", 61_000]] as const) {
    await randomFile(`${room.folder}/Projet robotique/${name}`, bytes);
  }
  await chloé.share(`${room.folder}/Projet robotique`);
  const [video, lesson, map, photos] = await Promise.all(
    ["Vidéo", "Leçon", "Carte", "Photos"].map((words) => found(bob, words)),
  );
  for (const one of [video!, lesson!, photos!]) await chloé.get(one.id);
  for (const one of [map!, photos!]) await room.peer("David").get(one.id);
  for (const one of [lesson!, map!]) await bob.get(one.id);
  await alice.get(map!.id);
  await bob.reaches(await bob.begin(video!), ["fetching"], 0.02);
}

/** A file for everyone in the shared folder, or one for those of `who` elsewhere. */
async function own(peer: Peer, name: string, bytes: number, ...who: string[]): Promise<void> {
  if (who.length === 0) return void await randomFile(`${peer.data}/shared_files/${name}`, bytes);
  await Deno.mkdir(`${peer.data}/documents`, { recursive: true });
  await randomFile(`${peer.data}/documents/${name}`, bytes);
  await ran(peer, "share", `${peer.data}/documents/${name}`, ...who);
}

async function ran(peer: Peer, ...args: string[]): Promise<void> {
  const { code, err } = await peer.cli(...args);
  if (code !== 0) throw new Error(err);
}

async function nameClass(browser: Browser, name: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${tracker}/class/settings`);
  await page.locator("input[name=name]").fill(name);
  await page.locator("form", { has: page.locator("input[name=name]") }).locator("button[type=submit]").click();
  await page.waitForURL(/done=/);
  await page.close();
}

async function found(peer: Peer, words: string) {
  for (let tries = 0; tries < 100; tries++) {
    const [first] = await peer.search(words);
    if (first && first.peers > 0) return first;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${words} is not found`);
}

function* views(): Generator<View> {
  const page = (peer: Peer, name: string, path: string, prepare?: View["prepare"]): View => ({
    name,
    url: `${peer.pages}${path}`,
    ...(prepare ? { prepare } : {}),
  });
  const alice = room.peer("Alice");
  yield page(bob, "dashboard", "/");
  yield page(alice, "files", "/files");
  yield page(bob, "network", "/network?q=");
  yield page(bob, "transfers", "/transfers", unfold);
  yield page(bob, "settings", "/settings");
  yield page(alice, "permission", "/files", addFile);
  yield { name: "tracker", url: `${tracker}/` };
  yield { name: "search", url: `${tracker}/search?q=` };
  yield { name: "join", url: `${tracker}/join` };
  yield { name: "people", url: `${tracker}/class/people` };
}

async function unfold(page: Page): Promise<void> {
  await page.locator("main details summary").first().click();
  await page.locator("main details canvas, main details svg").first().waitFor();
}

async function addFile(page: Page): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.locator("main button", { hasText: /Ajouter des fichiers|Add files/ }).first().click();
  await (await chooser).setFiles({
    name: "Contrôle de maths.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.alloc(90_000),
  });
  const dialog = page.locator("dialog[open]");
  await dialog.locator("input[value=private]").check();
  const names = dialog.getByRole("combobox");
  for (const typed of ["Groupe", "David"]) {
    await names.fill(typed);
    await names.press("Enter");
  }
}

async function picture(
  browser: Browser,
  { name, url, prepare }: View,
  viewport: { width: number; height: number },
  colorScheme: "light" | "dark",
  lang: "fr" | "en",
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme, locale: lang === "fr" ? "fr-FR" : "en-GB" });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await prepare?.(page);
    await page.waitForTimeout(1_500); // live figures settle
    const file = values.all ? `${name}-${lang}-${colorScheme}-${viewport.width}.png` : `${name}-${lang}.png`;
    await page.screenshot({ path: `${values.out}/${file}` });
    console.log(file);
  } finally {
    await context.close();
  }
}
