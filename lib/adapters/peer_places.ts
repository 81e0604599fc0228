import { hostname, userInfo } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { displayNameSchema } from "../core/messages.ts";
import { partFiles } from "./part_files.ts";

/** The configured name, else the login name, else the computer's. */
export function peerName(configured: string): string {
  const login = () =>
    Deno.env.get("USER") ?? Deno.env.get("LOGNAME") ?? Deno.env.get("USERNAME") ?? userInfo().username;
  for (const name of [() => configured, login, hostname]) {
    const parsed = displayNameSchema.safeParse(attempt(name));
    if (parsed.success) return parsed.data;
  }
  return "peer";
}

/** Undefined where the system does not tell. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** The folder, made when it is not there, as its real path. Throws `unwritable`. */
export async function folderAt(path: string): Promise<string> {
  await partFiles().makeFolder(path);
  return await Deno.realPath(path);
}

/** The real path of what is there, or will be there once it is made. */
export async function realPlace(path: string): Promise<string> {
  const absolute = resolve(path);
  const real = await Deno.realPath(absolute).catch(() => undefined);
  if (real !== undefined || dirname(absolute) === absolute) return real ?? absolute;
  return join(await realPlace(dirname(absolute)), basename(absolute));
}

/** What no share may contain, wherever the data folder is. */
export async function privatePaths(data: string): Promise<string[]> {
  const root = await Deno.realPath(data);
  return [
    "identity",
    "incoming",
    "trash",
    "logs",
    "api-token",
    "run.json",
    "lock",
    "config.yaml",
    "peer.db",
    "peer.db-wal",
    "peer.db-shm",
    "neighbours.db",
    "neighbours.db-wal",
    "neighbours.db-shm",
  ]
    .map((name) => join(root, name));
}
