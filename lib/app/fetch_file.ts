import type { Bitfield } from "../core/bitfield.ts";
import type { ChunkGivers } from "../core/chunk_givers.ts";
import { next, outlook } from "../core/download.ts";
import { type DownloadEvent, type DownloadLimits, type DownloadState, newDownload } from "../core/download_state.ts";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { Hash, PeerId } from "../core/ids.ts";
import { isChunk, type Manifest } from "../core/manifest.ts";
import { due } from "../core/schedule.ts";
import type { Trouble } from "../core/source.ts";
import type { PartFile } from "../disk_ports.ts";
import type { Address, Clock, PeerClient } from "../ports.ts";
import { waitTurn } from "./bandwidth.ts";
import { addressText } from "./neighbours.ts";
import type { PeerStreams } from "./peer_streams.ts";
import { SourceStreams } from "./source_streams.ts";

/** Who has the file is asked again while it is fetched: of all who begin together, the first heard of nobody at the start. */
const FIND_AGAIN_MS = { first: 1_500, then: 5_000 };
const TICK_MS = 500;
/** Written chunks are made safe and marked at least this often, in bytes and time. */
const MARK_EVERY_BYTES = 64 * 1024 * 1024;
const MARK_EVERY_MS = 1_000;

export interface FetchTools {
  readonly clock: Clock;
  readonly peers: PeerClient;
  readonly hash: Hash;
  /** Without them sources are asked again and again for what they have. */
  readonly streams?: Pick<PeerStreams, "follow"> | undefined;
  /** Milliseconds to wait after having received so many bytes of this peer. */
  pace(peer: PeerId, bytes: number): number;
}

export interface FetchJob {
  readonly manifest: Manifest;
  readonly hashes: Uint8Array;
  readonly limits: DownloadLimits;
  readonly part: PartFile;
  /** Chunks in the part file, proved. Grows while the job runs. */
  readonly verified: Bitfield;
  /** Who gave which, also in an earlier run. */
  readonly givers?: ChunkGivers | undefined;
  /** Peers that may hold it. Never rejects but by the signal. */
  find(signal: AbortSignal): Promise<PeerId[]>;
  addressOf(peer: PeerId): Address | undefined;
  /** Tells of each peer that is somewhere else from now on, until the returned function is called. */
  onMoved?(listener: (peer: PeerId) => void): () => void;
  /** It can be given to others from now on. */
  onVerified?(chunk: number): void;
  /** The chunks in `marks` (as Bitfield.toBytes) are safe on the disk. */
  mark(marks: Uint8Array): void;
  /** A peer sent a wrong chunk and still claims to have this file. */
  onLiar(peer: PeerId): void;
  /** The state, to be looked at and never changed. */
  onState(state: DownloadState): void;
}

/**
 * Fetches what `verified` lacks, from all sources at once. Resolves when the part file is complete, proved and on the
 * disk; rejects with the signal's reason, or with `disk-full` or `unwritable`. In each case all that was proved is marked.
 */
export async function fetchFile(tools: FetchTools, job: FetchJob, signal: AbortSignal): Promise<void> {
  const fetch = new FileFetch(tools, job);
  job.onState(fetch.state);
  try {
    await fetch.run(signal);
  } finally {
    await fetch.close();
  }
}

class FileFetch {
  readonly state: DownloadState;
  readonly #requests = new Map<number, { readonly peer: PeerId; readonly controller: AbortController }>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #end = new AbortController();
  readonly #outcome = Promise.withResolvers<void>();
  readonly #addresses = new Map<PeerId, string>();
  readonly #sources: SourceStreams;
  readonly #unhear: () => void;
  #unmarked = 0;
  #markedAt: number;
  #marking: Promise<void> = Promise.resolve();

  constructor(readonly tools: FetchTools, readonly job: FetchJob) {
    this.state = newDownload(job.manifest, job.verified, job.limits, job.givers);
    this.#markedAt = tools.clock.monotonic();
    this.#outcome.promise.catch(() => {});
    const pushed = (event: DownloadEvent) => {
      this.#tell(event);
      this.#act();
    };
    this.#sources = new SourceStreams(
      tools.clock,
      tools.streams,
      job.manifest,
      pushed,
      (peer) => this.#start(() => this.#subscribe(peer)),
    );
    this.#unhear = job.onMoved?.((peer) => this.#moved(peer)) ?? (() => {});
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#outcome.reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      this.#act();
      this.#start(() => this.#findSources());
      this.#start(() => this.#tick());
      await this.#outcome.promise;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Ends what is under way and marks what came. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#unhear();
    this.#sources[Symbol.dispose]();
    await Promise.all(this.#tasks);
    await this.#mark();
  }

  #tell(event: DownloadEvent): void {
    next(this.state, event, this.tools.clock.monotonic());
  }

  #act(): void {
    if (this.#end.signal.aborted) return;
    for (const action of due(this.state, this.tools.clock.monotonic(), this.tools.clock.random())) {
      switch (action.kind) {
        case "ask":
          this.#start(() => this.#ask(action.peer));
          break;
        case "question":
          this.#start(() => this.#question(action.peer));
          break;
        case "request":
          this.#start(() => this.#request(action.id, action.peer, action.first, action.last));
          break;
        case "abort":
          this.#requests.get(action.id)?.controller.abort();
          break;
        default:
          action satisfies never;
      }
    }
    if (outlook(this.state).kind === "complete") this.#outcome.resolve();
  }

  #start(task: () => Promise<void>): void {
    const running = task().catch((error) => {
      if (!this.#end.signal.aborted) this.#outcome.reject(error);
    }).finally(() => {
      this.#tasks.delete(running);
      this.#act();
    });
    this.#tasks.add(running);
  }

  async #tick(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await this.tools.clock.sleep(TICK_MS, this.#end.signal);
      this.#act();
      if (this.#unmarked > 0 && this.tools.clock.monotonic() - this.#markedAt >= MARK_EVERY_MS) await this.#mark();
    }
  }

  async #findSources(): Promise<void> {
    for (let wait = FIND_AGAIN_MS.first; !this.#end.signal.aborted; wait = FIND_AGAIN_MS.then) {
      for (const peer of await this.job.find(this.#end.signal)) this.#found(peer);
      this.#act();
      await this.tools.clock.sleep(wait, this.#end.signal);
    }
  }

  /** Somewhere else than before, it is asked there, and what still comes from there is not waited for. */
  #found(peer: PeerId): void {
    const at = this.job.addressOf(peer);
    const address = at ? addressText(at) : "";
    const known = this.#addresses.get(peer);
    const moved = known !== undefined && known !== address;
    this.#addresses.set(peer, address);
    if (moved) { for (const [id, request] of this.#requests) if (request.peer === peer) this.#giveUp(id); }
    this.#tell({ kind: "found", peer, moved });
    if (at && moved) this.#sources.moved(peer, at);
  }

  #moved(peer: PeerId): void {
    if (!this.#addresses.has(peer)) return;
    this.#found(peer);
    this.#act();
  }

  #giveUp(id: number): void {
    this.#tell({ kind: "failed", id, why: "unreachable" });
    this.#requests.get(id)?.controller.abort();
  }

  async #ask(peer: PeerId): Promise<void> {
    await this.#inquire(peer, async (at, signal) => {
      this.#sources.follow(peer, at);
      const have = await this.#have(peer, at, signal);
      this.#tell({ kind: "answered", peer, have });
    });
  }

  /** Whatever else goes on with it. */
  async #subscribe(peer: PeerId): Promise<void> {
    await this.#inquire(peer, async (at, signal) => {
      const have = await this.#have(peer, at, signal);
      this.#tell({ kind: "gained", peer, chunks: have });
    });
  }

  async #have(peer: PeerId, at: Address, signal: AbortSignal): Promise<Bitfield> {
    const stream = await this.#sources.toAsk(peer);
    return await this.tools.peers.have(at, this.job.manifest, signal, stream);
  }

  async #question(peer: PeerId): Promise<void> {
    await this.#inquire(peer, async (at, signal) => {
      await this.tools.peers.manifest(at, this.job.manifest.id, signal);
      this.#tell({ kind: "confirmed", peer });
      this.job.onLiar(peer);
    });
  }

  async #inquire(peer: PeerId, ask: (at: Address, signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await ask(this.#addressOf(peer), this.#end.signal);
    } catch (caught) {
      if (this.#end.signal.aborted) return;
      const { why, retryAfterMs } = troubleOf(asEssaimError(caught));
      this.#tell({ kind: "silent", peer, why, ...retryAfterMs });
    }
  }

  async #request(id: number, peer: PeerId, first: number, last: number): Promise<void> {
    const controller = new AbortController();
    this.#requests.set(id, { peer, controller });
    const signal = AbortSignal.any([this.#end.signal, controller.signal]);
    const since = this.tools.clock.monotonic();
    let own: unknown;
    try {
      await this.tools.peers.chunks(this.#addressOf(peer), this.job.manifest, first, last, {
        signal,
        stream: this.#sources.of(peer),
        onBytes: (count) => this.#received(id, peer, count, signal),
        onChunk: async (index, bytes) => {
          if (!isChunk(this.job.hashes, index, this.tools.hash(bytes))) {
            this.#tell({ kind: "corrupt", id });
            controller.abort();
          }
          signal.throwIfAborted();
          if (!this.job.verified.has(index)) {
            await this.job.part.write(index, bytes).catch((error) => {
              own = error;
              throw error;
            });
          }
          this.#tell({ kind: "verified", id, chunk: index });
          this.job.onVerified?.(index);
          this.#unmarked += bytes.length;
          if (this.#unmarked >= MARK_EVERY_BYTES) this.#start(() => this.#mark());
        },
      });
      this.#tell({ kind: "finished", id });
    } catch (caught) {
      if (own !== undefined) throw own;
      if (signal.aborted) return;
      const { why, retryAfterMs } = troubleOf(asEssaimError(caught));
      this.#tell({ kind: "failed", id, why, ...retryAfterMs });
      if (why === "busy") this.#sources.refused(peer, since);
    } finally {
      this.#requests.delete(id);
    }
  }

  /** Counts bytes and keeps to the rate limit, without looking stalled meanwhile. */
  #received(id: number, peer: PeerId, count: number, signal: AbortSignal): Promise<void> | void {
    const { clock, pace } = this.tools;
    this.#tell({ kind: "bytes", id, count });
    const wait = pace(peer, count);
    if (wait > 0) {
      return waitTurn(clock, wait, () => pace(peer, 0), signal, () => this.#tell({ kind: "bytes", id, count: 0 }));
    }
  }

  /** One at a time: what was written before is made safe, then marked. */
  #mark(): Promise<void> {
    this.#marking = this.#marking.then(async () => {
      if (this.#unmarked === 0) return;
      const marks = this.job.verified.toBytes();
      this.#unmarked = 0;
      await this.job.part.sync();
      this.job.mark(marks);
      this.#markedAt = this.tools.clock.monotonic();
    });
    return this.#marking;
  }

  #addressOf(peer: PeerId): Address {
    const address = this.job.addressOf(peer);
    if (!address) throw new EssaimError("unreachable", `The address of ${peer} is not known.`);
    return address;
  }
}

function troubleOf(error: EssaimError): { why: Trouble; retryAfterMs: { retryAfterMs?: number } } {
  const retryAfterMs = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  switch (error.code) {
    case "busy":
    case "not-found":
    case "bad-content":
      return { why: error.code, retryAfterMs };
    default:
      return { why: "unreachable", retryAfterMs };
  }
}
