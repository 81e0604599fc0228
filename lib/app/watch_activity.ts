import type { PeerId } from "../core/ids.ts";
import type { Caller } from "../core/permission.ts";

import type { Clock } from "../ports.ts";
import type { DownloadRow } from "../store_ports.ts";
import type { ActivityLog } from "./activity.ts";
import type { Neighbours } from "./neighbours.ts";
import type { ShareChanged } from "./share_writer.ts";

/** Somebody who fetched nothing for so long has ended: then it is one line, however many chunks it was. */
const GIVEN_AFTER_MS = 15_000;
const MAX_GIVING = 1_000;
/** Who is there within this time after the start was there before. */
const FIRST_LOOK_MS = 15_000;

/** Bytes of a share that somebody fetched from here. */
export interface Given {
  /** Owner and id of the share. */
  readonly share: string;
  readonly name: string;
  readonly caller: Caller;
  readonly bytes: number;
}

interface Giving {
  readonly name: string;
  readonly address: string;
  bytes: number;
  /** Monotonic milliseconds. */
  lastAt: number;
}

/** Turns what happens in this peer into lines that a person wants to read. */
export class ActivityWatch {
  readonly #giving = new Map<string, Giving>();
  #present: Map<PeerId, string> | undefined;
  readonly #began: number;

  constructor(readonly activity: ActivityLog, readonly neighbours: Neighbours, readonly clock: Clock) {
    this.#began = clock.monotonic();
  }

  sharesChanged(changes: readonly ShareChanged[]): void {
    for (const { kind, name, size } of changes) this.activity.note({ kind, name, bytes: size });
  }

  downloadEnded({ state, name, size, ownerName }: DownloadRow): void {
    const kind = state === "complete" ? "downloaded" : "failed";
    this.activity.note({ kind, name, peer: ownerName, ...(kind === "downloaded" ? { bytes: size } : {}) });
  }

  gave({ share, name, caller, bytes }: Given): void {
    const address = caller.kind === "local" ? "" : caller.address;
    const key = `${address} ${share}`;
    const giving = this.#giving.get(key) ?? { name, address, bytes: 0, lastAt: 0 };
    giving.bytes += bytes;
    giving.lastAt = this.clock.monotonic();
    this.#giving.delete(key); // the one that is longest quiet comes first
    this.#giving.set(key, giving);
    if (this.#giving.size > MAX_GIVING) this.#end(this.#giving.keys().next().value!);
  }

  /** Notes what ended and who came or went; to be called every second or so. */
  look(): void {
    const now = this.clock.monotonic();
    for (const [key, { lastAt }] of this.#giving) {
      if (now - lastAt < GIVEN_AFTER_MS) break;
      this.#end(key);
    }
    this.#lookAround(now);
  }

  /** Notes what is still under way, when this peer stops. */
  close(): void {
    for (const key of [...this.#giving.keys()]) this.#end(key);
  }

  #end(key: string): void {
    const { name, address, bytes } = this.#giving.get(key)!;
    this.#giving.delete(key);
    const peer = this.#nameAt(address);
    this.activity.note({ kind: "given", name, bytes, ...(peer === undefined ? {} : { peer }) });
  }

  /** Several peers of one computer cannot be told apart. */
  #nameAt(address: string): string | undefined {
    const [first, ...others] = this.neighbours.present().filter(({ host }) => host === address);
    return others.length === 0 ? first?.name : undefined;
  }

  #lookAround(now: number): void {
    const present = new Map(this.neighbours.present().map(({ peerId, name }) => [peerId, name]));
    if (this.#present === undefined && present.size === 0 && now - this.#began < FIRST_LOOK_MS) return;
    const before = this.#present ?? present;
    this.#present = present;
    for (const [peer, name] of present) if (!before.has(peer)) this.activity.note({ kind: "peer-joined", peer: name });
    for (const [peer, name] of before) if (!present.has(peer)) this.activity.note({ kind: "peer-left", peer: name });
  }
}
