import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { EssaimError } from "../core/errors.ts";

/** The answers of one connection, read strictly (RFC 9112): what could be understood in two ways is refused. */

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_CHUNK_LINE_BYTES = 64;
const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/;
/** More stays in the system until it is asked for. */
const MAX_WAITING_BYTES = 256 * 1024;

export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * Pulls bytes out of a socket as they are asked for, by one caller at a time. `wire` is what the socket reads from and the
 * only thing that can be paused: a paused TLS socket of Deno 2.9 goes on reading.
 */
export class SocketReader {
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

  /** Whether nothing waits to be read, and more may come. */
  get isQuiet(): boolean {
    return this.#length === 0 && !this.#ended;
  }

  /** Copies what is there, at least one byte; 0 when the connection ended. */
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

  /** All up to `end`, without it, as Latin-1. Undefined when the connection ended before anything came. */
  async until(end: string, maxBytes: number): Promise<string | undefined> {
    while (await this.#some()) {
      const [first] = this.#pieces as [Buffer];
      const place = first.indexOf(end);
      if (place > maxBytes || place < 0 && first.length > maxBytes) {
        throw new EssaimError("bad-content", `A part of the answer is longer than ${maxBytes} bytes.`);
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

/** Undefined when the connection ended before anything came. Throws `bad-content`, `unreachable`. */
export async function readHead(reader: SocketReader): Promise<AnswerHead | undefined> {
  const text = await reader.until("\r\n\r\n", MAX_HEAD_BYTES);
  if (text === undefined) return undefined;
  const [first, ...lines] = text.split("\r\n");
  const status = STATUS_LINE.exec(first!)?.[1];
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined) throw notHttp();
    headers.append(name, value!);
  }
  if (status === undefined) throw notHttp();
  return { status: Number(status), headers };
}

export interface AnswerBody {
  /** Whether all of it was read. */
  readonly ended: boolean;
  /** Copies what is there, at least one byte; 0 at the end. Throws `bad-content`, `unreachable`. */
  read(into: Uint8Array): Promise<number>;
}

/** The body that follows a head; undefined when it has none. Throws `bad-content`. */
export function bodyOf(
  reader: SocketReader,
  { status, headers }: AnswerHead,
  headOnly: boolean,
): AnswerBody | undefined {
  const encoding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (headOnly || status === 204 || status === 304) return undefined;
  if (encoding === "chunked" && length === null) return new ChunkedBody(reader);
  if (encoding !== null || length === null || !/^\d{1,15}$/.test(length)) {
    throw new EssaimError("bad-content", "The answer does not say its length, or says it twice.");
  }
  return Number(length) === 0 ? undefined : new PlainBody(reader, Number(length));
}

class PlainBody implements AnswerBody {
  constructor(readonly reader: SocketReader, private left: number) {}

  get ended(): boolean {
    return this.left === 0;
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.left === 0) return 0;
    const count = await this.reader.read(into.subarray(0, this.left));
    if (count === 0) throw brokeOff();
    this.left -= count;
    return count;
  }
}

class ChunkedBody implements AnswerBody {
  ended = false;
  #chunk: PlainBody | undefined;

  constructor(readonly reader: SocketReader) {}

  async read(into: Uint8Array): Promise<number> {
    while (!this.ended) {
      const count = await this.#chunk?.read(into) ?? 0;
      if (count > 0) return count;
      if (this.#chunk && await line(this.reader) !== "") throw notHttp();
      const size = await line(this.reader);
      if (!/^[0-9a-f]{1,8}$/i.test(size)) throw notHttp();
      this.#chunk = new PlainBody(this.reader, parseInt(size, 16));
      if (!this.#chunk.ended) continue;
      if (await line(this.reader) !== "") throw notHttp(); // trailers are not expected
      this.ended = true;
    }
    return 0;
  }
}

async function line(reader: SocketReader): Promise<string> {
  const text = await reader.until("\r\n", MAX_CHUNK_LINE_BYTES);
  if (text === undefined) throw brokeOff();
  return text;
}

const notHttp = () => new EssaimError("bad-content", "The answer is not HTTP.");
const brokeOff = () => new EssaimError("unreachable", "The answer broke off.");
