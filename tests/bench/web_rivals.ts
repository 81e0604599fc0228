/** Programs of this kind whose pages are opened in a browser. */

import type { Browser } from "playwright-core";
import { startPeer } from "./essaim_process.ts";
import { freePort, missingPrograms, type Service, startService } from "./run.ts";
import { countingScripts } from "./web_measures.ts";

const READY_WITHIN_MS = 30_000;
const POLL_MS = 5;

export interface WebInterface {
  readonly title: string;
  missing(): string[];
  /** Starts it with new data in `dir`; `url` answers when the promise resolves. */
  start(dir: string, signal: AbortSignal): Promise<{ readonly url: string } & AsyncDisposable>;
  /** Something of its page that is there only when the page works. */
  readonly shows: string;
}

const essaim: WebInterface = {
  title: "Essaim",
  missing: () => [],
  async start(dir, signal) {
    const peer = await startPeer(dir, "", signal);
    return { url: `http://127.0.0.1:${peer.uiPort}/`, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
  },
  shows: "main h1",
};

const syncthing: WebInterface = {
  title: "Syncthing",
  missing: () => missingPrograms(["syncthing"]),
  async start(dir, signal) {
    await Deno.mkdir(dir, { recursive: true });
    const url = `http://127.0.0.1:${freePort()}/`;
    const args = ["serve", "--no-browser", "--no-upgrade", "--no-restart", `--home=${dir}`, `--gui-address=${url}`];
    return await answering(startService(["syncthing", ...args], { signal, log: `${dir}.log` }), url);
  },
  shows: "#folders, #devices",
};

const qBittorrent: WebInterface = {
  title: "qBittorrent",
  missing: () => missingPrograms(["qbittorrent-nox"]),
  async start(dir, signal) {
    const port = freePort();
    const configDir = `${dir}/qBittorrent/config`;
    await Deno.mkdir(configDir, { recursive: true });
    const settings = ["[LegalNotice]", "Accepted=true", "[Preferences]", "WebUI\\Address=127.0.0.1"];
    await Deno.writeTextFile(
      `${configDir}/qBittorrent.conf`,
      [...settings, "WebUI\\LocalHostAuth=false", ""].join("\n"),
    );
    const args = [`--profile=${dir}`, `--webui-port=${port}`];
    const service = startService(["qbittorrent-nox", ...args], { signal, log: `${dir}.log` });
    return await answering(service, `http://127.0.0.1:${port}/`);
  },
  shows: "#torrentsTable, #transferList",
};

export const RIVALS: readonly WebInterface[] = [essaim, syncthing, qBittorrent];

async function answering(service: Service, url: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const answer = async () => {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok || undefined;
  };
  try {
    await service.until(`an answer of ${url}`, answer, READY_WITHIN_MS, POLL_MS);
    return { url, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
}

/** From the start of the process until its page is loaded and shows what it should. */
export async function startToPage(
  browser: Browser,
  rival: WebInterface,
  dir: string,
  signal: AbortSignal,
): Promise<{ seconds: number; scriptBytes: number }> {
  const page = await browser.newPage();
  try {
    const began = performance.now();
    await using program = await rival.start(dir, signal);
    let seconds = NaN;
    const scriptBytes = await countingScripts(page, async () => {
      await page.goto(program.url, { waitUntil: "load" });
      await page.locator(rival.shows).first().waitFor();
      seconds = (performance.now() - began) / 1000;
    });
    return { seconds, scriptBytes };
  } finally {
    await page.close();
  }
}
