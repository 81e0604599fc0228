import { isLoopback } from "../core/address.ts";
import type { Bitfield } from "../core/bitfield.ts";
import { runsOf } from "../core/chunk_runs.ts";
import { EssaimError } from "../core/errors.ts";
import type { FileId } from "../core/ids.ts";
import type { IndexPosition } from "../core/messages.ts";
import type { Caller } from "../core/permission.ts";
import { HEARTBEAT_MS, type StreamEvent, type StreamId } from "../core/stream_events.ts";
import type { Clock } from "../ports.ts";

/** At most half of the connections that a listener takes, in all and from one address; more are told to ask instead. */
const MAX_STREAMS = { inAll: 96, perAddress: 16, fromLoopback: 32 };
/** Files of which one stream is told; those asked for longest ago are forgotten. */
const MAX_FILES = 64;
/** New chunks of one file not told yet; with more, all that is there is told anew. */
const MAX_PENDING = 1_024;
/** What is verified is told at once, and then what came meanwhile. */
export const BATCH_MS = 50;
/** A stream that asked for nothing so long is of no use. */
const UNUSED_MS = 60_000;
/** Ends then, however it is used: who is gone without a word is found out. */
const MAX_LIFE_MS = 10 * 60_000;
const BUSY_RETRY_MS = 30_000;

export interface EventStreamPorts {
  readonly clock: Clock;
  onClosed?(stream: EventStream): void;
  /** It is told of the file no more. */
  onForgot?(stream: EventStream, file: FileId): void;
  /** What the caller may know to be here of the file, now. */
  visible(file: FileId, caller: Caller): Bitfield | undefined;
}

/** Chunks verified since the file was told of; "all": whatever is there. */
type Pending = Set<number> | "all";

/** What other peers are told without asking again, each over its own stream. */
export class EventStreams implements Disposable {
  readonly #open = new Map<StreamId, EventStream>();

  constructor(readonly ports: EventStreamPorts) {}

  /** Throws `busy`. */
  open(caller: Caller): EventStream {
    const address = addressOf(caller);
    const own = [...this.#open.values()].filter((stream) => addressOf(stream.caller) === address).length;
    if (
      this.#open.size >= MAX_STREAMS.inAll || own >= MAX_STREAMS[isLoopback(address) ? "fromLoopback" : "perAddress"]
    ) {
      throw new EssaimError("busy", "Too many listen to events.", { retryAfterMs: BUSY_RETRY_MS });
    }
    const stream = new EventStream(this.ports, caller, () => {
      if (this.#open.delete(stream.id)) this.ports.onClosed?.(stream);
    });
    this.#open.set(stream.id, stream);
    return stream;
  }

  /** The caller's own stream of this id. */
  of(id: string | null, caller: Caller): EventStream | undefined {
    const stream = this.#open.get(id as StreamId);
    return stream && isSame(stream.caller, caller) ? stream : undefined;
  }

  /** The chunk can be given from now on, to those who may have it. */
  verified(file: FileId, chunk: number): void {
    for (const stream of this.#open.values()) stream.verified(file, chunk);
  }

  /** More of the file may be here than was told chunk by chunk. */
  began(file: FileId): void {
    for (const stream of this.#open.values()) stream.began(file);
  }

  indexChanged(position: IndexPosition): void {
    for (const stream of this.#open.values()) stream.tell({ kind: "index", ...position });
  }

  [Symbol.dispose](): void {
    for (const stream of this.#open.values()) stream.close();
  }
}

/** What one peer is told. Whether it may know of a file is judged again each time that something is told of it. */
export class EventStream {
  /** Not to be guessed. */
  readonly id = crypto.getRandomValues(new Uint8Array(16)).toHex() as StreamId;
  readonly #pending = new Map<FileId, Pending>();
  readonly #closed = new AbortController();
  /** Sleeps under way. */
  readonly #alarms = new Set<"beat" | "batch">();
  /** To be told without delay; only the latest of its sort. */
  readonly #urgent = new Map<string, StreamEvent>();
  #wake = Promise.withResolvers<void>();
  readonly #openedAt: number;
  #toldAt: number;
  #newsAt = -Infinity;
  #usedAt: number;

  constructor(readonly ports: EventStreamPorts, readonly caller: Caller, readonly onClose: () => void) {
    this.tell({ kind: "stream", id: this.id });
    this.#usedAt = this.#toldAt = this.#openedAt = ports.clock.monotonic();
  }

  get isOpen(): boolean {
    return !this.#closed.signal.aborted;
  }

  /** From now on it is told what comes of this file, whether anything is here or not and whether it may know that or not. */
  follow(file: FileId): void {
    this.#usedAt = this.ports.clock.monotonic();
    this.#pending.delete(file);
    this.#pending.set(file, new Set());
    if (this.#pending.size <= MAX_FILES) return;
    const oldest = this.#pending.keys().next().value!;
    this.#pending.delete(oldest);
    this.#urgent.delete(oldest);
    this.ports.onForgot?.(this, oldest);
  }

  verified(file: FileId, chunk: number): void {
    const pending = this.#pending.get(file);
    if (pending === undefined || pending === "all") return;
    if (pending.size >= MAX_PENDING) this.#pending.set(file, "all");
    else pending.add(chunk);
    this.#wake.resolve();
  }

  began(file: FileId): void {
    if (!this.#pending.has(file)) return;
    this.#pending.set(file, "all");
    this.#wake.resolve();
  }

  /** Instead of what it was not told yet of this sort; offers only of files that it follows. */
  tell(event: StreamEvent): void {
    if (event.kind === "offer" && !this.#pending.has(event.file)) return;
    this.#urgent.set(sortOf(event), event);
    this.#wake.resolve();
  }

  /** The next events; none when it is time for a sign of life. Undefined once it is closed. For one caller at a time. */
  async next(): Promise<readonly StreamEvent[] | undefined> {
    const { clock } = this.ports;
    while (this.isOpen) {
      this.#wake = Promise.withResolvers();
      const now = clock.monotonic();
      const hasNews = this.#pending.values().some(isNews);
      const events = hasNews && now >= this.#newsAt + BATCH_MS ? this.#news() : [];
      events.unshift(...this.#takeUrgent());
      const isUnused = this.#pending.size === 0 && now - this.#usedAt >= UNUSED_MS;
      if (isUnused || now - this.#openedAt >= MAX_LIFE_MS) break;
      if (events.length > 0 || now >= this.#toldAt + HEARTBEAT_MS) {
        this.#toldAt = now;
        return events;
      }
      const isWaiting = this.#pending.values().some(isNews);
      await this.#rest(isWaiting);
    }
    this.close();
    return undefined;
  }

  close(): void {
    this.#closed.abort();
    this.#wake.resolve();
    this.onClose();
  }

  #takeUrgent(): StreamEvent[] {
    const events = [...this.#urgent.values()];
    this.#urgent.clear();
    return events.filter((event) => event.kind !== "offer" || this.ports.visible(event.file, this.caller));
  }

  /** Of each file, what is new and may be known to be here. */
  #news(): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const [file, pending] of this.#pending) {
      if (!isNews(pending)) continue;
      this.#pending.set(file, new Set());
      const have = this.ports.visible(file, this.caller);
      if (have === undefined) continue;
      const chunks = runsOf(
        pending === "all" ? have : [...pending].filter((chunk) => have.has(chunk)).sort((a, b) => a - b),
      );
      if (chunks.length > 0) events.push({ kind: "have", file, chunks });
    }
    // What is told of nothing delays nothing: else it could be heard from when other files are told of.
    if (events.length > 0) this.#newsAt = this.ports.clock.monotonic();
    return events;
  }

  /** Until something happens. A sleep that is cut short goes on and serves the next rest, so that there are few. */
  async #rest(hasNews: boolean): Promise<void> {
    this.#wakeAt("beat", this.#toldAt + HEARTBEAT_MS);
    if (hasNews) this.#wakeAt("batch", this.#newsAt + BATCH_MS);
    await this.#wake.promise;
  }

  #wakeAt(alarm: "beat" | "batch", time: number): void {
    const { clock } = this.ports;
    if (this.#alarms.has(alarm)) return;
    this.#alarms.add(alarm);
    const slept = clock.sleep(Math.max(0, time - clock.monotonic()), this.#closed.signal).catch(() => {});
    void slept.then(() => {
      this.#alarms.delete(alarm);
      this.#wake.resolve();
    });
  }
}

/** A slot is either there or not. */
function sortOf(event: StreamEvent): string {
  if (event.kind === "offer") return event.file;
  return event.kind === "unchoke" ? "choke" : event.kind;
}

function isNews(pending: Pending): boolean {
  return pending === "all" || pending.size > 0;
}

export function addressOf(caller: Caller): string {
  return caller.kind === "local" ? "" : caller.address;
}

function isSame(a: Caller, b: Caller): boolean {
  if (a.kind === "member" && b.kind === "member") return a.peer === b.peer && a.class === b.class;
  return a.kind === b.kind && addressOf(a) === addressOf(b);
}
