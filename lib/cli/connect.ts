import { parseHostPort, writeHostPort } from "../core/known_address.ts";
import { printable } from "../core/safe_path.ts";
import { formatAgo } from "../core/units.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import { table } from "./table.ts";

/** Connects to a computer by its address, forgets one, or lists those remembered. */
export async function connect(context: Context, typed: string | undefined, isRemoval: boolean): Promise<ExitCode> {
  const { terminal, json } = context;
  if (typed === undefined) {
    if (isRemoval) throw new UsageError("Give the address to forget: connect HOST:PORT --remove");
    return await listKnown(context);
  }
  const at = parseAsUsage(typed);
  const api = await context.connect();
  if (isRemoval) {
    await api.forgetAddress(writeHostPort(at));
    if (json) await printJson(terminal, { removed: writeHostPort(at) });
    else terminal.line(`Forgot ${printable(writeHostPort(at))}.`);
    return EXIT.done;
  }
  const peer = await api.connectTo(typed);
  if (json) await printJson(terminal, peer);
  else terminal.line(printable(`Connected to ${peer.name} at ${writeHostPort(peer)}. The address is remembered.`));
  return EXIT.done;
}

async function listKnown({ terminal, json, connect }: Context): Promise<ExitCode> {
  const known = await (await connect()).knownAddresses();
  if (json) await printJson(terminal, known);
  else if (known.length === 0) terminal.remark("No address is remembered.");
  else {
    terminal.line(table(
      ["Name", "Address", "Last seen", "Kept"],
      known.map(({ name, address, lastSeen, present, kind }) => [
        name ?? "",
        address,
        present ? "now" : formatAgo(Date.now() - Date.parse(lastSeen)),
        kind === "by-hand" ? "until removed" : "14 days",
      ]),
      { cut: [0], columns: terminal.columns },
    ));
  }
  return EXIT.done;
}

function parseAsUsage(typed: string) {
  try {
    return parseHostPort(typed);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
