import { type Beacon, encodeBeacon } from "../core/beacon.ts";
import {
  type BeaconEvent,
  type BeaconTimes,
  beginBeacons,
  dueBeacon,
  isInBurst,
  nextBeacon,
  type Reach,
  reachOf,
} from "../core/beacon_times.ts";
import { EssaimError } from "../core/errors.ts";
import type { BeaconSocket } from "../discovery_ports.ts";
import type { Clock } from "../ports.ts";

/** Who hears nobody by broadcast for so long also sends by multicast; two computers may hear each other only every interval. */
const QUIET_AFTER_MS = 5_000;
const QUIET_AFTER_INTERVALS = 1.5;
/** Whatever the clock does. */
const LONGEST_PAUSE_MS = 60_000;

export interface SenderPorts {
  readonly socket: BeaconSocket;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** As it is now. `isNew`: it asks others to make themselves known. */
  beacon(isNew: boolean): Beacon;
}

/** Makes this program known to everybody on its networks, in time. */
export class BeaconSender {
  #times: BeaconTimes;
  /** When somebody else was last heard by broadcast. */
  #broadcastAt: number;
  #quietAfterMs = QUIET_AFTER_MS;
  #wasQuiet = false;
  #wake = Promise.withResolvers<void>();
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(readonly ports: SenderPorts) {
    this.#broadcastAt = ports.clock.monotonic();
    this.#times = beginBeacons(this.#broadcastAt, ports.intervalMs);
  }

  start(): void {
    this.#note({ kind: "moved", at: this.ports.clock.monotonic() });
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort(new EssaimError("cancelled", "This program stops."));
    await this.#loop;
  }

  /** This computer came to another network. */
  moved(): void {
    this.#note({ kind: "moved", at: this.ports.clock.monotonic() });
  }

  /** The beacon says something else than before. */
  changed(): void {
    this.#note({ kind: "changed", at: this.ports.clock.monotonic() });
  }

  newcomer(from: Reach): void {
    const { clock } = this.ports;
    this.#note({ kind: "newcomer", at: clock.monotonic(), roll: clock.random(), from });
  }

  heardBroadcast(): void {
    this.#broadcastAt = this.ports.clock.monotonic();
    this.#quietAfterMs = Math.max(QUIET_AFTER_MS, QUIET_AFTER_INTERVALS * this.ports.intervalMs);
    this.#wasQuiet = false;
  }

  #note(event: BeaconEvent): void {
    this.#times = nextBeacon(this.#times, event);
    this.#wake.resolve();
  }

  async #run(): Promise<void> {
    const { clock } = this.ports;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      const now = clock.monotonic();
      if (!this.#wasQuiet && now >= this.#quietAt) {
        this.#wasQuiet = true;
        this.#times = nextBeacon(this.#times, { kind: "changed", at: now }); // so that multicast does not wait for its turn
      }
      const due = dueBeacon(this.#times);
      if (due <= now) await this.#send(now);
      else await this.#pause(Math.min(due, this.#wasQuiet ? Infinity : this.#quietAt) - now, signal);
    }
  }

  get #quietAt(): number {
    return this.#broadcastAt + this.#quietAfterMs;
  }

  async #send(now: number): Promise<void> {
    const to = reachOf(this.#times, now);
    const bytes = encodeBeacon(this.ports.beacon(isInBurst(this.#times)));
    this.#times = nextBeacon(this.#times, { kind: "sent", at: now, to });
    await this.ports.socket.send(bytes, to, this.#wasQuiet);
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    const both = AbortSignal.any([signal, early.signal]);
    const sleep = this.ports.clock.sleep(Math.min(Math.max(1, ms), LONGEST_PAUSE_MS), both).catch(() => {});
    await Promise.race([sleep, this.#wake.promise]);
    early.abort();
  }
}
