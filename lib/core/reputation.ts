import type { FileId, PeerId } from "./ids.ts";

/** Wrong chunks of so many files make a peer unwelcome for every file. */
const FILES_BEFORE_BAN = 3;
const BAN_MS = 60 * 60_000;
/** Peers remembered; the one longest unheard of goes first. */
const MAX_PEERS = 1_000;

/** Who sent wrong bytes, over all downloads. Times in monotonic milliseconds. */
export class Reputation {
  readonly #lies = new Map<PeerId, Map<FileId, number>>();

  lied(peer: PeerId, file: FileId, now: number): void {
    const files = this.#lies.get(peer) ?? new Map<FileId, number>();
    this.#lies.delete(peer);
    this.#lies.set(peer, files.set(file, now));
    if (this.#lies.size > MAX_PEERS) this.#lies.delete(this.#lies.keys().next().value!);
  }

  isBanned(peer: PeerId, now: number): boolean {
    const files = this.#lies.get(peer);
    if (!files) return false;
    for (const [file, at] of files) if (now - at >= BAN_MS) files.delete(file);
    return files.size >= FILES_BEFORE_BAN;
  }
}
