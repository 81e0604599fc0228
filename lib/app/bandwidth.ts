import type { Config } from "../core/config.ts";
import { type LocalTime, ratesAt } from "../core/quiet_times.ts";
import { type FlowLimits, Throttle } from "../core/throttle.ts";
import type { Clock } from "../ports.ts";

const MINUTE_MS = 60_000;
/** Who waits looks this often whether the limits were lifted. */
const LOOK_EVERY_MS = 500;

export interface BandwidthPorts {
  readonly clock: Clock;
  /** What the clock on the wall shows. */
  localTime(): LocalTime;
  /** Other limits hold from now on. */
  onChange(flows: Flows): void;
}

export interface Flows {
  readonly up: FlowLimits;
  readonly down: FlowLimits;
}

/** Keeps what is sent and received within the limits that hold at this hour. */
export class Bandwidth implements AsyncDisposable {
  readonly up: Throttle;
  readonly down: Throttle;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #limits: Config["limits"];
  #flows: Flows;

  constructor(limits: Config["limits"], readonly ports: BandwidthPorts) {
    this.#limits = limits;
    this.#flows = this.#flowsNow();
    const now = ports.clock.monotonic();
    this.up = new Throttle(this.#flows.up, now);
    this.down = new Throttle(this.#flows.down, now);
    this.#loop = this.#run();
  }

  /** What holds now. */
  get flows(): Flows {
    return this.#flows;
  }

  /** Other limits at once, also for what is under way. */
  limitTo(limits: Config["limits"]): void {
    this.#limits = limits;
    this.#look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** Quiet times begin and end with a minute. */
  async #run(): Promise<void> {
    const { clock } = this.ports;
    while (!this.#stop.signal.aborted) {
      await clock.sleep(MINUTE_MS - clock.now() % MINUTE_MS, this.#stop.signal).catch(() => {});
      this.#look();
    }
  }

  #look(): void {
    const before = this.#flows;
    const flows = this.#flows = this.#flowsNow();
    const now = this.ports.clock.monotonic();
    let isOther = false;
    for (const way of ["up", "down"] as const) {
      if (flows[way].all === before[way].all && flows[way].perPeer === before[way].perPeer) continue;
      this[way].limitTo(flows[way], now);
      isOther = true;
    }
    if (isOther) this.ports.onChange(flows);
  }

  #flowsNow(): Flows {
    const { uploadRate, downloadRate, uploadRatePerPeer, downloadRatePerPeer, quietTimes } = this.#limits;
    const rates = ratesAt({ up: uploadRate, down: downloadRate }, quietTimes, this.ports.localTime());
    return {
      up: { all: rates.up, perPeer: uploadRatePerPeer },
      down: { all: rates.down, perPeer: downloadRatePerPeer },
    };
  }
}

/**
 * Waits for `ms`, and no longer than what is `owed` meanwhile: a limit that is lifted lets go at once. `onLook` is called
 * every moment.
 */
export async function waitTurn(
  clock: Clock,
  ms: number,
  owed: () => number,
  signal: AbortSignal,
  onLook: () => void = () => {},
): Promise<void> {
  for (let left = ms; left > 0;) {
    const slice = Math.min(left, LOOK_EVERY_MS);
    await clock.sleep(slice, signal);
    onLook();
    left = Math.min(left - slice, owed());
  }
}
