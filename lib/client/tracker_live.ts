import { batch, type Signal, signal } from "@preact/signals";
import type { Board, LiveEvent } from "../core/messages.ts";
import type { After } from "./notices.ts";

/** The part of `WebSocket` that is used. */
export interface LiveSocket {
  addEventListener(kind: "close", listener: () => void): void;
  addEventListener(kind: "message", listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

export interface TrackerLiveOptions {
  open(): LiveSocket;
  readonly after: After;
  /** In [0, 1): spreads the returns of many pages. */
  random(): number;
}

const FIRST_RETURN_MS = 500;
const LONGEST_RETURN_MS = 10_000;
/** A board comes every 15 s at least, so after this nobody is there: a computer that slept, a program that hangs. */
const SILENT_MS = 35_000;
const MOST_EVENTS = 50;

/**
 * What the tracker tells, as signals, over one WebSocket for the whole page: closed while the page is hidden, opened again
 * when it is seen or after a break. Undefined: not told yet.
 */
export class TrackerLive {
  readonly connection: Signal<"live" | "lost"> = signal("live");
  readonly board: Signal<Board | undefined> = signal(undefined);
  /** Newest first, since the page was opened. */
  readonly events: Signal<readonly LiveEvent[]> = signal([]);
  /** Rises with each connection: what happened before it is to be asked for. */
  readonly returns: Signal<number> = signal(0);

  #socket: LiveSocket | undefined;
  #isWanted = false;
  #isFresh = true;
  #delayMs = FIRST_RETURN_MS;
  #stopReturn = () => {};
  #stopSilence = () => {};

  constructor(readonly options: TrackerLiveOptions) {}

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

  #open(): void {
    this.#close();
    const socket = this.options.open();
    this.#socket = socket;
    this.#isFresh = true;
    const isCurrent = () => this.#socket === socket;
    socket.addEventListener("close", () => {
      if (isCurrent()) this.#broke();
    });
    socket.addEventListener("message", ({ data }) => {
      const message = isCurrent() ? parse(data) : undefined;
      if (message !== undefined) batch(() => this.#apply(message));
    });
    this.#watchSilence();
  }

  #close(): void {
    this.#stopReturn();
    this.#stopSilence();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
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

  #apply(message: Board | LiveEvent): void {
    this.#watchSilence();
    if (message.kind !== "board") {
      this.events.value = [message, ...this.events.value].slice(0, MOST_EVENTS);
      return;
    }
    this.board.value = message;
    if (!this.#isFresh) return;
    this.#isFresh = false;
    this.#delayMs = FIRST_RETURN_MS;
    this.connection.value = "live";
    this.returns.value++;
  }
}

function parse(data: unknown): Board | LiveEvent | undefined {
  try {
    return JSON.parse(String(data)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The one of this page. */
export const trackerLive: TrackerLive = new TrackerLive({
  open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live?board`),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
});

/** Starts `trackerLive` with the page, and pauses it while the page is hidden. Call it in an effect of any island. */
export function startTrackerLive(): void {
  if (document.visibilityState !== "hidden") trackerLive.start();
  // The same function each time, so that it is added once.
  document.addEventListener("visibilitychange", followVisibility);
}

function followVisibility(): void {
  if (document.visibilityState === "hidden") trackerLive.pause();
  else trackerLive.start();
}
