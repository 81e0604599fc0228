import { EssaimError } from "./errors.ts";
import { CONFIG_KEYS, type ConfigKey } from "./config_schema.ts";
import type { Config } from "./config_schema.ts";
import type { Plain } from "./config_kinds.ts";
import { checkValue, type ConfigFile, readEnv, readFile, readFlags, type Settings } from "./config_source.ts";
import { writeDuration } from "./units.ts";

export { CONFIG_KEYS, CONFIG_SECTIONS } from "./config_schema.ts";
export type { Config, ConfigKey, LogLevel, Visibility } from "./config_schema.ts";
export type { ConfigFile } from "./config_source.ts";
export type { Plain, PortRange } from "./config_kinds.ts";
export { configTemplate, setConfigValue } from "./config_edit.ts";

/** The sources of a configuration, weakest first: files in order, then environment, then command line. */
export interface ConfigSources {
  /** By dotted key, where they are other than the built-in ones. */
  readonly defaults?: Readonly<Record<string, Plain>>;
  /** `./config.yaml`, then `DATA/config.yaml`; leave out those that do not exist. */
  readonly files: readonly ConfigFile[];
  readonly env: Readonly<Record<string, string>>;
  /** By dotted key, see `configFlags`; undefined values count as not given. */
  readonly flags: Readonly<Record<string, unknown>>;
}

export interface ParsedConfig {
  readonly config: Config;
  /** Where each dotted key's value comes from: "default", "config.yaml:12:9", "ESSAIM_TRACKER_PORT" or "--port". */
  readonly origin: ReadonlyMap<string, string>;
}

/** The effective configuration. Throws `bad-config` naming every problem of every source, each with its place. */
export function parseConfig({ defaults = {}, files, env, flags }: ConfigSources): ParsedConfig {
  const settings: Settings = new Map(
    CONFIG_KEYS.map((key) => [key.key, { value: defaultValue(key, defaults[key.key]), origin: "default" }]),
  );
  const problems: string[] = [];
  for (const file of files) readFile(file, settings, problems);
  readEnv(env, settings, problems);
  readFlags(flags, settings, problems);
  const parsed: ParsedConfig = {
    config: assemble(settings),
    origin: new Map(Array.from(settings, ([key, { origin }]) => [key, origin])),
  };
  problems.push(...contradictions(parsed));
  if (problems.length > 0) throw refusal(problems);
  return parsed;
}

function defaultValue(key: ConfigKey, value = key.default): unknown {
  const checked = checkValue(key, value);
  if (!checked.ok) throw new EssaimError("internal", checked.why);
  return checked.value;
}

function assemble(settings: Settings): Config {
  const sections: Record<string, Record<string, unknown>> = {};
  for (const { key, section, property } of CONFIG_KEYS) {
    (sections[section] ??= {})[property] = settings.get(key)?.value;
  }
  return sections as unknown as Config; // built from the table that Config is derived from
}

/** Values that are right one by one but not together. */
function contradictions({ config, origin }: ParsedConfig): string[] {
  const { peerExpires, announceInterval } = config.tracker;
  if (peerExpires > announceInterval) return [];
  const places = ["tracker.peer_expires", "tracker.announce_interval"].map((key) => origin.get(key) ?? "default");
  const place = places.find((place) => place !== "default");
  return [
    `${place}: tracker.peer_expires (${writeDuration(peerExpires)}) must be longer than ` +
    `tracker.announce_interval (${writeDuration(announceInterval)}), or every computer vanishes between two announces.`,
  ];
}

function refusal(problems: readonly string[]): EssaimError {
  const [first = ""] = problems;
  if (problems.length === 1) return new EssaimError("bad-config", `Cannot use the configuration. ${first}`);
  const lines = problems.map((problem) => `\n  ${problem}`).join("");
  return new EssaimError("bad-config", `Cannot use the configuration: ${problems.length} things to correct.${lines}`);
}

/** One line of `essaim config`. */
export interface ConfigLine {
  readonly key: string;
  /** As YAML would write it: "10 MB", "5001-5100", true. */
  readonly value: Plain;
  readonly origin: string;
  readonly about: string;
}

/** Every key with its effective value and where that comes from, in the order of the shipped file. */
export function describeConfig({ config, origin }: ParsedConfig): ConfigLine[] {
  const sections: Readonly<Record<string, Readonly<Record<string, unknown>>>> = config;
  return CONFIG_KEYS.map(({ key, section, property, kind, about }) => ({
    key,
    value: kind.write(sections[section]?.[property]),
    origin: origin.get(key) ?? "default",
    about,
  }));
}

/**
 * The options of `essaim tracker` or `essaim peer`, named as Commander does (`memberPort`), by dotted key for
 * `parseConfig`. Options that are not configuration are left out.
 */
export function configFlags(
  command: "tracker" | "peer",
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const other = command === "tracker" ? "peer" : "tracker";
  const flags: Record<string, unknown> = {};
  for (const { key, section, flag } of CONFIG_KEYS) {
    if (flag === "" || section === other) continue;
    const option = flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    if (Object.hasOwn(options, option)) flags[key] = options[option];
  }
  return flags;
}
