import { formatBytes } from "../core/units.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { table } from "./table.ts";
import { whoSees } from "./who.ts";

/** Prints what this peer shares. */
export async function shares(context: Context): Promise<ExitCode> {
  const api = await context.connect();
  const list = await api.shares();
  if (context.json) await printJson(context.terminal, list);
  else if (list.length === 0) context.terminal.remark(`Nothing is shared yet: ${context.hint("share PATH")}`);
  else {
    const view = list.some(({ visibility }) => visibility === "private") ? await api.class() : undefined;
    context.terminal.line(table(
      ["Name", "Size", "Files", "For", "Share id", "Path"],
      list.map((share) => [
        share.kind === "folder" ? `${share.name}/` : share.name,
        formatBytes(share.size),
        String(share.files),
        whoSees(share, view),
        share.shareId.slice(0, 12),
        share.path,
      ]),
      { right: [1, 2], cut: [5, 3, 0], columns: context.terminal.columns },
    ));
  }
  return EXIT.done;
}
