import { Choker, type Upload } from "../core/choke.ts";
import { EssaimError } from "../core/errors.ts";
import type { FileBody } from "../core/file_body.ts";
import type { Caller } from "../core/permission.ts";
import type { Throttle } from "../core/throttle.ts";
import type { Clock } from "../ports.ts";
import { waitTurn } from "./bandwidth.ts";
import { addressOf, type EventStream } from "./event_streams.ts";

/** Others are served so many at a time, so that each soon has a whole chunk to hand on. */
export const ASKERS_AT_ONCE = 6;
/** A busy peer asks for another try after this long, longer the more wait. */
const RETRY_MS = { least: 200, spread: 400 };
/** Somebody who was turned away comes back within this time. */
const WAITED_FOR_MS = 10_000;
/** Slots that are kept for somebody who does not come, or held by somebody slow, go to others after this long. */
const LOOK_EVERY_MS = 100;

export interface UploadLimits {
  readonly clock: Clock;
  /** Paces what is sent, over all callers and to each of them. */
  readonly throttle: Throttle;
  readonly uploadSlots: number;
  /** Told of all that is about to be sent. */
  onSent?(bytes: number): void;
}

/** Where bytes of a body come from. */
export interface BodySource extends Disposable {
  /** Fills all of `into` from `offset` on. */
  read(offset: number, into: Uint8Array): Promise<void>;
}

/** A place for one upload, until it is disposed. */
export interface UploadSlot extends Disposable {
  sent(bytes: number): void;
}

/** Who asks: a computer by its stream, or whoever asks from an address. */
type Asker = EventStream | string;

/**
 * Places for uploads: one address has at most half of them, so that it cannot keep all others out. Who is turned away and
 * has a stream is told there as soon as a place is kept for it.
 */
export class UploadSlots implements Disposable {
  readonly #choker: Choker<Asker>;
  readonly #closed = new AbortController();
  #isLooking = false;
  #refusedAt = -Infinity;

  constructor(readonly limits: UploadLimits) {
    const { uploadSlots } = limits;
    const slots = Math.min(ASKERS_AT_ONCE, uploadSlots);
    const perAddress = Math.ceil(uploadSlots / 2);
    this.#choker = new Choker({ slots, most: uploadSlots, perAddress }, ownerOf, placeOf);
  }

  /** To be disposed once the upload ended. Throws `busy`. */
  take(caller: Caller, stream?: EventStream): UploadSlot {
    const now = this.limits.clock.monotonic();
    const upload = this.#choker.begin(stream ?? addressOf(caller), stream !== undefined, now);
    if (stream && this.#choker.isWaiting(stream)) this.#choke(stream);
    if (!upload) throw this.#refusal();
    let held = true;
    return {
      sent: (bytes) => void (upload.bytes += bytes),
      [Symbol.dispose]: () => {
        if (held) this.#free(upload);
        held = false;
      },
    };
  }

  /** Its stream is closed: no place is kept for it any more. */
  leave(stream: EventStream): void {
    this.#choker.leave(stream);
    this.#unchoke();
  }

  [Symbol.dispose](): void {
    this.#closed.abort();
  }

  #choke(stream: EventStream): void {
    stream.tell({ kind: "choke" });
    void this.#look();
  }

  #refusal(): EssaimError {
    const { clock } = this.limits;
    this.#refusedAt = clock.monotonic();
    const retryAfterMs = Math.round(RETRY_MS.least + clock.random() * RETRY_MS.spread);
    return new EssaimError("busy", "All upload slots are taken; ask again soon.", { retryAfterMs });
  }

  #free(upload: Upload<Asker>): void {
    this.#choker.end(upload);
    this.#unchoke();
  }

  #unchoke(): void {
    for (const asker of this.#choker.unchoke(this.limits.clock.monotonic())) {
      if (typeof asker !== "string") asker.tell({ kind: "unchoke" });
    }
  }

  /** While somebody waits. Never rejects. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { signal } = this.#closed;
    while (this.#choker.waiting > 0 && !signal.aborted) {
      await this.limits.clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
      this.#unchoke();
    }
    this.#isLooking = false;
  }

  /**
   * Bytes `start` up to and without `end` of `source`, paced for this caller; `slot` and `source` are given back when it is
   * closed.
   */
  body(caller: Caller, slot: UploadSlot | undefined, source: BodySource, start: number, end: number): FileBody {
    const { clock, throttle, onSent } = this.limits;
    const peer = caller.kind === "member" ? caller.peer : addressOf(caller);
    const take = (bytes: number) => throttle.take(peer, bytes, clock.monotonic());
    let offset = start;
    return {
      length: end - start,
      get pieceBytes() {
        return throttle.pieceBytes;
      },
      read: async (into, signal) => {
        await source.read(offset, into);
        offset += into.length;
        slot?.sent(into.length);
        onSent?.(into.length);
        const wait = take(into.length);
        if (wait > 0) await waitTurn(clock, wait, () => take(0), signal);
      },
      isWaitedFor: () => slot !== undefined && clock.monotonic() - this.#refusedAt < WAITED_FOR_MS,
      close: () => {
        try {
          source[Symbol.dispose]();
        } finally {
          slot?.[Symbol.dispose]();
        }
      },
    };
  }
}

/** Somebody may have several streams. */
function ownerOf(asker: Asker): string {
  if (typeof asker === "string") return asker;
  return asker.caller.kind === "member" ? asker.caller.peer : placeOf(asker);
}

function placeOf(asker: Asker): string {
  return typeof asker === "string" ? asker : addressOf(asker.caller);
}

export function memorySource(bytes: Uint8Array): BodySource {
  return {
    read: (offset, into) => Promise.resolve(into.set(bytes.subarray(offset, offset + into.length))),
    [Symbol.dispose]: () => {},
  };
}
