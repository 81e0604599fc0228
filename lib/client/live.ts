import { batch, type Signal, signal } from "@preact/signals";
import type { ChunkMap, Download, LocalActivity, LocalEvent, LocalPeer, Status } from "../core/local_messages.ts";
import { api } from "./api.ts";
import type { After } from "./notices.ts";

/** The part of `EventSource` that is used. */
export interface EventStream {
  addEventListener(kind: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface LiveOptions {
  open(path: string): EventStream;
  readonly after: After;
  /** In [0, 1): spreads the returns of many pages. */
  random(): number;
  /** All downloads, asked for again after a break, in which some may have ended. */
  downloads(): Promise<readonly Download[]>;
}

type Kind = LocalEvent["kind"];
/** Every kind, checked by the compiler. */
const KINDS = Object.keys(
  {
    download: 0,
    cancelled: 0,
    status: 0,
    shares: 0,
    peers: 0,
    activity: 0,
    rates: 0,
    map: 0,
  } satisfies Record<Kind, 0>,
) as Kind[];

const FIRST_RETURN_MS = 500;
const LONGEST_RETURN_MS = 10_000;
/** The status comes every few seconds, so after this nobody is there: a computer that slept, a program that hangs. */
const SILENT_MS = 20_000;
const MOST_ACTIVITY = 50;

/**
 * What happens in this peer, as signals, over one connection for the whole page (a browser allows six to a host): closed
 * while the page is hidden, opened again when it is seen or after a break. Undefined: not told yet.
 */
export class Live {
  readonly connection: Signal<"live" | "lost"> = signal("live");
  readonly status: Signal<Status | undefined> = signal(undefined);
  readonly downloads: Signal<ReadonlyMap<string, Download>> = signal(new Map());
  readonly shares: Signal<{ readonly version: number; readonly total: number } | undefined> = signal(undefined);
  readonly peers: Signal<readonly LocalPeer[] | undefined> = signal(undefined);
  /** Newest first, since the page was opened. */
  readonly activity: Signal<readonly LocalActivity[]> = signal([]);
  readonly rates: Signal<{ readonly down: number; readonly up: number } | undefined> = signal(undefined);
  /** Of the download that `watchMap` named. */
  readonly map: Signal<ChunkMap | undefined> = signal(undefined);
  /** Rises with each return after a break or a hidden page: what events do not tell is to be asked again. */
  readonly returns: Signal<number> = signal(0);

  #stream: EventStream | undefined;
  #isWanted = false;
  #hasOpened = false;
  #delayMs = FIRST_RETURN_MS;
  #watched: string | undefined;
  #stopReturn = () => {};
  #stopSilence = () => {};

  constructor(readonly options: LiveOptions) {}

  /** Begins, in any island that shows something of it; further calls do nothing. */
  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#open();
  }

  /** While nobody looks. */
  pause(): void {
    this.#isWanted = false;
    this.#close();
  }

  /** At once instead of after the growing delay. */
  retry(): void {
    this.#isWanted = true;
    this.#delayMs = FIRST_RETURN_MS;
    this.#open();
  }

  /** Draws the chunks of this download, or of none, from now on. */
  watchMap(downloadId: string | undefined): void {
    if (downloadId === this.#watched) return;
    this.#watched = downloadId;
    this.map.value = undefined;
    if (this.#isWanted) this.#open();
  }

  /** What the server put into the page, until the first events. */
  seedDownloads(downloads: readonly Download[]): void {
    if (!this.#hasOpened) this.downloads.value = new Map(downloads.map((download) => [download.id, download]));
  }

  #open(): void {
    this.#close();
    const stream = this.options.open(this.#watched ? `/api/events?map=${this.#watched}` : "/api/events");
    this.#stream = stream;
    const isCurrent = () => this.#stream === stream;
    stream.addEventListener("open", () => {
      if (isCurrent()) this.#opened();
    });
    stream.addEventListener("error", () => {
      if (isCurrent()) this.#broke();
    });
    for (const kind of KINDS) {
      stream.addEventListener(kind, ({ data }) => {
        if (!isCurrent()) return;
        this.#watchSilence();
        const content = parse(data);
        if (content !== undefined) batch(() => this.#apply({ kind, [kind]: content } as unknown as LocalEvent));
      });
    }
    this.#watchSilence();
  }

  #close(): void {
    this.#stopReturn();
    this.#stopSilence();
    this.#stream?.close();
    this.#stream = undefined;
  }

  #opened(): void {
    this.connection.value = "live";
    this.#delayMs = FIRST_RETURN_MS;
    if (!this.#hasOpened) {
      this.#hasOpened = true;
      return;
    }
    this.returns.value++;
    void this.#readDownloads();
  }

  /** Those that ended meanwhile are not among the events. */
  async #readDownloads(): Promise<void> {
    try {
      const downloads = await this.options.downloads();
      this.downloads.value = new Map(downloads.map((download) => [download.id, download]));
    } catch {
      // The connection breaks too, then, and its return asks again.
    }
  }

  #broke(): void {
    this.#close();
    this.connection.value = "lost";
    const delay = this.#delayMs * (0.75 + this.options.random() / 2);
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_RETURN_MS);
    this.#stopReturn = this.options.after(delay, () => this.#open());
  }

  #watchSilence(): void {
    this.#stopSilence();
    this.#stopSilence = this.options.after(SILENT_MS, () => this.#broke());
  }

  #apply(event: LocalEvent): void {
    switch (event.kind) {
      case "download":
        this.downloads.value = new Map(this.downloads.value).set(event.download.id, event.download);
        return;
      case "cancelled": {
        const left = new Map(this.downloads.value);
        left.delete(event.cancelled.id);
        this.downloads.value = left;
        return;
      }
      case "status":
        this.status.value = event.status;
        return;
      case "shares":
        this.shares.value = event.shares;
        return;
      case "peers":
        this.peers.value = event.peers;
        return;
      case "activity": {
        const older = this.activity.value.filter(({ id }) => id !== event.activity.id);
        this.activity.value = [event.activity, ...older].slice(0, MOST_ACTIVITY);
        return;
      }
      case "rates":
        this.rates.value = event.rates;
        return;
      case "map":
        if (event.map.downloadId === this.#watched) this.map.value = event.map;
        return;
      default:
        event satisfies never;
    }
  }
}

function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}

/** The one of this page. */
export const live: Live = new Live({
  open: (path) => new EventSource(path) as EventStream,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  downloads: () => api.get("/api/downloads"),
});

/** Starts `live` with the page, and pauses it while the page is hidden. Call it in an effect of any island. */
export function startLive(): void {
  if (document.visibilityState !== "hidden") live.start();
  // The same function each time, so that it is added once.
  document.addEventListener("visibilitychange", followVisibility);
}

function followVisibility(): void {
  if (document.visibilityState === "hidden") live.pause();
  else live.start();
}
