import type { TrackerBeacon } from "../core/beacon.ts";
import type { ClassId } from "../core/ids.ts";

const MOST = 32;
const MOST_PER_ADDRESS = 4;

export interface HeardTracker {
  readonly class: ClassId;
  /** Of the class, as whoever sent the beacon says. */
  readonly name: string;
  readonly url: string;
  /** Monotonic milliseconds. */
  readonly heardAt: number;
}

type Entry = HeardTracker & { readonly host: string };

/** Trackers of which beacons tell, by class and address. Time is passed in. */
export class HeardTrackers {
  /** Heard longest ago first. */
  readonly #known = new Map<string, Entry>();

  constructor(readonly keptMs: number) {}

  /** `isEcho`: it came from this computer over a network; then what came over the loopback counts. */
  heard({ class: id, name, port }: TrackerBeacon, host: string, isEcho: boolean, now: number): void {
    const entries = [...this.#known.entries()];
    if (isEcho && entries.some(([, known]) => known.class === id && known.host.startsWith("127."))) return;
    const key = `${id} ${host}`;
    this.#known.delete(key);
    const beside = entries.filter(([other, known]) => other !== key && known.host === host);
    if (beside.length >= MOST_PER_ADDRESS) this.#known.delete(beside[0]![0]);
    else if (this.#known.size >= MOST) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, { class: id, name, url: `http://${host}:${port}`, host, heardAt: now });
  }

  list(now: number): HeardTracker[] {
    this.expire(now);
    return [...this.#known.values()].reverse().map(({ host: _, ...tracker }) => tracker);
  }

  expire(now: number): void {
    for (const [key, { heardAt }] of this.#known) if (now - heardAt > this.keptMs) this.#known.delete(key);
  }
}
