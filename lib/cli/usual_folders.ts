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

/** Folders of this user that are seen in every file manager. */
export async function usualFolders(): Promise<UsualFolders> {
  const here = place();
  const userDirs = here.os === "linux" ? await Deno.readTextFile(userDirsFile(here)).catch(() => "") : "";
  const { documents, downloads } = userFolders({ ...here, userDirs });
  const { isDirectory } = await Deno.stat(documents).catch(() => ({ isDirectory: false }));
  return { shared: join(isDirectory ? documents : here.home, "Essaim"), downloads: join(downloads, "Essaim") };
}

/** Everything in the data folder, for one that was named. */
export function foldersIn(data: string): UsualFolders {
  return { shared: join(data, "shared_files"), downloads: join(data, "downloads") };
}
