import { asEssaimError, type EssaimError } from "../core/errors.ts";
import type { Problem } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import type { ShareFiles } from "./share_file.ts";

/** After a scan of D ms the next one starts at the earliest 3 × D later: a busy folder costs at most a quarter of a core. */
const REST_FACTOR = 3;

/**
 * Rescans at once, then after each change below a watched folder, when a waiting file should have become quiet, and at
 * least every `rescanIntervalMs`, until disposed. A failed scan is logged and tried again at the next turn.
 */
export class KeepSharing implements AsyncDisposable {
  /** What could not be read or shared at the last scan; each is logged when it appears. */
  problems: readonly Problem[] = [];
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #wake = new AbortController();
  #watcher: Disposable | undefined;
  #watched = "";

  constructor(readonly sharing: ShareFiles, readonly rescanIntervalMs: number) {
    this.#loop = this.#run();
  }

  /** Something changed that the watcher may not see. */
  soon(): void {
    this.#wake.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock } = this.sharing.ports;
    const signal = this.#stop.signal;
    try {
      while (!signal.aborted) {
        this.#wake = new AbortController();
        const started = clock.monotonic();
        const wait = await this.#scan(signal);
        await this.#pause(REST_FACTOR * (clock.monotonic() - started), signal);
        await this.#pause(wait, AbortSignal.any([signal, this.#wake.signal]));
      }
    } finally {
      this.#watcher?.[Symbol.dispose]();
    }
  }

  /** Milliseconds until the next scan is due. */
  async #scan(signal: AbortSignal): Promise<number> {
    const { log } = this.sharing.ports;
    try {
      await this.#watchAgain();
      const { sightings, problems } = await this.sharing.rescan(signal);
      this.#tell(Array.from(problems, ([path, error]) => problemAt(path, error)));
      return sightings.size > 0
        ? Math.min(this.rescanIntervalMs, this.sharing.options.quietPeriodMs)
        : this.rescanIntervalMs;
    } catch (caught) {
      if (signal.aborted) return 0;
      const problem = problemAt("", asEssaimError(caught));
      const { code, message } = problem;
      this.problems = [problem];
      log.warning("scan-failed", `The shared files could not be brought up to date: ${message}`, { code });
      return this.rescanIntervalMs;
    }
  }

  #tell(problems: readonly Problem[]): void {
    const known = new Set(this.problems.map(({ message }) => message));
    for (const { message } of problems) {
      if (!known.has(message)) this.sharing.ports.log.warning("not-shared", message);
    }
    this.problems = problems;
  }

  async #watchAgain(): Promise<void> {
    const now = await this.#watchable();
    if (now === this.#watched) return;
    this.#watcher?.[Symbol.dispose]();
    this.#watcher = this.sharing.ports.folders.watch(this.sharing.watched(), () => this.soon());
    this.#watched = now;
  }

  /** Changes when a watched folder appears, disappears or becomes another: then watching begins anew. */
  async #watchable(): Promise<string> {
    const { folders } = this.sharing.ports;
    const places = await Promise.all(
      this.sharing.watched().map((path) => folders.lookExactly(path).catch(() => undefined)),
    );
    return JSON.stringify(
      places.map((place) => place && [place.path, place.kind, place.kind === "file" ? 0 : place.inode]),
    );
  }

  async #pause(ms: number, until: AbortSignal): Promise<void> {
    if (!until.aborted) await this.sharing.ports.clock.sleep(ms, until).catch(() => {});
  }
}

function problemAt(path: string, { code, message }: EssaimError): Problem {
  return { code, message: printable(message), path: printable(path) };
}
