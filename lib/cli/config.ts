import { CONFIG_KEYS, type ConfigKey, describeConfig } from "../core/config.ts";
import type { SettingsChange } from "../core/local_messages.ts";
import { nearest } from "../core/nearest.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import { loadConfig } from "./load_config.ts";
import { printableLines } from "./table.ts";

/** Prints the effective configuration, or one key of it, as YAML, each value with the place it comes from. */
export async function config(context: Context, data: string | undefined, typed?: string): Promise<ExitCode> {
  const only = typed === undefined ? undefined : keyNamed(typed).key;
  const loaded = await loadConfig("peer", data === undefined ? {} : { "peer.data": context.absolute(data) });
  const lines = describeConfig(loaded).filter(({ key }) => only === undefined || key === only);
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

/** Has the running peer save one setting. */
export async function changeConfig(context: Context, typed: string, value: string): Promise<ExitCode> {
  const { key, kind } = keyNamed(typed);
  const settings = await (await context.connect()).changeSettings({
    [key]: kind.fromText(value) as SettingsChange[string],
  });
  const saved = settings.find((setting) => setting.key === key)!;
  if (context.json) await printJson(context.terminal, saved);
  else {
    context.terminal.line(printableLines(`${key}: ${JSON.stringify(saved.value)}`));
    context.terminal.remark(saved.pending ? "Saved. It takes effect at the next start of Essaim." : "Saved.");
  }
  return EXIT.done;
}

/** Throws UsageError with the key that may be meant. */
function keyNamed(typed: string): ConfigKey {
  const found = CONFIG_KEYS.find(({ key }) => key === typed);
  if (found) return found;
  const close = nearest(typed, CONFIG_KEYS.map(({ key }) => key));
  throw new UsageError(`There is no setting ${JSON.stringify(typed)}.${close ? ` Did you mean ${close}?` : ""}`);
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(".") + 1);
}
