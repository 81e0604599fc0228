import { EssaimError } from "../core/errors.ts";
import type { FileId, ShareId } from "../core/ids.ts";
import type { Download } from "../core/local_messages.ts";
import type { FoundShare } from "../core/messages.ts";
import { printable } from "../core/safe_path.ts";
import { isIdPrefix } from "./choose.ts";
import { type Context, printJson } from "./context.ts";
import { resultInWords } from "./describe_download.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { startFollowing } from "./follow_download.ts";
import type { LocalApi } from "./local_api.ts";
import { openProgress } from "./progress.ts";
import { foundTable, searchPages, SHORT_ID } from "./search.ts";
import { printableLines } from "./table.ts";

const MOST_SEARCHED = 1_000; // results looked through for a name or the beginning of an id

/**
 * Fetches files one after the other and returns when each is complete and verified; one that fails stops only itself.
 * The peer does the work: when this command is interrupted the download goes on there, and the same command follows it
 * again.
 */
export async function get(context: Context, wanted: readonly string[], out: string | undefined): Promise<ExitCode> {
  const api = await context.connect();
  const interrupt = new AbortController();
  /** Before there is a download to follow, nothing is lost by ending at once. */
  const onSignal = () => following ? interrupt.abort() : Deno.exit(EXIT.failed);
  let following = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);
  const got: object[] = [];
  let code: ExitCode = EXIT.done;
  try {
    for (const one of wanted) {
      try {
        const { state, done } = await getOne(context, api, one, out, interrupt.signal, (now) => following = now);
        got.push(state);
        if (!done) code = EXIT.failed;
      } catch (error) {
        if (!(error instanceof EssaimError) || error.code === "not-running" || wanted.length === 1) throw error;
        code = EXIT.failed;
        context.terminal.remark(printableLines(`essaim: ${error.message}`));
      }
      if (interrupt.signal.aborted) break;
    }
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
  }
  if (context.json) await printJson(context.terminal, wanted.length === 1 ? got[0] : got);
  return code;
}

interface Got {
  /** The download, or the own share that made it needless. */
  readonly state: object;
  /** False when it failed or goes on in the background, which is said. */
  readonly done: boolean;
}

async function getOne(
  context: Context,
  api: LocalApi,
  wanted: string,
  out: string | undefined,
  signal: AbortSignal,
  onFollowing: (now: boolean) => void,
): Promise<Got> {
  const { terminal } = context;
  const began = performance.now();
  onFollowing(false);
  const [target, following] = await Promise.all([resolveTarget(context, api, wanted), startFollowing(api)]);
  using _ = following;
  let givers: Download["sources"] = []; // those seen last: a finished download may not name them any more
  let state: Download;
  try {
    onFollowing(true);
    state = await api.download({ ...target, ...(out === undefined ? {} : { out: context.absolute(out) }) });
  } catch (error) {
    const own = await ownShare(api, target.fileId, error);
    if (own === undefined) throw error;
    if (!context.json) terminal.line(`already here: ${printable(own.path)}`);
    return { state: own, done: true };
  }
  if (state.status === "complete") {
    if (!context.json) terminal.line(`already here: ${printable(state.path ?? state.name)}`);
    return { state, done: true };
  }
  if (state.status === "paused") state = await api.steer(state.id, "resume"); // asking again is a wish to go on
  const progress = await openProgress(terminal, state, () => performance.now());
  try {
    for await (state of following.of(state, signal)) {
      progress.show(state);
      if (state.sources.length > 0) givers = state.sources;
    }
  } finally {
    progress.stop();
  }
  const done = state.status === "complete";
  const seen = state.sources.length > 0 ? state : { ...state, sources: givers };
  if (state.status === "failed") {
    terminal.remark(printable(`essaim: ${state.name} was not fetched: ${state.reason ?? "it failed."}`));
  } else if (!done) terminal.remark(inBackground(context, state, wanted));
  else if (!context.json) terminal.line(resultInWords(seen, performance.now() - began));
  return { state, done };
}

function inBackground({ hint }: Context, { id, fileId }: Download, wanted: string): string {
  const again = /^[\p{L}\p{N}._-]+$/u.test(wanted) ? wanted : fileId.slice(0, SHORT_ID); // what needs no quotes
  return "The download goes on in the background.\n" +
    `  see it:       ${hint("downloads")}\n` +
    `  follow it:    ${hint(`get ${again}`)}\n` +
    `  give it up:   ${hint(`downloads cancel ${id.slice(0, SHORT_ID)}`)}`;
}

/** The share of this computer that made the peer refuse a download, if that was why. */
async function ownShare(api: LocalApi, file: FileId, refusal: unknown) {
  if (!(refusal instanceof EssaimError) || refusal.code !== "conflict") return undefined;
  const own = (await api.shares()).find(({ id }) => id === file);
  return own && { ...own, status: "complete" };
}

/** What to ask the peer for. Throws `not-found`, or `conflict` listing the candidates. */
async function resolveTarget(
  context: Context,
  api: LocalApi,
  wanted: string,
): Promise<{ fileId: FileId; shareId?: ShareId }> {
  const hex = wanted.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return { fileId: hex as FileId };
  const candidates = fitting(wanted, (await searchPages(api, wanted, MOST_SEARCHED)).results);
  const [first] = candidates.toSorted((a, b) => b.peers - a.peers);
  if (first === undefined) {
    throw new EssaimError(
      "not-found",
      `Nothing called "${wanted}" is shared. Look for it: ${context.hint("search WORDS")}`,
    );
  }
  const contents = new Set(candidates.map(({ id }) => id));
  if (contents.size > 1) throw ambiguous(context, wanted, candidates);
  return { fileId: first.id, shareId: first.shareId };
}

/** Those of exactly this name, else of this name in other letters (upper case, accents composed), else of this id, else all. */
function fitting(wanted: string, found: readonly FoundShare[]): FoundShare[] {
  const same = [(name: string) => name.normalize("NFC"), (name: string) => name.normalize("NFC").toLowerCase()];
  for (const fold of same) {
    const exact = found.filter(({ name }) => fold(name) === fold(wanted));
    if (exact.length > 0) return exact;
  }
  const hex = wanted.toLowerCase();
  const byId = isIdPrefix(hex) ? found.filter(({ id, shareId }) => id.startsWith(hex) || shareId.startsWith(hex)) : [];
  return byId.length > 0 ? byId : [...found];
}

function ambiguous({ hint, terminal }: Context, wanted: string, candidates: readonly FoundShare[]): EssaimError {
  const shown = candidates.slice(0, 20);
  const more = candidates.length > shown.length ? `\n… and ${candidates.length - shown.length} more` : "";
  return new EssaimError(
    "conflict",
    `Several files fit "${wanted}":\n${foundTable(shown, terminal.columns)}${more}\nChoose one by its id: ${
      hint("get ID")
    }`,
  );
}
