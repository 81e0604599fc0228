/** Where programs keep what is their user's. */
export interface UserFolders {
  /** Of this program alone: database, keys, logs. */
  readonly data: string;
  readonly documents: string;
  readonly downloads: string;
}

export interface UserPlace {
  readonly os: string;
  /** Absolute; the user's home folder. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Content of the file that names the folders of a Linux desktop, as `userDirsFile` says. */
  readonly userDirs?: string;
}

/**
 * The user's folders as each system wants them: XDG base directories and user-dirs.dirs on Linux, Library on macOS,
 * AppData on Windows.
 */
export function userFolders({ os, home, env, userDirs = "" }: UserPlace): UserFolders {
  switch (os) {
    case "windows":
      return {
        data: `${env["LOCALAPPDATA"] || `${home}\\AppData\\Local`}\\Essaim`,
        documents: `${home}\\Documents`,
        downloads: `${home}\\Downloads`,
      };
    case "darwin":
      return {
        data: `${home}/Library/Application Support/Essaim`,
        documents: `${home}/Documents`,
        downloads: `${home}/Downloads`,
      };
    default:
      return {
        data: `${absolute(env["XDG_DATA_HOME"]) ?? `${home}/.local/share`}/essaim`,
        documents: named(userDirs, "DOCUMENTS", home) ?? `${home}/Documents`,
        downloads: named(userDirs, "DOWNLOAD", home) ?? `${home}/Downloads`,
      };
  }
}

/** Where a Linux desktop names its folders, in the user's language. */
export function userDirsFile({ home, env }: UserPlace): string {
  return `${absolute(env["XDG_CONFIG_HOME"]) ?? `${home}/.config`}/user-dirs.dirs`;
}

/** A relative path is to be ignored (XDG Base Directory Specification 0.8). */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path.replace(/(?<=.)\/+$/, "") : undefined;
}

/** Lines are `XDG_NAME_DIR="$HOME/…"` or `="/…"`; the home folder itself means that there is none. */
function named(userDirs: string, name: string, home: string): string | undefined {
  const [, value] = new RegExp(`^\\s*XDG_${name}_DIR="((?:\\$HOME)?/(?:[^"\\\\]|\\\\.)*)"`, "m").exec(userDirs) ?? [];
  const path = absolute(value?.replaceAll(/\\(.)/g, "$1").replace(/^\$HOME(?=\/)/, () => home));
  return path === home || path === "/" ? undefined : path;
}
