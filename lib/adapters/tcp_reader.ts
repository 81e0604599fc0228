import { Buffer } from "node:buffer";
import { type AnswerReader, brokeOff, MAX_HEAD_BYTES, tooLong } from "./http1_answer.ts";

/**
 * Reads a TCP connection without a copy: a body goes from the system straight to whoever asks for it. Only what comes
 * with a head passes through a small buffer.
 */
export class TcpReader implements AnswerReader {
  /** A little more than the longest head, so that one that is too long is seen to be. */
  readonly #buffer = Buffer.allocUnsafeSlow(MAX_HEAD_BYTES + 1024);
  #start = 0;
  #end = 0;
  #ended = false;
  #filling: Promise<void> | undefined;

  constructor(readonly connection: Pick<Deno.TcpConn, "read">) {}

  get isQuiet(): boolean {
    return this.#start === this.#end && !this.#ended;
  }

  /** While nothing is asked for: resolves when something comes all the same, or the end. */
  watch(): Promise<void> {
    return this.#fill();
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.#filling) await this.#filling;
    const waiting = this.#end - this.#start;
    if (waiting === 0) return this.#ended ? 0 : await this.#receive(into);
    const count = this.#buffer.copy(into, 0, this.#start, this.#end);
    this.#start += count;
    return count;
  }

  async until(end: string, maxBytes: number): Promise<string | undefined> {
    for (;;) {
      const waiting = this.#buffer.subarray(this.#start, this.#end);
      const place = waiting.indexOf(end);
      if (place > maxBytes || place < 0 && waiting.length > maxBytes) throw tooLong(maxBytes);
      if (place >= 0) {
        this.#start += place + end.length;
        return waiting.toString("latin1", 0, place);
      }
      await this.#fill();
      if (this.#end - this.#start > waiting.length) continue;
      if (waiting.length === 0) return undefined;
      throw brokeOff();
    }
  }

  #fill(): Promise<void> {
    return this.#filling ??= this.#fillOnce().finally(() => this.#filling = undefined);
  }

  async #fillOnce(): Promise<void> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#end += await this.#receive(this.#buffer.subarray(this.#end));
  }

  /** 0 when the connection ended, however it did. */
  async #receive(into: Uint8Array): Promise<number> {
    const count = await this.connection.read(into).catch(() => null);
    this.#ended ||= count === null;
    return count ?? 0;
  }
}
