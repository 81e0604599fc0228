import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

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
