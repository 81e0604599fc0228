import { asEssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";
import type { ShareFiles } from "./share_file.ts";

/** After a scan of D ms the next one starts at the earliest 3 × D later: a busy folder costs at most a quarter of a core. */
const REST_FACTOR = 3;
const MAX_REPORTED = 1_000;

/**
 * Rescans at once, then after each change below a watched folder, when a waiting file should have become quiet, and at
 * least every `rescanIntervalMs`, until `signal` aborts. A failed scan is logged and tried again at the next turn.
 */
export async function keepSharing(
  sharing: ShareFiles,
  rescanIntervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, folders } = sharing.ports;
  const reported = new Set<string>();
  let watcher: Disposable | undefined;
  let watched = "";
  let wake = new AbortController();
  try {
    while (!signal.aborted) {
      const now = await watchedNow(sharing);
      if (now !== watched) {
        watcher?.[Symbol.dispose]();
        watcher = folders.watch(sharing.watched(), () => wake.abort());
        watched = now;
      }
      wake = new AbortController();
      const started = clock.monotonic();
      let waitMs = rescanIntervalMs;
      try {
        const { sightings, problems } = await sharing.rescan(signal);
        if (sightings.size > 0) waitMs = Math.min(waitMs, sharing.options.quietPeriodMs);
        for (const [path, error] of problems) {
          if (reported.size >= MAX_REPORTED) reported.clear();
          if (reported.has(path + error.code)) continue;
          reported.add(path + error.code);
          log.warning("not-shared", printable(error.message), { path: printable(path), reason: error.code });
        }
      } catch (error) {
        if (signal.aborted) return;
        const { code, message } = asEssaimError(error);
        log.error("scan-failed", `The shared files could not be brought up to date: ${printable(message)}`, { code });
      }
      await pause(REST_FACTOR * (clock.monotonic() - started), signal);
      await pause(waitMs, AbortSignal.any([signal, wake.signal]));
    }
  } finally {
    watcher?.[Symbol.dispose]();
  }

  async function pause(ms: number, until: AbortSignal): Promise<void> {
    if (!until.aborted) await clock.sleep(ms, until).catch(() => {});
  }
}

/** Changes when a watched folder appears, disappears or becomes another: then watching begins anew. */
async function watchedNow(sharing: ShareFiles): Promise<string> {
  const places = await Promise.all(
    sharing.watched().map((path) => sharing.ports.folders.lookExactly(path).catch(() => undefined)),
  );
  return JSON.stringify(
    places.map((place) => place && [place.path, place.kind, place.kind === "file" ? 0 : place.inode]),
  );
}
