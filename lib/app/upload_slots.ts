import { EssaimError } from "../core/errors.ts";
import type { FileBody } from "../core/file_body.ts";
import type { Caller } from "../core/permission.ts";
import type { TokenBucket } from "../core/token_bucket.ts";
import type { Clock } from "../ports.ts";

/** A busy peer asks for another try after this long, longer the more wait. */
const RETRY_MS = { least: 200, spread: 400 };
/** Somebody who was turned away comes back within this time. */
const WAITED_FOR_MS = 10_000;

export interface UploadLimits {
  readonly clock: Clock;
  /** Paces what is sent, over all callers. */
  readonly bucket: TokenBucket;
  readonly uploadSlots: number;
  /** Told of all that is about to be sent. */
  onSent?(bytes: number): void;
}

/** Where bytes of a body come from. */
export interface BodySource extends Disposable {
  /** Fills all of `into` from `offset` on. */
  read(offset: number, into: Uint8Array): Promise<void>;
}

/** Places for uploads: one address has at most half of them, so that it cannot keep all others out. */
export class UploadSlots {
  #taken = 0;
  readonly #perAddress = new Map<string, number>();
  #refusedAt = -Infinity;

  constructor(readonly limits: UploadLimits) {}

  /** To be disposed once the upload ended. Throws `busy`. */
  take(caller: Caller): Disposable {
    const { uploadSlots, clock } = this.limits;
    const address = caller.kind === "local" ? "" : caller.address;
    const own = this.#perAddress.get(address) ?? 0;
    if (this.#taken >= uploadSlots || own >= Math.ceil(uploadSlots / 2)) {
      this.#refusedAt = clock.monotonic();
      const retryAfterMs = Math.round(RETRY_MS.least + clock.random() * RETRY_MS.spread);
      throw new EssaimError("busy", "All upload slots are taken; ask again soon.", { retryAfterMs });
    }
    this.#taken++;
    this.#perAddress.set(address, own + 1);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#free(address);
        held = false;
      },
    };
  }

  #free(address: string): void {
    this.#taken--;
    const left = this.#perAddress.get(address)! - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }

  /** Bytes `start` up to and without `end` of `source`, paced; `slot` and `source` are given back when it is closed. */
  body(slot: Disposable | undefined, source: BodySource, start: number, end: number): FileBody {
    const { clock, bucket, onSent } = this.limits;
    let offset = start;
    return {
      length: end - start,
      pieceBytes: bucket.pieceBytes,
      read: async (into, signal) => {
        await source.read(offset, into);
        offset += into.length;
        onSent?.(into.length);
        const wait = bucket.take(into.length, clock.monotonic());
        if (wait > 0) await clock.sleep(wait, signal);
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

export function memorySource(bytes: Uint8Array): BodySource {
  return {
    read: (offset, into) => Promise.resolve(into.set(bytes.subarray(offset, offset + into.length))),
    [Symbol.dispose]: () => {},
  };
}
