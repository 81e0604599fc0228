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
await using room = await Classroom.with("alice", "chloé");
const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "300 KB/s" } } });
await fillClass(room.peer("alice"), room.peer("chloé"), bob);

for (const view of views()) {
  for (const viewport of values.all ? WIDTHS : WIDTHS.slice(0, 1)) {
    for (const theme of values.all ? THEMES : THEMES.slice(0, 1)) {
      for (const lang of LANGUAGES) await picture(browser, view, viewport, theme, lang);
    }
  }
}

async function fillClass(alice: Peer, chloé: Peer, bob: Peer): Promise<void> {
  const own = (peer: Peer, name: string, bytes: number) => randomFile(`${peer.data}/shared_files/${name}`, bytes);
  await own(alice, "Leçon 4 – Les fonctions affines.pdf", 2_140_000);
  await own(alice, "Exercices corrigés chapitre 4.odt", 184_000);
  await own(alice, "Vidéo du cours du 12 novembre.mp4", 64 * MB);
  await own(alice, "Photos de la sortie au Louvre.zip", 38 * MB);
  await own(chloé, "Exposé Marie Curie.pptx", 5_300_000);
  await own(chloé, "Carte de l'Europe 1914.png", 1_720_000);
  await own(bob, "notes de bob.odt", 18_000);
  await Deno.mkdir(`${room.folder}/Projet robotique`, { recursive: true });
  for (const [name, bytes] of [["plan.pdf", 420_000], ["moteur.py", 9_000], ["capteurs.csv", 61_000]] as const) {
    await randomFile(`${room.folder}/Projet robotique/${name}`, bytes);
  }
  await chloé.share(`${room.folder}/Projet robotique`);
  const video = await found(bob, "Vidéo");
  const lesson = await found(bob, "Leçon");
  await bob.get(lesson.id);
  await chloé.get(lesson.id);
  await bob.reaches(await bob.begin(video), ["fetching"], 0.02);
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
  const alice = room.peer("alice");
  yield page(bob, "dashboard", "/");
  yield page(alice, "files", "/files");
  yield page(bob, "network", "/network?q=");
  yield page(bob, "transfers", "/transfers", unfold);
  yield page(bob, "settings", "/settings");
  yield page(alice, "permission", "/files", addFile);
  yield { name: "tracker", url: `http://127.0.0.1:${room.tracker.port}/` };
  yield { name: "search", url: `http://127.0.0.1:${room.tracker.port}/search?q=` };
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
  await page.locator("dialog[open]").waitFor();
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
