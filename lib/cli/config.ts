import { describeConfig } from "../core/config.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { loadConfig } from "./load_config.ts";
import { printableLines } from "./table.ts";

/** Prints the effective configuration as YAML, each value with the place it comes from. */
export async function config(context: Context, data: string | undefined): Promise<ExitCode> {
  const lines = describeConfig(
    await loadConfig("peer", data === undefined ? {} : { "peer.data": context.absolute(data) }),
  );
  if (context.json) {
    await printJson(context.terminal, lines.map(({ key, value, origin }) => ({ key, value, origin })));
    return EXIT.done;
  }
  const width = Math.max(...lines.map(({ key, value }) => `  ${nameOf(key)}: ${JSON.stringify(value)}`.length));
  let section = "";
  for (const { key, value, origin } of lines) {
    const [here = ""] = key.split(".");
    if (here !== section) context.terminal.line(`${section === "" ? "" : "\n"}${section = here}:`);
    const setting = `  ${nameOf(key)}: ${JSON.stringify(value)}`;
    context.terminal.line(printableLines(`${setting.padEnd(Math.min(width, 60))}  # ${origin}`));
  }
  return EXIT.done;
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(".") + 1);
}
