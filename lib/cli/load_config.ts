import { join, resolve } from "node:path";
import { parseConfig, type ParsedConfig, type Plain } from "../core/config.ts";
import { EssaimError } from "../core/errors.ts";
import { UsageError } from "./exit_codes.ts";
import { foldersIn, ownDataFolder, type UsualFolders, usualFolders } from "./usual_folders.ts";

type Files = { readonly path: string; readonly text: string }[];

/** Text of a configuration file; empty when there is none. Throws `unreadable`. */
async function read(path: string): Promise<Files> {
  try {
    return [{ path, text: await Deno.readTextFile(path) }];
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return [];
    if (cause instanceof Deno.errors.NotCapable) return []; // below /proc and the like, where nothing is kept
    throw new EssaimError("unreadable", `Cannot read ${path}: ${(cause as Error).message}. Correct its permissions.`, {
      cause,
    });
  }
}

/** The variables ESSAIM_…; the only ones looked at. */
function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => name.startsWith("ESSAIM_")));
}

export interface LoadedConfig extends ParsedConfig {
  /** What it would be if DATA/config.yaml said this. Throws `bad-config`. */
  ifSaved(text: string): ParsedConfig;
  /** Used where the configuration names none. */
  readonly usual: UsualFolders;
}

/**
 * The effective configuration of a tracker or a peer: defaults, `./config.yaml`, `DATA/config.yaml`, environment, flags.
 * The data folder is the user's own where neither they nor a `./config.yaml` name another. Throws `bad-config`, or
 * UsageError when only the flags are wrong.
 */
export async function loadConfig(
  command: "tracker" | "peer",
  flags: Readonly<Record<string, unknown>>,
): Promise<LoadedConfig> {
  const env = environment();
  const here = await read("config.yaml");
  const own = ownDataFolder();
  const defaults: Record<string, Plain> = await keepsDataHere(here, own)
    ? {}
    : { "peer.data": own, "tracker.data": join(own, "tracker") };
  const dataOf = ({ config }: ParsedConfig) => config[command].data;
  // The data folder must be known before its own file can be read; that file cannot move it.
  const data = dataOf(parseConfig({ defaults, files: here, env, flags: known(command, flags) }));
  const isOwn = command === "peer" && resolve(data) === resolve(own);
  if (isOwn) defaults["peer.tracker"] = ""; // it is rarely on a pupil's computer; joining a class sets it
  const isHere = await isWorkingFolder(data);
  const path = `${data}/config.yaml`;
  const files = isHere ? here : [...here, ...await read(path)];
  const fixed = { ...flags, [`${command}.data`]: flags[`${command}.data`] ?? data };
  const parse = (files: Files) => {
    const parsed = parseConfig({ defaults, files, env, flags });
    return dataOf(parsed) === data ? parsed : parseConfig({ defaults, files, env, flags: fixed });
  };
  const ifSaved = (text: string) => parse(isHere ? [{ path: "config.yaml", text }] : [...here, { path, text }]);
  try {
    return { ...parse(files), ifSaved, usual: isOwn ? await usualFolders(data) : foldersIn(data) };
  } catch (error) {
    parseConfig({ defaults, files, env, flags: {} }); // throws when files or environment are wrong too
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A `./config.yaml` keeps the data beside it, unless it is that of the user's own data folder. */
async function keepsDataHere(files: Files, own: string): Promise<boolean> {
  return files.length > 0 && !await isWorkingFolder(own);
}

async function isWorkingFolder(path: string): Promise<boolean> {
  return await Deno.realPath(path).catch(() => path) === Deno.cwd();
}

function known(command: "tracker" | "peer", flags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const key = `${command}.data`;
  return flags[key] === undefined ? {} : { [key]: flags[key] };
}

/** The data folder of the peer that a command talks to when no `--data` is given. Reads as little as it can. */
export async function defaultDataFolder(): Promise<string> {
  const fromEnv = Deno.env.get("ESSAIM_PEER_DATA");
  if (fromEnv) return fromEnv;
  const files = await read("config.yaml");
  const own = ownDataFolder();
  return await keepsDataHere(files, own) ? parseConfig({ files, env: {}, flags: {} }).config.peer.data : own;
}

/** The working directory, if its `./config.yaml` counts. */
export async function usedConfigFolder(): Promise<string | undefined> {
  return await keepsDataHere(await read("config.yaml"), ownDataFolder()) ? Deno.cwd() : undefined;
}

/** Where a tracker and peers that are only tried out keep everything. */
export async function startFolder(): Promise<string> {
  const data = resolve(await defaultDataFolder());
  return data === resolve(ownDataFolder()) ? join(data, "start") : data;
}
