import { sha256Of } from "../lib/adapters/hash_file.ts";
import type { ServeFiles } from "../lib/app/serve_file.ts";
import { Bitfield } from "../lib/core/bitfield.ts";
import type { DownloadLimits } from "../lib/core/download_state.ts";
import { asEssaimError, EssaimError } from "../lib/core/errors.ts";
import type { FileBody } from "../lib/core/file_body.ts";
import type { FileId, PeerId } from "../lib/core/ids.ts";
import { chunkCount, chunkLength, fileIdOf, type Manifest, MIN_CHUNK_SIZE } from "../lib/core/manifest.ts";
import type { PartFile } from "../lib/disk_ports.ts";
import type { Address, ChunkSink, Clock, PeerClient } from "../lib/ports.ts";
import { peerId } from "./fakes.ts";

export const CHUNK = MIN_CHUNK_SIZE;

export const LIMITS: DownloadLimits = { requestsPerPeer: 4, peers: 8, requests: 16, stallMs: 10_000, threshold: 0 };

/** A file in memory with everything that proves it. */
export interface TestFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly manifest: Manifest;
  readonly hashes: Uint8Array;
}

/** A file of `size` bytes that differs for each `seed`. */
export function testFile(size: number, seed = 1, chunkSize = CHUNK): TestFile {
  const words = new Uint32Array(Math.ceil(size / 4));
  let word = seed * 2_654_435_761 >>> 0;
  for (let i = 0; i < words.length; i++) words[i] = word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
  const bytes = new Uint8Array(words.buffer, 0, size);
  const chunks = chunkCount({ size, chunkSize });
  const hashes = new Uint8Array(chunks * 32);
  for (let i = 0; i < chunks; i++) hashes.set(sha256Of(bytes.subarray(i * chunkSize, (i + 1) * chunkSize)), i * 32);
  return { bytes, hashes, manifest: { id: fileIdOf(size, chunkSize, hashes, sha256Of), size, chunkSize } };
}

/**
 * Time that passes as fast as everything else allows: when nothing but sleepers is left, the first of them wakes.
 * `random` repeats 0.5.
 */
export class QuickClock implements Clock {
  elapsed = 0;
  #sleepers: { at: number; wake: () => void }[] = [];
  #turning = false;
  now = () => 1_767_323_045_678 + this.elapsed;
  monotonic = () => this.elapsed;
  random = () => 0.5;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const done = () => {
        signal?.removeEventListener("abort", onAbort);
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
      };
      const onAbort = () => {
        done();
        reject(signal!.reason);
      };
      const sleeper = {
        at: this.elapsed + ms,
        wake: () => {
          done();
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort);
      this.#sleepers.push(sleeper);
      void this.#turn();
    });
  }

  /** Several turns of the event loop between two wakings let files and promises go first. */
  async #turn(): Promise<void> {
    if (this.#turning) return;
    this.#turning = true;
    while (this.#sleepers.length > 0) {
      for (let i = 0; i < 5; i++) await nextTurn();
      const first = this.#sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (!first) break;
      this.elapsed = Math.max(this.elapsed, first.at);
      first.wake();
    }
    this.#turning = false;
  }
}

/** After all that is ready now. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Resolves when `holds`; fails with `what` when it does not in 10 s. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await nextTurn();
  }
}

/** A part file in memory. */
export class MemoryPart implements PartFile {
  readonly path = "/fake.part";
  readonly chunks = new Map<number, Uint8Array>();
  writes = 0;
  syncs = 0;
  /** Bytes that fit on the disk. */
  room = Infinity;

  constructor(readonly manifest: Manifest) {}

  write(index: number, bytes: Uint8Array): Promise<void> {
    if (this.chunks.size * this.manifest.chunkSize >= this.room) {
      return Promise.reject(new EssaimError("disk-full", "The disk is full."));
    }
    this.writes++;
    this.chunks.set(index, bytes.slice());
    return Promise.resolve();
  }
  read = (index: number) => Promise.resolve(this.chunks.get(index)?.slice());
  sync = () => Promise.resolve(void this.syncs++);
  stat = () => Promise.resolve({ size: this.chunks.size * this.manifest.chunkSize, mtimeMs: 1 });
  [Symbol.asyncDispose] = () => Promise.resolve();

  whole(): Uint8Array {
    const bytes = new Uint8Array(this.manifest.size);
    for (const [index, chunk] of this.chunks) bytes.set(chunk, index * this.manifest.chunkSize);
    return bytes;
  }
}

/** How a source answers a request for chunks, after having given those that `give` is called for. */
export type Behaviour = (request: {
  readonly first: number;
  readonly last: number;
  readonly sink: ChunkSink;
  /** Gives the right bytes, or others. */
  give(index: number, bytes?: Uint8Array): Promise<void>;
}) => Promise<void>;

export const honest: Behaviour = async ({ first, last, give, sink }) => {
  for (let index = first; index <= last; index++) {
    await nextTurn();
    sink.signal.throwIfAborted();
    await give(index);
  }
};

/** Nothing comes until the asker gives up. */
export const stalls: Behaviour = ({ sink: { signal } }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

export interface FakeSource {
  /** What it says to hold; everything when absent. */
  have?: Bitfield | undefined;
  behaviour?: Behaviour;
  /** Not reachable at all. */
  gone?: boolean;
  /** Its file changed: it does not claim to have it any more. */
  forgot?: boolean;
}

/** A network of sources at port N for peer N; every request for chunks is remembered. */
export class FakeNetwork implements PeerClient {
  readonly sources = new Map<number, FakeSource>();
  readonly asked: { peer: number; first: number; last: number }[] = [];
  /** Whom somebody tried to ask anything. */
  readonly reached: Address[] = [];
  readonly files = new Map<FileId, TestFile>();

  constructor(...files: TestFile[]) {
    for (const file of files) this.files.set(file.manifest.id, file);
  }

  add(number: number, source: FakeSource = {}): PeerId {
    this.sources.set(number, source);
    return peerId(number);
  }
  addressOf = (peer: PeerId): Address | undefined => ({ host: "fake", port: parseInt(peer, 16) });
  events = () => Promise.reject(new EssaimError("not-found", "It knows of no streams."));
  hello = () => Promise.reject(new EssaimError("unreachable", "Nobody asks that."));
  index = () => Promise.reject(new EssaimError("unreachable", "Nobody asks that."));
  lease = () => Promise.reject(new EssaimError("unreachable", "Nobody asks that."));
  revocations = () => Promise.reject(new EssaimError("unreachable", "Nobody asks that."));

  async manifest(at: Address, id: FileId, signal: AbortSignal): Promise<Manifest> {
    if ((await this.#reach(at, signal)).forgot) throw new EssaimError("not-found", "It is not there.");
    return this.#file(id).manifest;
  }
  async hashes(at: Address, { id }: Manifest, signal: AbortSignal): Promise<Uint8Array> {
    await this.#reach(at, signal);
    return this.#file(id).hashes;
  }
  async have(at: Address, manifest: Manifest, signal: AbortSignal): Promise<Bitfield> {
    const { have, forgot } = await this.#reach(at, signal);
    if (forgot) throw new EssaimError("not-found", "It is not there.");
    return have?.clone() ?? Bitfield.full(chunkCount(manifest));
  }
  async chunks(at: Address, manifest: Manifest, first: number, last: number, sink: ChunkSink): Promise<void> {
    const source = await this.#reach(at, sink.signal);
    this.asked.push({ peer: at.port, first, last });
    const { bytes } = this.#file(manifest.id);
    const give = async (index: number, other?: Uint8Array) => {
      const start = index * manifest.chunkSize;
      const chunk = other ?? bytes.slice(start, start + chunkLength(manifest, index));
      await sink.onBytes(chunk.length);
      await sink.onChunk(index, chunk);
    };
    await (source.behaviour ?? honest)({ first, last, sink, give });
  }
  async bundle(at: Address, files: readonly { id: FileId }[], signal: AbortSignal) {
    await this.#reach(at, signal);
    return files.map(({ id }) => this.files.get(id)?.bytes);
  }

  async #reach(at: Address, signal: AbortSignal): Promise<FakeSource> {
    const { port } = at;
    this.reached.push(at);
    await nextTurn();
    signal.throwIfAborted();
    const source = this.sources.get(port);
    if (!source || source.gone) throw new EssaimError("unreachable", "Nobody answers.");
    return source;
  }
  #file(id: FileId): TestFile {
    const file = this.files.get(id);
    if (!file) throw new EssaimError("not-found", "It is not there.");
    return file;
  }
}

/** How many uploads of a shared file more could begin now. */
export async function freeSlots(serve: ServeFiles, file: FileId): Promise<number> {
  const taken: FileBody[] = [];
  try {
    for (;;) taken.push(await serve.chunks(file, 0, 0, { kind: "anonymous", address: `10.1.0.${taken.length}` }));
  } catch (error) {
    if (asEssaimError(error).code !== "busy") throw error;
    return taken.length;
  } finally {
    taken.forEach((body) => body.close());
  }
}
