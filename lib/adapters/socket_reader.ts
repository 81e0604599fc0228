import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { type AnswerReader, brokeOff, tooLong } from "./http1_answer.ts";

/** More stays in the system until it is asked for. */
const MAX_WAITING_BYTES = 256 * 1024;

/**
 * Pulls bytes out of a socket as they are asked for, by one caller at a time. `wire` is what the socket reads from and the
 * only thing that can be paused: a paused TLS socket of Deno 2.9 goes on reading.
 */
export class SocketReader implements AnswerReader {
  readonly #pieces: Buffer[] = [];
  #length = 0;
  #ended = false;
  #wake = () => {};

  constructor(socket: Duplex, readonly wire: Pick<Duplex, "pause" | "resume">) {
    socket.on("data", (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#length += piece.length;
      if (this.#length >= MAX_WAITING_BYTES) wire.pause();
      this.#wake();
    });
    for (const event of ["end", "close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        socket.destroy();
        this.#wake();
      });
    }
  }

  get isQuiet(): boolean {
    return this.#length === 0 && !this.#ended;
  }

  async read(into: Uint8Array): Promise<number> {
    await this.#some();
    let filled = 0;
    while (filled < into.length && this.#length > 0) {
      const [piece] = this.#pieces as [Buffer];
      const count = piece.copy(into, filled);
      filled += count;
      this.#length -= count;
      if (count < piece.length) this.#pieces[0] = piece.subarray(count);
      else release(this.#pieces.shift()!);
    }
    return filled;
  }

  async until(end: string, maxBytes: number): Promise<string | undefined> {
    while (await this.#some()) {
      const [first] = this.#pieces as [Buffer];
      const place = first.indexOf(end);
      if (place > maxBytes || place < 0 && first.length > maxBytes) {
        throw tooLong(maxBytes);
      }
      if (place >= 0) {
        this.#pieces[0] = first.subarray(place + end.length);
        this.#length -= place + end.length;
        if (this.#pieces[0].length === 0) this.#pieces.shift();
        return first.toString("latin1", 0, place);
      }
      if (!await this.#more(first.length)) throw brokeOff();
      this.#pieces.splice(0, 2, Buffer.concat(this.#pieces.slice(0, 2)));
    }
    return undefined;
  }

  #some(): Promise<boolean> {
    return this.#more(0);
  }

  /** Waits until there are more bytes than so many; false when the connection ended before. */
  async #more(than: number): Promise<boolean> {
    while (this.#length <= than && !this.#ended) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.wire.resume();
      await promise;
    }
    return this.#length > than;
  }
}

/** Gives the memory back at once: garbage of this kind is collected only when there are 64 MiB of it. */
function release(piece: Buffer): void {
  const memory = piece.buffer as ArrayBuffer;
  if (piece.byteOffset + piece.length === memory.byteLength && memory.byteLength > Buffer.poolSize) memory.transfer(0);
}
