import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileMoves } from "../disk_ports.ts";
import type { Clock, Log } from "../ports.ts";
import { baseName, parentOf } from "./share_tree.ts";

/** How long something deleted can come back. */
export const KEPT_MS = 10 * 60_000;
/** What an earlier run left: it may have been killed while something was moved, and a person may look for it. */
const LEFT_KEPT_MS = 24 * 3_600_000;
const SWEEP_EVERY_MS = 30_000;

export interface TrashPorts {
  readonly moves: FileMoves;
  readonly clock: Clock;
  readonly log: Log;
  /** Absolute; nothing else is in it. */
  readonly folder: string;
  /** Another one each time. */
  newId(): string;
  /** What was known of a file or of files below `from` holds at `to`; `to` undefined: they are gone. */
  onMoved(from: string, to: string | undefined): void;
}

/** Something deleted. `place`: where it lies now; undefined when it was not moved. */
export interface Kept<T> {
  readonly key: string;
  readonly note: T;
  readonly from: string;
  readonly place: string | undefined;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/**
 * What was deleted on the pages and can come back for ten minutes, each under a key. After a restart it can no longer
 * come back by itself, but it lies in its folder for a day.
 */
export class Trash<T> implements AsyncDisposable {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(readonly ports: TrashPorts) {}

  /** Deletes what earlier runs left and what becomes too old. */
  async start(): Promise<void> {
    const { moves, folder, onMoved } = this.ports;
    await moves.makeFolder(folder);
    const left = await moves.names(folder);
    onMoved(folder, undefined);
    const tooOld = this.ports.clock.now() - LEFT_KEPT_MS;
    const old = left.filter((name) => !(putAt(name) >= tooOld));
    if (old.length < left.length) {
      const count = left.length - old.length;
      this.ports.log.info("trash-left", `${count} deleted things of before this start lie in ${folder} for a day.`);
    }
    this.#loop = this.#run(old);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** Moves the file or folder at `from` here. When it rejects, it is still there. */
  async put(key: string, from: string, note: T): Promise<void> {
    const { moves, folder, newId, onMoved, clock } = this.ports;
    const own = `${folder}/${Math.trunc(clock.now())}-${newId()}`;
    await moves.makeFolder(own);
    const near = await moves.bringNear(from, own);
    const place = `${own}/${baseName(from)}`;
    await moves.rename(near, place);
    if (near !== from) await moves.remove(from);
    onMoved(from, place);
    await moves.sync([own, parentOf(from)]);
    await this.#keep({ key, note, from, place, at: this.ports.clock.monotonic() });
  }

  /** Remembers the note of something that stays where it is. */
  async note(key: string, from: string, note: T): Promise<void> {
    await this.#keep({ key, note, from, place: undefined, at: this.ports.clock.monotonic() });
  }

  /** Takes it out, so that nobody else does; to be given back by `keep` or finished by `finish`. Throws `not-found`. */
  take(key: string): Kept<T> {
    const kept = this.#kept.get(key);
    if (!kept) throw new EssaimError("not-found", "It cannot be brought back: it was deleted too long ago.");
    this.#kept.delete(key);
    return kept;
  }

  /** It could not be brought back after all. */
  giveBack(kept: Kept<T>): void {
    this.#kept.set(kept.key, kept);
  }

  /** What was taken out is where it belongs. */
  async finish({ place }: Kept<T>): Promise<void> {
    if (place !== undefined) await this.ports.moves.remove(parentOf(place));
  }

  async #keep(kept: Kept<T>): Promise<void> {
    await this.#drop(kept.key);
    this.#kept.set(kept.key, kept);
  }

  async #drop(key: string): Promise<void> {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    if (kept.place === undefined) return;
    this.ports.onMoved(kept.place, undefined);
    await this.#remove(parentOf(kept.place));
  }

  async #remove(path: string): Promise<void> {
    try {
      await this.ports.moves.remove(path);
    } catch (error) {
      this.ports.log.warning("trash-kept", `${path} cannot be deleted: ${asEssaimError(error).message}`);
    }
  }

  /** Deletes what is too old. */
  async sweep(): Promise<void> {
    const since = this.ports.clock.monotonic() - KEPT_MS;
    for (const { key, at } of [...this.#kept.values()]) if (at < since) await this.#drop(key);
  }

  async #run(old: readonly string[]): Promise<void> {
    const { clock, folder } = this.ports;
    for (const name of old) await this.#remove(`${folder}/${name}`);
    while (!this.#stop.signal.aborted) {
      await clock.sleep(SWEEP_EVERY_MS, this.#stop.signal).catch(() => {});
      await this.sweep();
    }
  }
}

/** When a folder of the trash was made, in milliseconds since 1970; NaN for another name. */
function putAt(name: string): number {
  return Number(/^(\d{1,15})-/.exec(name)?.[1] ?? NaN);
}
