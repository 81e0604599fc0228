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
import { foundTable, searchPages } from "./search.ts";

const MOST_SEARCHED = 1_000; // results looked through for a name or the beginning of an id

/**
 * Fetches a file and returns when it is complete and verified. The peer does the work: when this command is interrupted
 * the download goes on there, and the same command follows it again.
 */
export async function get(context: Context, wanted: string, out: string | undefined): Promise<ExitCode> {
  const { terminal } = context;
  const api = await context.connect();
  const began = performance.now();
  const [target, following] = await Promise.all([resolveTarget(api, wanted), startFollowing(api)]);
  using _ = following;
  let givers: Download["sources"] = []; // those seen last: a finished download may not name them any more
  let state = await api.download({ ...target, ...(out === undefined ? {} : { out: context.absolute(out) }) });
  if (state.status === "paused") state = await api.steer(state.id, "resume"); // asking again is a wish to go on

  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);
  const progress = await openProgress(terminal, state, () => performance.now());
  try {
    for await (state of following.of(state, interrupt.signal)) {
      progress.show(state);
      if (state.sources.length > 0) givers = state.sources;
    }
  } finally {
    progress.stop();
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
  }
  if (context.json) await printJson(terminal, state);
  return report(
    context,
    state.sources.length > 0 ? state : { ...state, sources: givers },
    wanted,
    performance.now() - began,
  );
}

function report({ terminal, json }: Context, state: Download, wanted: string, ms: number): ExitCode {
  switch (state.status) {
    case "complete":
      if (!json) terminal.line(resultInWords(state, ms));
      return EXIT.done;
    case "failed":
      throw new EssaimError("no-source", printable(`${state.name} was not fetched: ${state.reason ?? "it failed."}`));
    default:
      terminal.remark(
        `The download goes on in the background; "essaim downloads" shows it, "essaim get ${printable(wanted)}" ` +
          `follows it again, "essaim downloads cancel ${state.id}" gives it up.`,
      );
      return EXIT.failed;
  }
}

/** What to ask the peer for. Throws `not-found`, or `conflict` listing the candidates. */
async function resolveTarget(api: LocalApi, wanted: string): Promise<{ fileId: FileId; shareId?: ShareId }> {
  const hex = wanted.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return { fileId: hex as FileId };
  let candidates = byName(wanted, (await searchPages(api, wanted, MOST_SEARCHED)).results);
  if (candidates.length === 0 && isIdPrefix(hex)) {
    const { results } = await searchPages(api, "", MOST_SEARCHED);
    candidates = results.filter(({ id, shareId }) => id.startsWith(hex) || shareId.startsWith(hex));
  }
  const [first] = candidates.toSorted((a, b) => b.peers - a.peers);
  if (first === undefined) {
    throw new EssaimError("not-found", `Nothing called "${wanted}" is shared. Look for it: essaim search WORDS`);
  }
  const contents = new Set(candidates.map(({ id }) => id));
  if (contents.size > 1) throw ambiguous(wanted, candidates);
  return { fileId: first.id, shareId: first.shareId };
}

/** Those of exactly this name, else of this name in other letters (upper case, accents composed), else all. */
function byName(wanted: string, found: readonly FoundShare[]): FoundShare[] {
  const same = [(name: string) => name.normalize("NFC"), (name: string) => name.normalize("NFC").toLowerCase()];
  for (const fold of same) {
    const exact = found.filter(({ name }) => fold(name) === fold(wanted));
    if (exact.length > 0) return exact;
  }
  return [...found];
}

function ambiguous(wanted: string, candidates: readonly FoundShare[]): EssaimError {
  const shown = candidates.slice(0, 20);
  const more = candidates.length > shown.length ? `\n… and ${candidates.length - shown.length} more` : "";
  return new EssaimError(
    "conflict",
    `Several files fit "${wanted}":\n${foundTable(shown)}${more}\nChoose one by its id: essaim get ID`,
  );
}
