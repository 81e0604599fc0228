import { EssaimError } from "../core/errors.ts";
import type { Download, LocalEvent, Status } from "../core/local_messages.ts";
import type { Clock } from "../ports.ts";
import type { Downloads } from "./downloads.ts";

const EVERY_MS = 250;
const STATUS_EVERY_MS = 2_000;
const MAX_LISTENERS = 16;

/** What happens in this peer, for its own user: downloads as they change, the status now and then. */
export class LocalEvents {
  #listeners = 0;

  constructor(readonly downloads: Downloads, readonly status: () => Status, readonly clock: Clock) {}

  /** From now on, until the signal aborts. Throws `busy` when too many listen. */
  listen(signal: AbortSignal): AsyncGenerator<LocalEvent[], void, undefined> {
    if (this.#listeners >= MAX_LISTENERS) {
      throw new EssaimError("busy", "Too many listen to events.", { retryAfterMs: 5_000 });
    }
    return this.#events(signal);
  }

  async *#events(signal: AbortSignal): AsyncGenerator<LocalEvent[], void, undefined> {
    const told = new Map<string, string>();
    const since = this.clock.now();
    let version = 0;
    let statusAt = -Infinity;
    this.#listeners++;
    try {
      while (!signal.aborted) {
        const changes = this.downloads.changedSince(version);
        version = changes.version;
        const events: LocalEvent[] = news(changes.downloads, told, since)
          .map((download) => ({ kind: "download", download }));
        if (this.clock.monotonic() - statusAt >= STATUS_EVERY_MS) {
          statusAt = this.clock.monotonic();
          events.push({ kind: "status", status: this.status() });
        }
        if (events.length > 0) yield events;
        await this.clock.sleep(EVERY_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#listeners--;
    }
  }
}

/** What was not told before; of the finished ones, only those that finished since. */
function news(downloads: readonly Download[], told: Map<string, string>, since: number): Download[] {
  return downloads.filter((download) => {
    if (download.finishedAt !== undefined && Date.parse(download.finishedAt) < since) return false;
    const now = JSON.stringify(download);
    if (told.get(download.id) === now) return false;
    told.set(download.id, now);
    return true;
  });
}
