import { EssaimError } from "../core/errors.ts";
import { pause } from "./child.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { readRunFile } from "./data_folder.ts";
import { connectLocalPeer } from "./local_api.ts";
import { systemTerminal } from "./terminal.ts";

/** Opens an address in the browser; false where nothing can. The wiring gives it. */
export type Browse = (url: string) => Promise<boolean>;

/** Prints the address of the local peer's pages; when they are locked, a link that opens them once. */
export async function open(context: Context): Promise<ExitCode> {
  const { url, locked } = await (await context.connect()).pageLink();
  if (context.json) await printJson(context.terminal, { url, locked });
  else {
    context.terminal.line(url);
    if (locked) context.terminal.remark("This link opens the pages once, within five minutes. Keep it to yourself.");
  }
  return EXIT.done;
}

/** A peer that was started at the same moment needs this long at most to answer. */
const STARTS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 200;

/** Whose pages are shown, and how. */
export interface Shown {
  readonly data: string;
  readonly browse: Browse;
  /** What is said is for a program. */
  readonly json: boolean;
}

/** Shows the pages of the peer that was started, in the browser if there is one. Throws `not-running`. */
export async function showPages({ data, browse }: Shown): Promise<void> {
  const { url, locked } = await (await connectLocalPeer(data)).pageLink();
  const terminal = systemTerminal();
  if (await browse(url)) return terminal.remark("Its pages open in the browser. Ctrl-C stops it.");
  const once = locked ? ", once and within five minutes" : "";
  terminal.remark(`No browser can be opened from here. Open this address on this computer${once}: ${url}`);
}

/**
 * The same for a peer that was there before; false when none is. `isStarting`: one has the folder and may not answer yet.
 */
export async function showRunning({ data, browse, json }: Shown, isStarting = false): Promise<boolean> {
  const deadline = performance.now() + (isStarting ? STARTS_WITHIN_MS : 0);
  for (;;) {
    try {
      const { url } = await (await connectLocalPeer(data)).pageLink();
      const isOpen = await browse(url);
      const said = `Essaim runs already${isOpen ? "; its pages open in the browser" : ""}: ${url}`;
      systemTerminal().line(json ? JSON.stringify(await readRunFile(data)) : said);
      return true;
    } catch (error) {
      if (!(error instanceof EssaimError)) throw error;
      if (performance.now() > deadline) return false;
      await pause(LOOK_EVERY_MS);
    }
  }
}
