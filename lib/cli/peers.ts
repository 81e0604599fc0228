import { formatAgo } from "../core/units.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { table } from "./table.ts";

/** Prints the other peers that are present. */
export async function peers(context: Context): Promise<ExitCode> {
  const list = await (await context.connect()).peers();
  if (context.json) await printJson(context.terminal, list);
  else if (list.length === 0) context.terminal.remark("No other computer is seen at the moment.");
  else {
    context.terminal.line(table(
      ["Name", "Address", "Last seen", "Peer id"],
      list.map(({ name, host, port, lastSeen, peerId }) => [
        name,
        host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
        Number.isNaN(Date.parse(lastSeen)) ? lastSeen : formatAgo(Date.now() - Date.parse(lastSeen)),
        peerId.slice(0, 12),
      ]),
      { cut: [0], columns: context.terminal.columns },
    ));
  }
  return EXIT.done;
}
