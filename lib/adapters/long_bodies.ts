import type { IncomingMessage } from "node:http";

/** Bodies up to this length are always taken. */
const SHORT_BYTES = 64 * 1024;
/** Announced bytes of longer ones that are received at a time, in all and from one address. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_BYTES_PER_ADDRESS = 16 * 1024 * 1024;
/** What one of unknown length counts as: the longest announce. */
const UNKNOWN_BYTES = 4 * 1024 * 1024;

/** Bounds the memory that slow senders of long bodies take, each of which could go on for as long as a request may. */
export class LongBodies {
  readonly #bytes = new Map<string, number>();
  #inAll = 0;

  /** To be disposed once the request was answered; undefined when there is no room for it now. */
  take({ headers }: Pick<IncomingMessage, "headers">, address: string): Disposable | undefined {
    const length = headers["transfer-encoding"] === undefined ? Number(headers["content-length"] ?? 0) : UNKNOWN_BYTES;
    if (length <= SHORT_BYTES) return { [Symbol.dispose]: () => {} };
    const own = this.#bytes.get(address) ?? 0;
    if (own + length > MAX_BYTES_PER_ADDRESS || this.#inAll + length > MAX_BYTES) return undefined;
    this.#count(address, length);
    return { [Symbol.dispose]: () => this.#count(address, -length) };
  }

  #count(address: string, change: number): void {
    this.#inAll += change;
    const own = (this.#bytes.get(address) ?? 0) + change;
    if (own > 0) this.#bytes.set(address, own);
    else this.#bytes.delete(address);
  }
}
