import { basename, dirname } from "node:path";
import { EssaimError } from "../core/errors.ts";
import type { Download } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { formatBytes } from "../core/units.ts";
import { choose } from "./choose.ts";
import { type Context, printJson } from "./context.ts";
import { progressInWords } from "./describe_download.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import { table } from "./table.ts";

/** Lists the downloads, or pauses, resumes or cancels those named (id, beginning of it, file id, name, or all). */
export async function downloads(
  context: Context,
  action: string | undefined,
  typed: readonly string[],
): Promise<ExitCode> {
  if (action === undefined) return await list(context);
  if (action !== "pause" && action !== "resume" && action !== "cancel") {
    throw new UsageError(`Unknown action "${action}". Use pause, resume or cancel, or nothing for the list.`);
  }
  if (typed.length === 0) {
    throw new UsageError(`Which download? ${context.hint(`downloads ${action} ID`)} (or a name, or all)`);
  }
  const api = await context.connect();
  const known = (await api.downloads()).map((download) => ({
    name: download.name,
    ids: [download.id, download.fileId],
    download,
  }));
  const meant = typed.flatMap((one) =>
    one === ALL ? known.filter(({ download }) => CONCERNS[action].has(download.status)) : [
      choose(one, known, "download", ({ download }) => `${download.id}  ${download.name}`, context.hint("downloads")),
    ]
  );
  if (meant.length === 0) context.terminal.remark(`There is no download to ${action}.`);
  const changed: Download[] = [];
  for (const { download } of new Set(meant)) {
    if (action === "cancel") await api.cancel(download.id);
    changed.push(action === "cancel" ? download : await api.steer(download.id, action));
    if (!context.json) context.terminal.line(`${PAST[action]}: ${printable(download.name)}`);
  }
  if (context.json) await printJson(context.terminal, changed);
  return EXIT.done;
}

const ALL = "all";
/** What "all" means for each action. */
const CONCERNS: Record<keyof typeof PAST, ReadonlySet<Download["status"]>> = {
  pause: new Set(["queued", "finding", "fetching", "waiting"]),
  resume: new Set(["paused", "failed"]),
  cancel: new Set(["queued", "finding", "fetching", "waiting", "paused", "failed"]),
};
const PAST = { pause: "Paused", resume: "Goes on", cancel: "Cancelled" } as const;
const SHORT_ID = 12; // hex digits: the actions accept eight

async function list({ terminal, json, hint, connect }: Context): Promise<ExitCode> {
  const all = await (await connect()).downloads();
  if (json) await printJson(terminal, all);
  else if (all.length === 0) terminal.remark(`No downloads yet: ${hint("search WORDS")}, then ${hint("get ID")}`);
  else {
    terminal.line(table(
      ["Id", "Name", "Size", "Progress"],
      all.map((download) => [
        download.id.slice(0, SHORT_ID),
        download.kind === "folder" ? `${download.name}/` : download.name,
        formatBytes(download.size),
        download.status === "complete" ? whereItIs(download) : progressInWords(download),
      ]),
      { right: [2], cut: [1, 3], columns: terminal.columns },
    ));
  }
  return EXIT.done;
}

function whereItIs({ name, path = "" }: Download): string {
  return basename(path) === name ? `complete, in ${dirname(path)}` : `complete: ${path}`;
}

/** The download as the peer lists it now; throws `cancelled` when it is gone from the list. */
export function findDownload(list: readonly Download[], id: string): Download {
  const found = list.find((download) => download.id === id);
  if (found) return found;
  throw new EssaimError("cancelled", "The download was cancelled.");
}
