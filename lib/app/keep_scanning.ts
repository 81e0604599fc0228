import { asEssaimError } from "../core/errors.ts";
import type { Clock, FolderReader, Log } from "../ports.ts";
import type { ShareFiles } from "./share_file.ts";

/** A burst of changes is looked at once, this long after its first one. */
const GATHER_MS = 300;

export interface ScanningPorts {
  readonly shares: ShareFiles;
  readonly folders: FolderReader;
  readonly clock: Clock;
  readonly log: Log;
  readonly rescanMs: number;
  readonly quietMs: number;
}

/** Scans at the start, when something changed on the disk, and every now and then in case that was not noticed. */
export class KeepScanning implements AsyncDisposable {
  readonly #stop = new AbortController();
  #wake = Promise.withResolvers<void>();
  #watch: Disposable | undefined;
  #watched = "";
  #problems: readonly string[] = [];
  readonly #loop: Promise<void>;

  constructor(readonly ports: ScanningPorts) {
    this.#loop = this.#run();
  }

  /** What could not be read or shared at the last scan, in words. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Something may have changed: look soon. */
  soon(): void {
    this.#wake.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#watch?.[Symbol.dispose]();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { shares, rescanMs, quietMs, log } = this.ports;
    while (!this.#stop.signal.aborted) {
      this.#wake = Promise.withResolvers();
      this.#watchAll();
      let pause = rescanMs;
      try {
        const { hashed, unchanged, problems, sightings } = await shares.rescan(this.#stop.signal);
        this.#tell([...problems.values()].map(({ message }) => message));
        log.debug("scanned", `${hashed} files hashed, ${unchanged} unchanged.`, { hashed, unchanged });
        if (sightings.size > 0) pause = Math.min(pause, quietMs);
      } catch (caught) {
        if (this.#stop.signal.aborted) return;
        this.#tell([asEssaimError(caught).message]);
      }
      await this.#pause(pause);
    }
  }

  async #pause(ms: number): Promise<void> {
    const { clock } = this.ports;
    const early = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, early.signal]);
    await Promise.race([clock.sleep(ms, signal).catch(() => {}), this.#wake.promise]);
    early.abort();
    await clock.sleep(Math.min(GATHER_MS, ms), this.#stop.signal).catch(() => {});
  }

  /** Folders shared since the last time are watched too. */
  #watchAll(): void {
    const folders = this.ports.shares.watched();
    const key = folders.join("\0");
    if (key === this.#watched) return;
    this.#watched = key;
    this.#watch?.[Symbol.dispose]();
    this.#watch = this.ports.folders.watch(folders, () => this.soon());
  }

  #tell(problems: readonly string[]): void {
    for (const problem of problems) {
      if (!this.#problems.includes(problem)) this.ports.log.warning("scan-problem", problem);
    }
    this.#problems = problems;
  }
}
