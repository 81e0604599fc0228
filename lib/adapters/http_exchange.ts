import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { type FileBody, fileBodyOf } from "../core/file_body.ts";

/** A write this large at a time is how a stalled reader is told from a slow one. */
const SLICE_BYTES = 256 * 1024;

const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/**
 * The incoming message as a web Request whose body, if any, is read only as fast as it is asked for; null when the
 * target, the Host header or the method cannot be one (to be answered 400).
 */
export function toRequest(incoming: IncomingMessage): Request | null {
  const { headers, method = "GET" } = incoming;
  const url = urlOf(incoming);
  if (url === null) return null;
  const declaresBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  const body = declaresBody && method !== "GET" && method !== "HEAD" ? bodyOf(incoming) : null;
  try {
    const webHeaders = new Headers();
    const raw = incoming.rawHeaders;
    for (let i = 0; i + 1 < raw.length; i += 2) webHeaders.append(raw[i]!, raw[i + 1]!);
    return new Request(url, { method, headers: webHeaders, body });
  } catch {
    return null;
  }
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

/**
 * Writes `response` as fast as the client takes it, cut at its content-length if it has one. Rejects, with the
 * connection destroyed so that the client sees a truncated body, when the body fails or ends early, or when the client
 * accepts nothing for `sendTimeoutMs`. `onLastByte` is called just before the last byte leaves.
 */
export async function sendResponse(
  outgoing: ServerResponse,
  response: Response,
  options: { headOnly: boolean; closeAfter: boolean; sendTimeoutMs: number; onLastByte: () => void },
): Promise<void> {
  const { sendTimeoutMs, onLastByte } = options;
  const file = fileBodyOf(response);
  const reader = response.body?.getReader();
  try {
    const headers: string[] = [];
    response.headers.forEach((value, name) => headers.push(name, value));
    if (options.closeAfter) headers.push("connection", "close");
    outgoing.writeHead(response.status, headers);
    if (file && file.length > 0 && !options.headOnly) return await sendFile(outgoing, file, sendTimeoutMs, onLastByte);
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
          return await flushed(outgoing, () => outgoing.end(slice), "finish", sendTimeoutMs);
        }
        if (!outgoing.write(slice)) await flushed(outgoing, () => {}, "drain", sendTimeoutMs);
      }
    }
    if (!options.headOnly && reader !== undefined && left > 0 && left !== Infinity) {
      throw new Error(`the body ended ${left} bytes before its content-length`);
    }
    onLastByte();
    await flushed(outgoing, () => outgoing.end(), "finish", sendTimeoutMs);
  } catch (error) {
    outgoing.destroy();
    throw error;
  } finally {
    file?.close();
    reader?.cancel().catch(() => {});
  }
}

/** Two buffers take turns: one is filled while the other is sent. */
async function sendFile(
  outgoing: ServerResponse,
  file: FileBody,
  timeoutMs: number,
  onLastByte: () => void,
): Promise<void> {
  const buffers = [takeBuffer(), takeBuffer()] as const;
  try {
    let sending: Promise<void> = Promise.resolve();
    for (let offset = 0, turn = 0; offset < file.length; turn++) {
      const piece = buffers[turn % 2]!.subarray(0, Math.min(SLICE_BYTES, file.length - offset));
      await file.read(piece);
      offset += piece.length;
      await sending;
      if (outgoing.destroyed) throw new Error("the client went away");
      if (offset === file.length) {
        onLastByte();
        sending = flushed(outgoing, () => outgoing.end(piece), "finish", timeoutMs);
      } else sending = written(outgoing, piece, timeoutMs);
      sending.catch(() => {});
    }
    await sending;
  } finally {
    spareBuffers.push(...buffers.slice(0, MAX_SPARE_BUFFERS - spareBuffers.length));
  }
}

const MAX_SPARE_BUFFERS = 16;
const spareBuffers: Uint8Array[] = [];

function takeBuffer(): Uint8Array {
  return spareBuffers.pop() ?? new Uint8Array(SLICE_BYTES);
}

/** Resolves when the bytes left the process, so that their buffer may be used again. */
function written(outgoing: ServerResponse, bytes: Uint8Array, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const gone = () => reject(new Error("the client went away"));
  const timer = setTimeout(() => reject(new Error(`the client accepted nothing for ${timeoutMs} ms`)), timeoutMs);
  outgoing.once("close", gone);
  outgoing.write(bytes, (error) => error ? reject(error) : resolve());
  return promise.finally(() => {
    clearTimeout(timer);
    outgoing.off("close", gone);
  });
}

/** Resolves once `event` follows `start`; rejects if the connection closes first or after `timeoutMs`. */
async function flushed(outgoing: ServerResponse, start: () => void, event: string, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const gone = () => reject(new Error("the client went away"));
  const timer = setTimeout(() => reject(new Error(`the client accepted nothing for ${timeoutMs} ms`)), timeoutMs);
  outgoing.once(event, resolve);
  outgoing.once("close", gone);
  try {
    if (outgoing.destroyed) gone();
    else start();
    await promise;
  } finally {
    clearTimeout(timer);
    outgoing.off(event, resolve);
    outgoing.off("close", gone);
  }
}
