/**
 * Pictures of the pages, with a class that works: `deno task screenshots [--out DIR] [--all] [--lang fr]`. Without `--all`
 * those of the documents: 1280 px, light, French and English, as WebP. It needs Linux and root, since it makes a network
 * and home folders of its own, so that addresses, ports and paths are those that people see.
 */

import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { type Language, openClass, type WorkingClass } from "./screens_class.ts";

const ADDRESS = "192.168.1.10";
const TRACKER = `http://${ADDRESS}:5000`;
const HOMES = "/home";
/** For this process alone: only it sees this network and these home folders, and they go with it. */
const ALONE =
  `ip link set lo up && ip link add eth0 type veth peer name cable && ip link set cable up && ip addr add ${ADDRESS}/24 brd + dev eth0 && \
ip link set eth0 up && mount -t tmpfs tmpfs ${HOMES} && exec "$@"`;
const WIDTHS = [{ width: 1280, height: 800 }, { width: 390, height: 844 }];
const THEMES = ["light", "dark"] as const;
const WEBP_QUALITY = 82;

interface View {
  readonly name: string;
  readonly url: string;
  /** What is done before the picture is taken. */
  prepare?(page: Page): Promise<void>;
}

const { values } = parseArgs({
  options: {
    out: { type: "string", default: fileURLToPath(new URL("../../docs/screens", import.meta.url)) },
    all: { type: "boolean", default: false },
    lang: { type: "string", multiple: true, default: ["fr", "en"] },
    alone: { type: "boolean", default: false },
  },
});
if (!values.alone) {
  const again = [Deno.execPath(), "run", "-q", "-A", fileURLToPath(import.meta.url), ...Deno.args, "--alone"];
  const { code } = await new Deno.Command("unshare", { args: ["--net", "--mount", "sh", "-c", ALONE, "sh", ...again] })
    .spawn().status;
  Deno.exit(code);
}
await Deno.mkdir(values.out, { recursive: true });
await using browser = await launchChromium();
for (const lang of values.lang as Language[]) {
  await using room = await openClass(lang, HOMES, TRACKER, browser);
  for (const view of views(room)) {
    for (const viewport of values.all ? WIDTHS : WIDTHS.slice(0, 1)) {
      for (const theme of values.all ? THEMES : THEMES.slice(0, 1)) await picture(browser, view, viewport, theme, lang);
    }
  }
}

/** Those of what is under way come first. */
function* views({ cast, teacher, fetcher, newcomer, secret }: WorkingClass): Generator<View> {
  yield { name: "transfers", url: `${fetcher.pages}/transfers`, prepare: unfold };
  yield { name: "dashboard", url: `${fetcher.pages}/` };
  yield { name: "network", url: `${fetcher.pages}/network?q=` };
  yield { name: "files", url: `${teacher.pages}/files` };
  yield { name: "settings", url: `${teacher.pages}/settings` };
  yield { name: "permission", url: `${teacher.pages}/files`, prepare: (page) => addFile(page, cast.added, cast) };
  yield { name: "welcome", url: `${newcomer.pages}/welcome`, prepare: (page) => joining(page, secret, cast.newcomer) };
  yield { name: "tracker", url: `${TRACKER}/` };
  yield { name: "join", url: "http://127.0.0.1:5000/join" };
  yield { name: "class-settings", url: "http://127.0.0.1:5000/class/settings" };
  yield { name: "people", url: "http://127.0.0.1:5000/class/people" };
  if (values.all) yield { name: "search", url: `${TRACKER}/search?q=` };
}

async function unfold(page: Page): Promise<void> {
  await page.locator("main details summary").first().click();
  await page.locator("main details canvas, main details svg").first().waitFor();
}

async function addFile(page: Page, name: string, { group, pupils }: WorkingClass["cast"]): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.locator("main button", { hasText: /Ajouter des fichiers|Add files/ }).first().click();
  await (await chooser).setFiles({ name, mimeType: "application/pdf", buffer: Buffer.alloc(90_000) });
  const dialog = page.locator("dialog[open]");
  await dialog.locator("input[value=private]").check();
  const names = dialog.getByRole("combobox");
  for (const typed of [group.name, pupils[2]!]) {
    await names.fill(typed);
    await names.press("Enter");
  }
}

async function joining(page: Page, secret: string, name: string): Promise<void> {
  await page.locator("input[name=heard]").first().check();
  await page.locator("input[name=code], input[name=link]").first().fill(secret);
  await page.locator("input[name=name]").fill(name);
}

async function picture(
  browser: Browser,
  { name, url, prepare }: View,
  viewport: { width: number; height: number },
  colorScheme: "light" | "dark",
  lang: Language,
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme, locale: lang === "fr" ? "fr-FR" : "en-GB" });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await prepare?.(page);
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(1_500); // live figures settle
    const file = values.all ? `${name}-${lang}-${colorScheme}-${viewport.width}.webp` : `${name}-${lang}.webp`;
    const devtools = await context.newCDPSession(page);
    const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: WEBP_QUALITY });
    await Deno.writeFile(`${values.out}/${file}`, Uint8Array.fromBase64(data));
    console.log(`${file} ${Math.ceil(data.length * 0.75 / 1000)} kB`);
  } finally {
    await context.close();
  }
}
