import { EssaimError } from "../core/errors.ts";
import type { Download } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { formatBytes } from "../core/units.ts";
import { choose } from "./choose.ts";
import { type Context, printJson } from "./context.ts";
import { progressInWords } from "./describe_download.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import { table } from "./table.ts";

/** Lists the downloads, or pauses, resumes or cancels those named (id, beginning of it, file id or name). */
export async function downloads(
  context: Context,
  action: string | undefined,
  typed: readonly string[],
): Promise<ExitCode> {
  if (action === undefined) return await list(context);
  if (action !== "pause" && action !== "resume" && action !== "cancel") {
    throw new UsageError(`Unknown action "${action}". Use pause, resume or cancel, or nothing for the list.`);
  }
  if (typed.length === 0) throw new UsageError(`Which download? essaim downloads ${action} ID`);
  const api = await context.connect();
  const known = (await api.downloads()).map((download) => ({
    name: download.name,
    ids: [download.id, download.fileId],
    download,
  }));
  const changed: Download[] = [];
  for (const one of typed) {
    const { download } = choose(one, known, "download", ({ download }) => `${download.id}  ${download.name}`);
    if (action === "cancel") await api.cancel(download.id);
    changed.push(action === "cancel" ? download : await api.steer(download.id, action));
    if (!context.json) context.terminal.line(`${PAST[action]}: ${printable(download.name)}`);
  }
  if (context.json) await printJson(context.terminal, changed);
  return EXIT.done;
}

const PAST = { pause: "Paused", resume: "Goes on", cancel: "Cancelled" } as const;

async function list(context: Context): Promise<ExitCode> {
  const all = await (await context.connect()).downloads();
  if (context.json) await printJson(context.terminal, all);
  else if (all.length === 0) context.terminal.remark("No downloads yet: essaim search WORDS, then essaim get ID");
  else {
    context.terminal.line(table(
      ["Id", "Name", "Size", "State", "Progress"],
      all.map((download) => [
        download.id,
        download.name,
        formatBytes(download.size),
        download.status,
        download.status === "complete" ? download.path ?? "" : progressInWords(download),
      ]),
      [2],
    ));
  }
  return EXIT.done;
}

/** The download as the peer lists it now; throws `cancelled` when it is gone from the list. */
export function findDownload(list: readonly Download[], id: string): Download {
  const found = list.find((download) => download.id === id);
  if (found) return found;
  throw new EssaimError("cancelled", "The download was cancelled.");
}
