import { asEssaimError, type ErrorCode, EssaimError } from "../core/errors.ts";
import type { ClassId } from "../core/ids.ts";
import type { Announce, AnnounceReply } from "../core/messages.ts";
import type { Clock, Identity, Log, TrackerClient } from "../ports.ts";
import type { RecordStore } from "../store_ports.ts";
import { aboutOf, type Batch, completionOf, sizeOf, Untold } from "./announce_batch.ts";
import type { Downloads } from "./downloads.ts";
import type { Neighbours } from "./neighbours.ts";

/** Changes are gathered this long before they are told. */
const GATHER_MS = 150;
const RETRY_MS = { first: 500, longest: 15_000 };
const STOPPED_WITHIN_MS = 1_500;
/** Exchanges in a row to bring the tracker up to date, before the next interval goes on. */
const MAX_ROUNDS = 1_000;
/** The tracker answers, but does not accept what it was told. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(["bad-input", "bad-record", "too-large"]);

export interface AnnouncePorts {
  readonly identity: Identity;
  readonly tracker: TrackerClient;
  readonly records: RecordStore;
  readonly downloads: Downloads;
  readonly neighbours: Neighbours;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this run of the process: 128 random bits in hex. */
  readonly instance: string;
  /** As it is now. */
  name(): string;
  readonly port: number;
  /** Where members of the class are answered, while this peer is one. */
  memberPort(): number | undefined;
  /** Of the class as whose member the tracker is asked. */
  classId(): ClassId | undefined;
  /** Of a member: what proves that others may hand on its files. */
  lease(): Promise<Announce["lease"]>;
  /** What the tracker says of the class. */
  heardOfClass(news: NonNullable<AnnounceReply["class"]>): void;
}

/** Keeps the tracker informed: who and where this peer is, what it shares, holds and has completed. */
export class Announcer {
  state: "online" | "offline" = "offline";
  /** What the tracker prefers; undefined until it said so. */
  chunkSize: number | undefined;
  #token: string | undefined;
  /** The class as whose member this peer had the token, and told what it has told. */
  #toldAs: ClassId | undefined;
  #serial = 0;
  readonly #untold: Untold;
  /** Things told at a time; fewer after the tracker refused some of them. */
  #most = Infinity;
  /** Whether an announce of nothing is accepted, asked when a single thing was refused. */
  #empty: "untried" | "asked" | "accepted" = "untried";
  /** How far the tracker said that it knows this index. */
  #known: number | undefined;
  /** What the tracker last asked for. */
  #intervalMs = Infinity;
  #wake = Promise.withResolvers<void>();
  /** Somebody waits for the next announce. */
  #hurry = Promise.withResolvers<void>();
  #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #attempts = 0;
  #attempting = false;
  #attempted = Promise.withResolvers<void>();

  constructor(readonly ports: AnnouncePorts) {
    this.#untold = new Untold(ports.records, ports.downloads, ports.classId);
  }

  /** This peer joined or left a class, or has another tracker: that one is told everything from the beginning. */
  beginAgain(): void {
    this.#forgetAll();
    this.changed();
  }

  #forgetAll(): void {
    this.#token = undefined;
    this.#known = undefined;
    this.#untold.forgetAll();
  }

  /** Nothing happens when it is running already. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Something changed that others should know. */
  changed(): void {
    this.#wake.resolve();
  }

  /** Resolves once what is known now was announced, or could not be; at most after `withinMs`. */
  async flush(withinMs: number): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const after = this.#attempts + (this.#attempting ? 2 : 1); // the one under way may not know of it
    this.changed();
    this.#hurry.resolve();
    const late = this.ports.clock.sleep(withinMs, this.#stop.signal).catch(() => {}).then(() => true);
    while (this.#attempts < after) {
      if (await Promise.race([this.#attempted.promise, late])) return;
    }
  }

  /** Says good-bye, as far as the tracker answers at once. */
  async close(): Promise<void> {
    this.#stop.abort(new EssaimError("cancelled", "This peer stops."));
    await this.#loop;
    if (this.state !== "online" || !this.#token) return;
    const signal = AbortSignal.timeout(STOPPED_WITHIN_MS);
    const farewell = this.#message("stopped", this.ports.records.position.version);
    await this.ports.tracker.announce(farewell, this.#token, signal).catch(() => {});
  }

  async #run(): Promise<void> {
    const { log } = this.ports;
    const signal = this.#stop.signal;
    let wait = RETRY_MS.first;
    while (!signal.aborted) {
      let pause: number;
      this.#wake = Promise.withResolvers();
      this.#hurry = Promise.withResolvers();
      this.#attempting = true;
      try {
        pause = this.#intervalMs = await this.#announceAll(signal);
        if (this.state === "offline") log.info("tracker-online", "The tracker answers.");
        this.state = "online";
        wait = RETRY_MS.first;
      } catch (caught) {
        if (signal.aborted) return;
        const error = asEssaimError(caught);
        this.#catchUp(error);
        if (this.state === "online" || wait === RETRY_MS.first) {
          log.warning("tracker-offline", `The tracker does not answer: ${error.message}`, { code: error.code });
        }
        this.state = "offline";
        pause = Math.max(error.retryAfterMs ?? 0, wait);
        wait = Math.min(RETRY_MS.longest, this.#intervalMs, wait * 2);
      }
      this.#attempting = false;
      this.#attempts++;
      this.#attempted.resolve();
      this.#attempted = Promise.withResolvers();
      await this.#pause(pause, signal);
    }
  }

  /** After this computer's clock was set back, the tracker knows a higher serial than ours and says so. */
  #catchUp({ code, details }: EssaimError): void {
    const known = details?.knownSerial;
    if (code === "conflict" && Number.isSafeInteger(known)) this.#serial = Math.max(this.#serial, Number(known));
  }

  /** Until the next interval, or shortly after a change. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.ports;
    const early = new AbortController();
    const both = AbortSignal.any([signal, early.signal]);
    const sleep = (ms: number) => clock.sleep(ms, both).catch(() => {});
    await Promise.race([sleep(ms), this.#wake.promise]);
    if (this.state === "online") await Promise.race([sleep(Math.min(GATHER_MS, ms)), this.#hurry.promise]);
    early.abort();
  }

  /** Announces until the tracker knows everything; returns the milliseconds to the next time. */
  async #announceAll(signal: AbortSignal): Promise<number> {
    const { records, neighbours, clock } = this.ports;
    this.#untold.tryLater(clock.now());
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const classId = this.ports.classId();
      if (classId !== this.#toldAs) this.#forgetAll();
      this.#toldAs = classId;
      const fresh = this.#token === undefined;
      if (fresh) this.#untold.forgetHoldings();
      const from = this.#known;
      const batch = this.#untold.next(from, !fresh, this.#most);
      const { changes, set, dropped, completed } = batch;
      const position = changes.at(-1)?.indexVersion ?? from ?? records.position.version;
      const lease = await this.ports.lease();
      const message: Announce = {
        ...(lease === undefined ? {} : { lease }),
        ...this.#message(fresh ? "started" : completed.length > 0 ? "completed" : "alive", position),
        ...{ records: this.#untold.recordsOf(batch), holdings: [...set], dropped: [...dropped] },
        completed: completed.map(completionOf),
      };
      message.index.from = from ?? position;
      let reply: AnnounceReply | undefined;
      try {
        reply = await this.#send(message, classId, signal);
      } catch (error) {
        this.#tellLess(batch, asEssaimError(error));
        continue;
      }
      if (!reply) continue;
      this.chunkSize = reply.chunkSize;
      neighbours.heard(reply.peers);
      if (reply.class) this.ports.heardOfClass(reply.class);
      this.#untold.told(batch, reply.later);
      this.#tellMore(sizeOf(batch));
      const { epoch, version } = records.position;
      const known = reply.index.epoch === epoch ? reply.index.version : 0;
      this.#known = known;
      if (known === version && !fresh && !batch.more) return reply.intervalMs;
    }
    throw new EssaimError("conflict", "The tracker does not take in this peer's index.");
  }

  /**
   * Finds by halves what the tracker does not accept. Such a thing is skipped when it is refused alone, twice, and an
   * announce of nothing is accepted in between. Throws the error when it has another cause.
   */
  #tellLess(batch: Batch, error: EssaimError): void {
    const size = sizeOf(batch);
    if (!REFUSALS.has(error.code) || size === 0) {
      this.#empty = "untried";
      this.#most = Infinity;
      throw error;
    }
    this.#most = Math.floor(size / 2);
    if (size > 1) return;
    if (this.#empty !== "accepted") {
      this.#empty = "asked";
      return;
    }
    this.#untold.skip(batch);
    this.#empty = "untried";
    this.#most = 1;
    this.ports.log.warning("announce-skipped", `One thing is not told to the tracker: ${error.message}`, {
      ...{ about: aboutOf(batch), code: error.code },
    });
  }

  #tellMore(size: number): void {
    this.#empty = size === 0 && this.#empty === "asked" ? "accepted" : "untried";
    this.#most = Math.max(1, this.#most * 2);
  }

  /** What was put together for the members of one class does not go to anyone else, when this peer has left it meanwhile. */
  async #send(
    message: Announce,
    classId: ClassId | undefined,
    signal: AbortSignal,
  ): Promise<AnnounceReply | undefined> {
    const { tracker, identity, log } = this.ports;
    const signed = this.#token === undefined ? await identity.signAnnounce(message) : undefined;
    if (this.ports.classId() !== classId) return undefined;
    if (signed !== undefined) {
      const reply = await tracker.announceSigned(signed, signal);
      this.#token = reply.token;
      if (this.#token === undefined) throw new EssaimError("bad-content", "The tracker gave no token.");
      return reply;
    }
    if (this.#token === undefined) return undefined;
    try {
      return await tracker.announce(message, this.#token, signal);
    } catch (error) {
      if (!(error instanceof EssaimError) || error.code !== "unauthorized") throw error;
      log.debug("tracker-restarted", "The tracker does not know this peer any more; it is told everything again.");
      this.#token = undefined;
      return undefined;
    }
  }

  #message(event: Announce["event"], to: number): Announce {
    const { identity, instance, name, port, records, clock } = this.ports;
    const memberPort = this.ports.memberPort();
    this.#serial = Math.max(this.#serial + 1, Math.floor(clock.now()) * 1000);
    return {
      ...{ peerId: identity.peerId, instance, serial: this.#serial, event, name: name(), port },
      ...(memberPort === undefined ? {} : { memberPort }),
      index: { epoch: records.position.epoch, from: to, to },
      ...{ records: [], holdings: [], dropped: [], completed: [] },
    };
  }
}
