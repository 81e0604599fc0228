import type { PeerId } from "./ids.ts";

/** Peers told apart in one file: a byte a chunk, of which 0, 1 and 2 mean something else on a map. */
const MAX_PEERS = 250;

/** Who gave each chunk of a file; unknown for those that were there before. */
export class ChunkGivers {
  readonly #of: Uint8Array;
  readonly #peers: PeerId[] = [];

  constructor(readonly chunks: number) {
    this.#of = new Uint8Array(chunks);
  }

  /** In the order in which they gave their first chunk. */
  get peers(): readonly PeerId[] {
    return this.#peers;
  }

  gave(peer: PeerId, chunk: number): void {
    let index = this.#peers.indexOf(peer);
    if (index < 0 && this.#peers.length < MAX_PEERS) index = this.#peers.push(peer) - 1;
    this.#of[chunk] = index + 1;
  }

  /** Index in `peers`; -1: unknown. */
  of(chunk: number): number {
    return this.#of[chunk]! - 1;
  }
}
