import type { Board } from "../core/messages.ts";
import type { Clock } from "../ports.ts";
import type { SwarmFigures } from "./swarm_figures.ts";
import type { TrackSwarm } from "./track_swarm.ts";

/** An announce tells several things at once. */
const SOON_MS = 100;
/** What changes without an event: holders of the most fetched files, and the day. It also shows that somebody is there. */
const EVERY_MS = 15_000;

export interface LiveBoardOptions {
  readonly figures: SwarmFigures;
  readonly track: TrackSwarm;
  readonly clock: Clock;
  /** Called after each change and every 15 s. */
  readonly tell: (board: Board) => void;
  /** Whether anybody looks. */
  readonly isWatched: () => boolean;
  /** Told why a board could not be counted; the next change tries again. */
  readonly onError: (error: unknown) => void;
}

/** Tells dashboards what changed, within a second, and never more often than counting may happen. */
export class LiveBoard implements Disposable {
  readonly #over = new AbortController();
  readonly #unsubscribe: () => void;
  #toldAt = 0;
  #isDue = false;

  constructor(readonly options: LiveBoardOptions) {
    this.#unsubscribe = options.track.subscribe(() => this.#changed());
  }

  /** Call it every second or so. */
  tick(): void {
    if (this.options.clock.monotonic() - this.#toldAt >= EVERY_MS) this.#changed();
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.#over.abort();
  }

  #changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    void this.#soon();
  }

  async #soon(): Promise<void> {
    const { clock, figures, onError } = this.options;
    try {
      await clock.sleep(Math.max(SOON_MS, figures.boardRestMs()), this.#over.signal);
      this.#isDue = false;
      this.#tell();
    } catch (error) {
      this.#isDue = false;
      if (!this.#over.signal.aborted) onError(error);
    }
  }

  #tell(): void {
    const { clock, figures, tell, isWatched } = this.options;
    this.#toldAt = clock.monotonic();
    if (isWatched()) tell(figures.freshBoard());
  }
}
