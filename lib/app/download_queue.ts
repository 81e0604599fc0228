import { EssaimError } from "../core/errors.ts";
import type { Clock, PeerClient } from "../ports.ts";
import type { DownloadRow } from "../store_ports.ts";
import type { DownloadRun } from "./download_run.ts";
import { isWaiting } from "./downloads_view.ts";

const QUEUE_EVERY_MS = 1_000;
/** Runs that wait for a source or for room keep looking; the others that wait have their turn afterwards. */
const WAITING_PER_PLACE = 2;
const LEAST_WAITING = 4;
const TURN_MS = 15_000;
/** A place that moves nothing for so long is given to others: a source that rests a second is no reason. */
const IDLE_MS = 5_000;
/** A run without a place asks for one this often. */
const ASK_EVERY_MS = 1_000;

interface Running {
  readonly run: DownloadRun;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  /** Since when it has a place and does not use it, in monotonic milliseconds. */
  idleSince: number | undefined;
  /** When it lost its place. */
  waitsSince: number | undefined;
  /** It was refused a place: it could move bytes. */
  wantsPlace: boolean;
}

export interface QueueJobs {
  /** What may run now, in the order it was asked for; those that run included. */
  wanted(): Iterable<DownloadRow>;
  makeRun(row: DownloadRow, takePlace: () => boolean): DownloadRun;
  /** Resolves when it ended, however; never rejects. */
  work(run: DownloadRun, signal: AbortSignal): Promise<void>;
  onEnd(id: string): void;
}

/**
 * Which downloads run: `parallel` of them have a place and move bytes. One that waits for a source or for room gives its
 * place up, keeps looking with a few others that wait, and takes a place again before it moves bytes.
 */
export class DownloadQueue {
  readonly #running = new Map<string, Running>();
  /** Those that waited and were stopped for others, by when: they come after all that did not wait yet. */
  readonly #waited = new Map<string, number>();
  readonly #closed = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(readonly clock: Clock, readonly parallel: number, readonly jobs: QueueJobs) {}

  start(): void {
    this.#loop = this.#keep();
  }

  async close(): Promise<void> {
    this.#closed.abort(new EssaimError("cancelled", "This peer stops."));
    for (const { stop } of this.#running.values()) stop.abort(this.#closed.signal.reason);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    await this.#loop;
  }

  run(id: string): DownloadRun | undefined {
    return this.#running.get(id)?.run;
  }

  *runs(): Generator<DownloadRun> {
    for (const { run } of this.#running.values()) yield run;
  }

  async stop(id: string): Promise<void> {
    this.#waited.delete(id);
    const running = this.#running.get(id);
    running?.stop.abort(new EssaimError("cancelled", "The download was stopped."));
    await running?.ended;
  }

  /** Starts what may run; of those that wait, the one that waits longest makes room. */
  schedule(): void {
    if (this.#closed.signal.aborted) return;
    this.#takeUnusedPlaces();
    this.#givePlacesBack();
    const queued = [...this.jobs.wanted()].filter(({ id }) => !this.#running.has(id))
      .sort((a, b) => this.#turn(a.id) - this.#turn(b.id));
    for (const row of queued) {
      if (this.#taken() >= this.parallel) return;
      const waiting = this.#running.size - this.#taken();
      if (waiting >= Math.max(LEAST_WAITING, WAITING_PER_PLACE * this.parallel)) return this.#makeRoomFor(row);
      this.#start(row);
    }
  }

  async #keep(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      this.schedule();
      await this.clock.sleep(QUEUE_EVERY_MS, this.#closed.signal).catch(() => {});
    }
  }

  #takeUnusedPlaces(): void {
    const now = this.clock.monotonic();
    for (const running of this.#running.values()) {
      if (!running.run.hasPlace || !isWaiting(running.run)) running.idleSince = undefined;
      else if (now - (running.idleSince ??= now) >= IDLE_MS) {
        running.run.hasPlace = false;
        running.idleSince = undefined;
        running.waitsSince = now;
      }
    }
  }

  /** Runs that found a source again go before all that have not begun. */
  #givePlacesBack(): void {
    const since = ({ waitsSince = Infinity }: Running) => waitsSince;
    const wanting = [...this.#running.values()].filter(({ wantsPlace }) => wantsPlace).sort((a, b) =>
      since(a) - since(b)
    );
    for (const running of wanting) {
      if (this.#taken() >= this.parallel) return;
      running.wantsPlace = false;
      running.run.hasPlace = true;
    }
  }

  #taken(): number {
    return [...this.runs()].filter(({ hasPlace }) => hasPlace).length;
  }

  #turn(id: string): number {
    return this.#waited.get(id) ?? -1;
  }

  #makeRoomFor(row: DownloadRow): void {
    const since = ({ waitsSince = Infinity }: Running) => waitsSince;
    const [longest] = [...this.#running.values()].filter(({ run }) => !run.hasPlace).sort((a, b) =>
      since(a) - since(b)
    );
    const now = this.clock.monotonic();
    if (!longest || this.#waited.has(row.id) && now - since(longest) < TURN_MS) return;
    this.#waited.set(longest.run.row.id, now);
    longest.stop.abort(new EssaimError("cancelled", "It waits; others have their turn."));
  }

  #start(row: DownloadRow): void {
    const stop = new AbortController();
    const run = this.jobs.makeRun(row, () => this.#take(run));
    const ended = this.jobs.work(run, stop.signal).finally(() => {
      this.#running.delete(row.id);
      if (!stop.signal.aborted) this.#waited.delete(row.id);
      this.jobs.onEnd(row.id);
      this.schedule();
    });
    this.#running.set(row.id, { run, stop, ended, idleSince: undefined, waitsSince: undefined, wantsPlace: false });
  }

  #take(run: DownloadRun): boolean {
    if (!run.hasPlace) run.hasPlace = this.#taken() < this.parallel;
    const running = this.#running.get(run.row.id);
    if (running) running.wantsPlace = !run.hasPlace;
    return run.hasPlace;
  }
}

/** Contents are only asked for by a download that has a place; it may look for sources without. */
export function inTurn(peers: PeerClient, takePlace: () => boolean): PeerClient {
  const wait = () => {
    if (!takePlace()) throw new EssaimError("busy", "Other downloads go first.", { retryAfterMs: ASK_EVERY_MS });
  };
  return {
    hello: (...asked) => peers.hello(...asked),
    index: (...asked) => peers.index(...asked),
    manifest: (...asked) => peers.manifest(...asked),
    hashes: (...asked) => peers.hashes(...asked),
    have: (...asked) => peers.have(...asked),
    events: (...asked) => peers.events(...asked),
    lease: (...asked) => peers.lease(...asked),
    revocations: (...asked) => peers.revocations(...asked),
    chunks: async (...asked) => {
      wait();
      await peers.chunks(...asked);
    },
    bundle: async (...asked) => {
      wait();
      return await peers.bundle(...asked);
    },
  };
}
