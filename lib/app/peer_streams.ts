import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId, PeerId } from "../core/ids.ts";
import type { StreamEvent, StreamId } from "../core/stream_events.ts";
import type { Address, Clock, PeerClient } from "../ports.ts";
import { addressText } from "./neighbours.ts";

/** Streams of other peers that are open at a time; what more peers have is asked for again and again. */
const MAX_STREAMS = 32;
/** What nobody follows any more is kept open for the next download. */
const LINGER_MS = 10_000;
const BACKOFF_MS = { first: 1_000, longest: 60_000 };

type OfKind<K extends StreamEvent["kind"]> = Extract<StreamEvent, { readonly kind: K }>;

/** What somebody who fetches a file hears from one that may have it. */
export type Pushed = OfKind<"have"> | OfKind<"offer"> | OfKind<"choke"> | OfKind<"unchoke">;

export interface Follower {
  readonly file: FileId;
  onPushed(event: Pushed): void;
  /** The stream is open from now on, so that the file can be asked for on it, or is not any more. */
  onStream(isOpen: boolean): void;
}

export interface Following extends Disposable {
  /** How questions name the stream while it is open. */
  readonly stream: StreamId | undefined;
  /** Resolves once it is open, or will not be for now, or after so long. */
  settled(ms: number): Promise<void>;
}

export interface PeerStreamPorts {
  readonly peers: Pick<PeerClient, "events">;
  readonly clock: Clock;
  onIndex(peer: PeerId, event: OfKind<"index">): void;
}

/** One stream of each peer from which something is fetched, whatever is fetched, opened again when it breaks. */
export class PeerStreams implements AsyncDisposable {
  readonly #open = new Map<string, PeerStream>();
  readonly #ending = new Set<Promise<void>>();

  constructor(readonly ports: PeerStreamPorts) {}

  /** Undefined where nothing is heard: what the peer has is to be asked for. */
  follow(peer: PeerId, at: Address, follower: Follower): Following | undefined {
    const key = `${peer} ${addressText(at)}`;
    let stream = this.#open.get(key);
    if (stream === undefined && this.#open.size >= MAX_STREAMS) this.#dropIdle();
    if (stream === undefined && this.#open.size >= MAX_STREAMS) return undefined;
    if (stream === undefined) {
      stream = new PeerStream(this.ports, peer, at);
      this.#open.set(key, stream);
      this.#watch(key, stream);
    }
    return stream.follow(follower);
  }

  #watch(key: string, stream: PeerStream): void {
    const ended = stream.ended.then(() => {
      if (this.#open.get(key) === stream) this.#open.delete(key);
      this.#ending.delete(ended);
    });
    this.#ending.add(ended);
  }

  /** Its place is free at once, though its connection may take a moment to close. */
  #dropIdle(): void {
    const [key, stream] = this.#open.entries().find(([, { isIdle }]) => isIdle) ?? [];
    if (key !== undefined) this.#open.delete(key);
    stream?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#open.values()) stream.close();
    await Promise.all(this.#ending);
  }
}

class PeerStream {
  /** Resolves when nobody follows it any more, or the peer knows of no streams. */
  readonly ended: Promise<void>;
  readonly #followers = new Set<Follower>();
  readonly #stop = new AbortController();
  #id: StreamId | undefined;
  #settled = Promise.withResolvers<void>();
  #lingering: AbortController | undefined;

  constructor(readonly ports: PeerStreamPorts, readonly peer: PeerId, readonly at: Address) {
    this.ended = this.#keep();
  }

  get isIdle(): boolean {
    return this.#followers.size === 0;
  }

  follow(follower: Follower): Following {
    this.#followers.add(follower);
    this.#lingering?.abort();
    const id = () => this.#id;
    return {
      get stream() {
        return id();
      },
      settled: (ms) => this.#settledWithin(ms),
      [Symbol.dispose]: () => {
        if (this.#followers.delete(follower) && this.isIdle) void this.#linger();
      },
    };
  }

  close(): void {
    this.#stop.abort(new EssaimError("cancelled", "Nobody follows it any more."));
    this.#settled.resolve();
  }

  /** Opens it again and again, ever more rarely while it fails. Never rejects. */
  async #keep(): Promise<void> {
    const { peers, clock } = this.ports;
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted;) {
      let wait: number = BACKOFF_MS.first;
      try {
        await peers.events(this.at, (event) => this.#heard(event), signal);
        failures = 0;
      } catch (error) {
        const { code, retryAfterMs = 0 } = asEssaimError(error);
        if (this.#id !== undefined) failures = 0;
        const backoff = Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** Math.min(failures++, 10));
        wait = code === "not-found" || code === "bad-content" ? BACKOFF_MS.longest : Math.max(retryAfterMs, backoff);
      }
      this.#lost();
      await clock.sleep(wait * (0.5 + clock.random() / 2), signal).catch(() => {});
      this.#settled = Promise.withResolvers();
    }
    this.close();
  }

  #heard(event: StreamEvent): void {
    switch (event.kind) {
      case "stream":
        if (this.#id !== undefined) break;
        this.#id = event.id;
        for (const follower of [...this.#followers]) follower.onStream(true);
        this.#settled.resolve();
        break;
      case "index":
        this.ports.onIndex(this.peer, event);
        break;
      case "have":
      case "offer":
        for (const follower of [...this.#followers]) if (follower.file === event.file) follower.onPushed(event);
        break;
      case "choke":
        for (const follower of [...this.#followers]) follower.onPushed(event);
        break;
      case "unchoke":
        for (const follower of this.#inTurn()) follower.onPushed(event);
        break;
      default:
        event satisfies never;
    }
  }

  /** Each time another one is first: a free slot is for one request. */
  #inTurn(): Follower[] {
    const followers = [...this.#followers];
    const [first] = followers;
    if (first && this.#followers.delete(first)) this.#followers.add(first);
    return followers;
  }

  #lost(): void {
    const wasOpen = this.#id !== undefined;
    this.#id = undefined;
    this.#settled.resolve();
    if (wasOpen) { for (const follower of [...this.#followers]) follower.onStream(false); }
  }

  async #settledWithin(ms: number): Promise<void> {
    const enough = new AbortController();
    const slept = this.ports.clock.sleep(ms, enough.signal).catch(() => {});
    await Promise.race([this.#settled.promise, slept]);
    enough.abort();
  }

  async #linger(): Promise<void> {
    const lingering = this.#lingering = new AbortController();
    const { signal } = lingering;
    await this.ports.clock.sleep(LINGER_MS, AbortSignal.any([signal, this.#stop.signal])).then(
      () => this.close(),
      () => {},
    );
  }
}
