import { EssaimError } from "../core/errors.ts";
import type { Download, LocalEvent, LocalPeer, Status } from "../core/local_messages.ts";
import type { Clock } from "../ports.ts";
import type { ActivityLog } from "./activity.ts";
import type { Downloads } from "./downloads.ts";
import type { Traffic } from "./traffic.ts";

/** Something new is told at most this much later. */
const EVERY_MS = 250;
/** What changes all the time, while files are scanned or fetched, is told this often. */
const MAP_EVERY_MS = 500;
const SHARES_EVERY_MS = 500;
/** When a present peer was last heard changes with each announce. */
const SEEN_EVERY_MS = 10_000;
/** Pages that were left keep theirs for a moment. */
const MAX_LISTENERS = 64;
/** Of what happened at once; all can be read with `GET /api/activity`. */
const MAX_LINES = 100;

export interface EventPorts {
  readonly downloads: Downloads;
  readonly activity: ActivityLog;
  readonly traffic: Traffic;
  status(): Status;
  peers(): LocalPeer[];
  /** Of own shares; `version` rises with each change. */
  shares(): { readonly version: number; readonly total: number };
  readonly clock: Clock;
}

/** What is new for one listener since the last call. */
type Teller = () => LocalEvent[];

/** What happens in this peer, for its own user: first how everything is, then each change within a second. */
export class LocalEvents {
  #listeners = 0;
  #wake = new AbortController();

  constructor(readonly ports: EventPorts) {}

  /** Something happened for which people wait, such as the end of a download: it is told now. */
  tellNow(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** Until the signal aborts; `map`: a download whose chunks are drawn. Throws `busy` when too many listen. */
  listen(signal: AbortSignal, map?: string): AsyncGenerator<LocalEvent[], void, undefined> {
    if (this.#listeners >= MAX_LISTENERS) {
      throw new EssaimError("busy", "Too many listen to events.", { retryAfterMs: 5_000 });
    }
    return this.#events(signal, map);
  }

  async *#events(signal: AbortSignal, map: string | undefined): AsyncGenerator<LocalEvent[], void, undefined> {
    this.#listeners++;
    try {
      const tellers = [
        this.#status(),
        this.#downloads(),
        this.#shares(),
        this.#peers(),
        this.#activity(),
        this.#rates(),
        ...(map === undefined ? [] : [this.#map(map)]),
      ];
      while (!signal.aborted) {
        const events = tellers.flatMap((tell) => tell());
        if (events.length > 0) yield events;
        await this.#pause(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#listeners--;
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const wake = this.#wake.signal;
    try {
      await this.ports.clock.sleep(EVERY_MS, AbortSignal.any([signal, wake]));
    } catch (error) {
      if (signal.aborted || !wake.aborted) throw error;
    }
  }

  #status(): Teller {
    const { status } = this.ports;
    const isNew = changed<Status>();
    return () => {
      const now = status();
      return isNew(now) ? [{ kind: "status", status: now }] : [];
    };
  }

  /** Of the finished ones, only those that finish from now on. */
  #downloads(): Teller {
    const { downloads, clock } = this.ports;
    const told = new Map<string, string>();
    const since = clock.now();
    const isNews = (download: Download) => {
      if (download.finishedAt !== undefined && Date.parse(download.finishedAt) < since) return false;
      const text = JSON.stringify(download);
      if (told.get(download.id) === text) return false;
      told.set(download.id, text);
      return true;
    };
    let version = 0;
    return () => {
      const changes = downloads.changedSince(version);
      const isListChanged = changes.version !== version;
      version = changes.version;
      const events: LocalEvent[] = changes.downloads.filter(isNews).map((download) => ({ kind: "download", download }));
      if (!isListChanged) return events;
      for (const id of told.keys()) {
        if (downloads.has(id)) continue;
        told.delete(id);
        events.push({ kind: "cancelled", cancelled: { id } });
      }
      return events;
    };
  }

  #shares(): Teller {
    const { shares } = this.ports;
    const isNew = changed<{ version: number; total: number }>();
    return this.#every(SHARES_EVERY_MS, () => {
      const now = shares();
      return isNew(now) ? [{ kind: "shares", shares: now }] : [];
    });
  }

  #peers(): Teller {
    const { peers, clock } = this.ports;
    const isNew = changed<unknown>();
    let seenAt = clock.monotonic();
    return () => {
      const now = peers();
      const others = now.map(({ lastSeen: _, ...peer }) => peer).sort((a, b) => a.peerId < b.peerId ? -1 : 1);
      if (!isNew(others) && (now.length === 0 || clock.monotonic() - seenAt < SEEN_EVERY_MS)) return [];
      seenAt = clock.monotonic();
      return [{ kind: "peers", peers: now }];
    };
  }

  #activity(): Teller {
    const { activity } = this.ports;
    let last = activity.lastId;
    return () => {
      if (activity.lastId === last) return [];
      const lines = activity.since(last).slice(-MAX_LINES);
      last = activity.lastId;
      return lines.map((activity) => ({ kind: "activity", activity }));
    };
  }

  #rates(): Teller {
    const { traffic } = this.ports;
    let told = NaN;
    return () => {
      const { slot, down, up } = traffic.latest();
      if (slot === told) return [];
      told = slot;
      return [{ kind: "rates", rates: { down, up } }];
    };
  }

  #map(id: string): Teller {
    const { downloads } = this.ports;
    const isNew = changed<unknown>();
    return this.#every(MAP_EVERY_MS, () => {
      const map = downloads.has(id) ? downloads.map(id) : undefined;
      return map && isNew(map) ? [{ kind: "map", map }] : [];
    });
  }

  #every(ms: number, tell: Teller): Teller {
    const { clock } = this.ports;
    let next = -Infinity;
    return () => {
      if (clock.monotonic() < next) return [];
      next = clock.monotonic() + ms;
      return tell();
    };
  }
}

/** Whether a value is another than in the call before. */
function changed<T>(): (now: T) => boolean {
  let before: string | undefined;
  return (now) => {
    const text = JSON.stringify(now);
    const isNew = text !== before;
    before = text;
    return isNew;
  };
}
