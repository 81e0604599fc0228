import type { ScanState } from "../core/local_messages.ts";

/** Adds up what several scans and explicit shares do at the same time. */
export class ScanProgress {
  #running = 0;
  #seen = 0;
  #toHash = 0;
  #hashedBytes = 0;
  #totalBytes = 0;

  get state(): ScanState {
    if (this.#running === 0) return { kind: "idle" };
    return {
      kind: "scanning",
      seen: this.#seen,
      toHash: this.#toHash,
      hashedBytes: Math.min(this.#hashedBytes, this.#totalBytes),
      totalBytes: this.#totalBytes,
    };
  }

  /** Counts `work` as running; the counters begin anew when nothing runs. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running++ === 0) {
      this.#seen =
        this.#toHash =
        this.#hashedBytes =
        this.#totalBytes =
          0;
    }
    try {
      return await work();
    } finally {
      this.#running--;
    }
  }

  sawFiles(count: number): void {
    this.#seen += count;
  }

  planned(files: readonly { readonly size: number }[]): void {
    this.#toHash += files.length;
    for (const { size } of files) this.#totalBytes += size;
  }

  hashedFiles(count: number): void {
    this.#toHash -= count;
  }

  hashedBytes(count: number): void {
    this.#hashedBytes += count;
  }
}
