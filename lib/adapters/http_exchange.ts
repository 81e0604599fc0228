import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { type FileBody, fileBodyOf } from "../core/file_body.ts";
import { cancelOnAbort } from "./http_client.ts";

/** A write this large at a time is how a stalled reader is told from a slow one. */
const SLICE_BYTES = 256 * 1024;
const HURRY_CHECKED_EVERY_MS = 500;

const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/**
 * The incoming message as a web Request whose body, if any and not read already, is read only as fast as it is asked for;
 * null when the target, the Host header or the method cannot be one (to be answered 400).
 */
export function toRequest(incoming: IncomingMessage, read?: Uint8Array<ArrayBuffer>): Request | null {
  const { method = "GET" } = incoming;
  const url = urlOf(incoming);
  if (url === null) return null;
  const streams = read === undefined && declaresBody(incoming) && method !== "GET" && method !== "HEAD";
  const body = streams ? bodyOf(incoming) : read ?? null;
  try {
    const webHeaders = new Headers();
    const raw = incoming.rawHeaders;
    for (let i = 0; i + 1 < raw.length; i += 2) webHeaders.append(raw[i]!, raw[i + 1]!);
    return new Request(url, { method, headers: webHeaders, body });
  } catch {
    return null;
  }
}

export function declaresBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Origin form and absolute form (RFC 9112, 3.2); an absolute form that contradicts Host is refused. */
function urlOf(incoming: IncomingMessage): URL | null {
  const hosts = incoming.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  const host = incoming.headers.host ?? "";
  if (hosts !== 1 || !AUTHORITY.test(host)) return null;
  const origin = `${(incoming.socket as TLSSocket).encrypted ? "https" : "http"}://${host}`;
  const target = incoming.url ?? "";
  const base = URL.parse(origin);
  const url = URL.parse(target.startsWith("/") ? origin + target : target);
  return base !== null && url !== null && url.origin === base.origin && !url.username && !url.password ? url : null;
}

/** Undefined, without waiting for the rest, when it is longer than `maxBytes` or breaks off. */
export async function wholeBody(
  incoming: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) return undefined;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const parts: Uint8Array[] = [];
  let length = 0;
  incoming.on("data", (part: Uint8Array) => {
    length += part.length;
    if (length <= maxBytes) return parts.push(part);
    parts.length = 0; // over TLS more of it may come as long as the refusal is not read
    resolve(false);
  });
  incoming.once("end", () => resolve(true));
  incoming.once("close", () => resolve(incoming.complete));
  const isWhole = await promise;
  return isWhole ? new Uint8Array(Buffer.concat(parts)) : undefined;
}

function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array<ArrayBuffer>>;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
}

/** How long a client may accept nothing. It is hurried when others need its place. */
export interface Patience {
  readonly usualMs: number;
  readonly hurriedMs: number;
  /** Asked again and again while the client accepts nothing. */
  isHurried(waitedMs: number): boolean;
}

interface SendOptions {
  readonly headOnly: boolean;
  readonly closeAfter: boolean;
  readonly patience: Patience;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** Called just before the last byte leaves. */
  onLastByte(): void;
}

/**
 * Writes `response` as fast as the client takes it, cut at its content-length if it has one. Rejects, with the
 * connection destroyed so that the client sees a truncated body, when the body fails or ends early, or when the client
 * accepts nothing for too long.
 */
export async function sendResponse(outgoing: ServerResponse, response: Response, options: SendOptions): Promise<void> {
  const { patience, onLastByte } = options;
  const file = fileBodyOf(response);
  const reader = response.body?.getReader();
  using _cancelling = reader && cancelOnAbort(reader, options.signal);
  try {
    const headers: string[] = [];
    response.headers.forEach((value, name) => headers.push(name, value));
    if (options.closeAfter) headers.push("connection", "close");
    outgoing.writeHead(response.status, headers);
    if (file && file.length > 0 && !options.headOnly) return await sendFile(outgoing, file, options);
    const declared = response.headers.get("content-length");
    let left = declared === null ? Infinity : Number(declared);
    while (!options.headOnly && reader !== undefined && left > 0) {
      const { done, value } = await reader.read();
      if (outgoing.destroyed) throw new Error("the client went away");
      if (done) break;
      for (let at = 0; at < value.length && left > 0; at += SLICE_BYTES) {
        const slice = value.subarray(at, Math.min(at + SLICE_BYTES, value.length, at + left));
        left -= slice.length;
        if (left === 0) {
          onLastByte();
          return await flushed(outgoing, () => outgoing.end(slice), "finish", patience);
        }
        if (!outgoing.write(slice)) await flushed(outgoing, () => {}, "drain", patience);
      }
    }
    if (!options.headOnly && reader !== undefined && left > 0 && left !== Infinity) {
      throw new Error(`the body ended ${left} bytes before its content-length`);
    }
    onLastByte();
    await flushed(outgoing, () => outgoing.end(), "finish", patience);
  } catch (error) {
    outgoing.destroy();
    throw error;
  } finally {
    file?.close();
    reader?.cancel().catch(() => {});
  }
}

/** Two buffers take turns: one is filled while the other is sent. */
async function sendFile(outgoing: ServerResponse, file: FileBody, options: SendOptions): Promise<void> {
  const { hurriedMs, isHurried } = options.patience;
  const patience: Patience = {
    ...options.patience,
    isHurried: (waitedMs) => isHurried(waitedMs) || file.isWaitedFor() && waitedMs >= SLOT_PATIENCE * hurriedMs,
  };
  const buffers = [takeBuffer(), takeBuffer()] as const;
  let sending: Promise<void> = Promise.resolve();
  for (let offset = 0, turn = 0; offset < file.length; turn++) {
    const piece = buffers[turn % 2]!.subarray(0, Math.min(SLICE_BYTES, file.pieceBytes, file.length - offset));
    await file.read(piece, options.signal);
    offset += piece.length;
    await sending;
    if (outgoing.destroyed) throw new Error("the client went away");
    if (offset === file.length) {
      options.onLastByte();
      sending = flushed(outgoing, () => outgoing.end(piece), "finish", patience);
    } else sending = written(outgoing, piece, patience);
    sending.catch(() => {});
  }
  await sending;
  // After a failure a buffer may still be read by a write under way: then it is not used again.
  spareBuffers.push(...buffers.slice(0, MAX_SPARE_BUFFERS - spareBuffers.length));
}

const MAX_SPARE_BUFFERS = 16;
/** Who holds an upload slot that others wait for has so many times longer than who holds a scarce connection. */
const SLOT_PATIENCE = 4;
const spareBuffers: Uint8Array[] = [];

function takeBuffer(): Uint8Array {
  return spareBuffers.pop() ?? new Uint8Array(SLICE_BYTES);
}

/** Resolves when the bytes left the process, so that their buffer may be used again. */
function written(outgoing: ServerResponse, bytes: Uint8Array, patience: Patience): Promise<void> {
  return inTime(outgoing, patience, (resolve, reject) => {
    outgoing.write(bytes, (error) => error ? reject(error) : resolve());
  });
}

/** Resolves once `event` follows `start`; rejects if the connection closes first or the client accepts nothing. */
async function flushed(outgoing: ServerResponse, start: () => void, event: string, patience: Patience): Promise<void> {
  let done = () => {};
  try {
    await inTime(outgoing, patience, (resolve, reject) => {
      done = resolve;
      outgoing.once(event, resolve);
      if (outgoing.destroyed) reject(new Error("the client went away"));
      else start();
    });
  } finally {
    outgoing.off(event, done);
  }
}

async function inTime(
  outgoing: ServerResponse,
  { usualMs, hurriedMs, isHurried }: Patience,
  start: (resolve: () => void, reject: (error: Error) => void) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const gone = () => reject(new Error("the client went away"));
  const first = Math.min(usualMs, hurriedMs);
  let waited = first;
  const check = () => {
    if (waited >= usualMs || isHurried(waited)) {
      return reject(new Error(`the client accepted nothing for ${waited} ms`));
    }
    const wait = Math.min(HURRY_CHECKED_EVERY_MS, usualMs - waited);
    waited += wait;
    timer = setTimeout(check, wait);
  };
  let timer = setTimeout(check, first);
  outgoing.once("close", gone);
  try {
    start(resolve, reject);
    await promise;
  } finally {
    clearTimeout(timer);
    outgoing.off("close", gone);
  }
}
