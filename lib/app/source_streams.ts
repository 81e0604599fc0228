import { chunksIn } from "../core/chunk_runs.ts";
import type { DownloadEvent } from "../core/download_state.ts";
import type { PeerId } from "../core/ids.ts";
import { chunkCount, type Manifest } from "../core/manifest.ts";
import type { StreamId } from "../core/stream_events.ts";
import type { Address, Clock } from "../ports.ts";
import { addressText } from "./neighbours.ts";
import type { Following, PeerStreams, Pushed } from "./peer_streams.ts";

/** A first question waits so long for the stream on which more is to be told; later ones wait for nothing. */
const OPEN_WITHIN_MS = 1_000;
/** What has fewer chunks is there before anybody could tell of it. */
const LEAST_CHUNKS = 3;

/** What the sources of one download push, as events of that download. */
export class SourceStreams implements Disposable {
  readonly #followed = new Map<PeerId, { readonly following: Following; readonly address: string }>();
  /** Those that are asked once their stream is open. */
  readonly #waiting = new Set<PeerId>();
  /** When each last told of a free slot, in monotonic milliseconds. */
  readonly #unchokedAt = new Map<PeerId, number>();
  /** On which stream each was asked for the file. */
  readonly #askedOn = new Map<PeerId, StreamId>();

  constructor(
    readonly clock: Pick<Clock, "monotonic">,
    readonly streams: Pick<PeerStreams, "follow"> | undefined,
    readonly manifest: Manifest,
    readonly tell: (event: DownloadEvent) => void,
    /** A stream is open on which the file was not asked for yet. */
    readonly onOpen: (peer: PeerId) => void,
  ) {}

  /** From now on what the source at this address tells is heard. */
  follow(peer: PeerId, at: Address): void {
    const address = addressText(at);
    if (this.#followed.get(peer)?.address === address) return;
    this.#leave(peer);
    if (chunkCount(this.manifest) < LEAST_CHUNKS) return;
    const following = this.streams?.follow(peer, at, {
      file: this.manifest.id,
      onPushed: (event) => this.tell(this.#event(peer, event)),
      onStream: (isOpen) => {
        if (!isOpen) this.#lost(peer);
        else if (!this.#waiting.has(peer)) this.onOpen(peer);
      },
    });
    if (following) this.#followed.set(peer, { following, address });
  }

  /** What the source tells is heard at this address instead, if it was heard at all. */
  moved(peer: PeerId, at: Address): void {
    if (this.#followed.has(peer)) this.follow(peer, at);
  }

  /** On which to ask for the file; waits for it a moment, once. Undefined: it is to be asked again and again. */
  async toAsk(peer: PeerId): Promise<StreamId | undefined> {
    const following = this.#followed.get(peer)?.following;
    if (following && !this.#askedOn.has(peer)) {
      this.#waiting.add(peer);
      await following.settled(OPEN_WITHIN_MS);
      this.#waiting.delete(peer);
    }
    const stream = following?.stream;
    if (stream === undefined || this.#askedOn.get(peer) === stream) return stream;
    this.#askedOn.set(peer, stream);
    this.tell({ kind: "streams", peer, on: true });
    return stream;
  }

  /** The stream on which it tells of the file. */
  of(peer: PeerId): StreamId | undefined {
    return this.#askedOn.get(peer);
  }

  /** A request of that time was refused, which was overtaken by the word of a free slot, if there was one. */
  refused(peer: PeerId, since: number): void {
    if ((this.#unchokedAt.get(peer) ?? -Infinity) >= since) this.tell({ kind: "unchoked", peer });
  }

  [Symbol.dispose](): void {
    for (const peer of [...this.#followed.keys()]) this.#leave(peer);
  }

  #leave(peer: PeerId): void {
    this.#followed.get(peer)?.following[Symbol.dispose]();
    this.#followed.delete(peer);
    this.#lost(peer);
  }

  #lost(peer: PeerId): void {
    if (this.#askedOn.delete(peer)) this.tell({ kind: "streams", peer, on: false });
  }

  #event(peer: PeerId, event: Pushed): DownloadEvent {
    const chunks = () =>
      "chunks" in event && event.chunks !== "all" ? chunksIn(event.chunks, chunkCount(this.manifest)) : [];
    switch (event.kind) {
      case "have":
        return { kind: "gained", peer, chunks: chunks() };
      case "offer":
        return { kind: "offered", peer, chunks: event.chunks === "all" ? undefined : chunks() };
      case "choke":
        return { kind: "choked", peer };
      case "unchoke":
        this.#unchokedAt.set(peer, this.clock.monotonic());
        return { kind: "unchoked", peer };
      default:
        return event satisfies never;
    }
  }
}
