import { homedir } from "node:os";
import { join } from "node:path";
import { userDirsFile, userFolders, type UserPlace } from "../core/user_folders.ts";

/** Where files are put that people look for themselves. */
export interface UsualFolders {
  readonly shared: string;
  readonly downloads: string;
}

function place(): UserPlace & { readonly env: Record<string, string> } {
  const env = Deno.env.toObject();
  return { os: Deno.build.os, home: homedir().replace(/(?<=.)[\\/]+$/, ""), env };
}

/** The data folder of this user's own peer. */
export function ownDataFolder(): string {
  return userFolders(place()).data;
}

/**
 * Folders of this user that are seen in every file manager. What lies in the one to share before the first start was not
 * put there to be shared, or for others than everyone: then files are shared from a folder in `data`, and always.
 */
export async function usualFolders(data: string): Promise<UsualFolders> {
  const here = place();
  const userDirs = here.os === "linux" ? await Deno.readTextFile(userDirsFile(here)).catch(() => "") : "";
  const { documents, downloads } = userFolders({ ...here, userDirs });
  const { isDirectory } = await Deno.stat(documents).catch(() => ({ isDirectory: false }));
  const seen = join(isDirectory ? documents : here.home, "Essaim");
  const inData = foldersIn(data).shared;
  const isInData = await isThere(inData) || !await isThere(join(data, "peer.db")) && !await isEmpty(seen);
  return { shared: isInData ? inData : seen, downloads: join(downloads, "Essaim") };
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Or not there. */
async function isEmpty(folder: string): Promise<boolean> {
  try {
    for await (const _ of Deno.readDir(folder)) return false;
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

/** Everything in the data folder, for one that was named. */
export function foldersIn(data: string): UsualFolders {
  return { shared: join(data, "shared_files"), downloads: join(data, "downloads") };
}
