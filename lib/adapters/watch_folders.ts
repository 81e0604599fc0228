import { basename } from "node:path";
import { asEssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";
import type { Log } from "../ports.ts";

/** A file being copied makes hundreds of events a second; this is how long after the first of them the caller hears. */
const SETTLE_MS = 200;

export interface WatchOptions {
  readonly folders: readonly string[];
  readonly isIgnored: (path: string) => boolean;
  readonly onChange: () => void;
  readonly log: Log;
}

/**
 * Calls `onChange` at most every 200 ms while something below the folders changes. Reading a file is no change. When the
 * system cannot watch (too many folders, a network disk), this is logged once and only rescans notice changes.
 */
export function watchFolders({ folders, isIgnored, onChange, log }: WatchOptions): Disposable {
  const watchers: Deno.FsWatcher[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      onChange();
    }, SETTLE_MS);
  };
  const cannot = (folder: string, error: unknown) =>
    log.warning(
      "watch-failed",
      `Changes in ${printable(folder)} are only noticed by the regular rescan: ${asEssaimError(error).message}`,
      { folder },
    );

  const follow = async (folder: string, watcher: Deno.FsWatcher) => {
    try {
      for await (const { kind, paths } of watcher) {
        if (kind !== "access" && paths.some((path) => !isIgnored(basename(path)))) soon();
      }
    } catch (error) {
      if (!closed) cannot(folder, error);
    }
  };
  for (const folder of folders) {
    try {
      const watcher = Deno.watchFs(folder, { recursive: true });
      watchers.push(watcher);
      follow(folder, watcher);
    } catch (error) {
      cannot(folder, error);
    }
  }
  return {
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
