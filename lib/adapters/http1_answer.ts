import { EssaimError } from "../core/errors.ts";

/** The answers of one connection, read strictly (RFC 9112): what could be understood in two ways is refused. */

export const MAX_HEAD_BYTES = 16 * 1024;
const MAX_CHUNK_LINE_BYTES = 64;
const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/;

export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

/** The bytes of one connection, asked for by one caller at a time. */
export interface AnswerReader {
  /** Whether nothing waits to be read, and more may come. */
  readonly isQuiet: boolean;
  /** Copies what is there, at least one byte; 0 when the connection ended. */
  read(into: Uint8Array): Promise<number>;
  /**
   * All up to `end`, without it, as Latin-1; undefined when the connection ended before anything came. Throws
   * `bad-content` when that is longer than `maxBytes`, `unreachable` when it breaks off.
   */
  until(end: string, maxBytes: number): Promise<string | undefined>;
}

/** Undefined when the connection ended before anything came. Throws `bad-content`, `unreachable`. */
export async function readHead(reader: AnswerReader): Promise<AnswerHead | undefined> {
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
  reader: AnswerReader,
  { status, headers }: AnswerHead,
  headOnly: boolean,
): AnswerBody | undefined {
  const encoding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (headOnly || status === 204 || status === 304) return undefined;
  if (status === 205 && (encoding !== null || Number(length) > 0)) throw notHttp();
  if (encoding === "chunked" && length === null) return new ChunkedBody(reader);
  if (encoding !== null || length === null || !/^\d{1,15}$/.test(length)) {
    throw new EssaimError("bad-content", "The answer does not say its length, or says it twice.");
  }
  return Number(length) === 0 ? undefined : new PlainBody(reader, Number(length));
}

class PlainBody implements AnswerBody {
  constructor(readonly reader: AnswerReader, private left: number) {}

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

  constructor(readonly reader: AnswerReader) {}

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

async function line(reader: AnswerReader): Promise<string> {
  const text = await reader.until("\r\n", MAX_CHUNK_LINE_BYTES);
  if (text === undefined) throw brokeOff();
  return text;
}

export const tooLong = (maxBytes: number) =>
  new EssaimError("bad-content", `A part of the answer is longer than ${maxBytes} bytes.`);
const notHttp = () => new EssaimError("bad-content", "The answer is not HTTP.");
export const brokeOff = () => new EssaimError("unreachable", "The answer broke off.");
