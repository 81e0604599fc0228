import { type Browser, chromium } from "playwright-core";

/** The system's Chromium; `CHROMIUM` names another one. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** No sandbox, as tests also run as root in a container; and no request of the browser's own. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];

/** Where Chromium is; undefined when there is none. */
export function findChromium(): string | undefined {
  const named = Deno.env.get("CHROMIUM");
  return (named === undefined ? PLACES : [named]).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Chromium without a window and with a fresh profile; throws where there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(`There is no Chromium at ${PLACES.join(" or ")}. Install it, or name one in CHROMIUM.`);
  }
  return await chromium.launch({ executablePath, args: ARGS });
}

/** One for all tests of a file; each opens pages in a context of its own. */
let shared: Promise<Browser> | undefined;
Deno.test.afterAll(async () => {
  await (await shared)?.close();
});

/** A test in a browser. Without Chromium it says that it is skipped; in CI it fails. */
export function browserTest(name: string, fn: (browser: Browser) => Promise<void>): void {
  const ignore = findChromium() === undefined && Deno.env.get("CI") !== "true";
  if (ignore) console.log(`skipped: no Chromium here for "${name}"`);
  Deno.test({
    name,
    ignore,
    // The browser outlives the test.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      shared ??= launchChromium();
      await fn(await shared);
    },
  });
}
