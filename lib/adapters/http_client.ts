import { z } from "zod";
import { EssaimError } from "../core/errors.ts";
import type { Address } from "../ports.ts";

/** For short answers. */
const ANSWER_WITHIN_MS = 10_000;
const MAX_CONNECTIONS_PER_HOST = 8;
const MAX_RETRY_AFTER_MS = 60_000;
const MAX_PROBLEM_BYTES = 16 * 1024;
const PROBLEM_WITHIN_MS = 1_000;
/** Codes that mean more to whoever asks than their status does. */
const TOLD_CODES = ["name-taken", "removed", "wrong-code"] as const;
const problemSchema = z.object({
  detail: z.string(),
  code: z.enum(TOLD_CODES).optional().catch(undefined),
  knownSerial: z.number().int().optional(),
});

export interface HttpClient extends Disposable {
  /**
   * The answer, when its status is 2xx. Throws `busy`, `not-found`, `unauthorized`, `conflict`, `unreachable`,
   * `bad-content`, and `name-taken`, `removed`, `wrong-code` where the answer says so.
   */
  fetch(url: string, init: RequestInit & { signal: AbortSignal }): Promise<Response>;
}

/** Plain HTTP/1.1 to peers and tracker, past any proxy: they are on the same network. */
export function httpClient(): HttpClient {
  const client = Deno.createHttpClient({ http2: false, poolMaxIdlePerHost: MAX_CONNECTIONS_PER_HOST });
  return {
    async fetch(url, init) {
      const request: RequestInit & { client: Deno.HttpClient } = {
        ...init,
        client,
        redirect: "error",
        headers: { "accept-encoding": "identity", ...Object.fromEntries(new Headers(init.headers)) },
      };
      let response: Response;
      try {
        response = await fetch(url, request);
      } catch (cause) {
        init.signal.throwIfAborted();
        throw new EssaimError("unreachable", `Cannot reach ${new URL(url).host}.`, { cause });
      }
      return await accepted(response);
    },
    [Symbol.dispose]: () => client.close(),
  };
}

export function urlOf({ host, port, secure }: Address, path: string): string {
  return `${secure === undefined ? "http" : "https"}://${
    host.includes(":") && !host.startsWith("[") ? `[${host}]` : host
  }:${port}${path}`;
}

/** Posts a value as JSON. */
export function posted(value: unknown, signal: AbortSignal, headers: Record<string, string> = {}) {
  const body = JSON.stringify(value);
  return { method: "POST", headers: { "content-type": "application/json", ...headers }, body, signal };
}

/** Runs an exchange; what breaks off half-way is `unreachable`, as if it had never begun. */
export async function exchange<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EssaimError) throw error;
    throw new EssaimError("unreachable", "The connection broke off.", { cause: error });
  }
}

/** A short exchange: the same, given a signal that also ends it after 10 s. */
export function briefly<T>(signal: AbortSignal, run: (within: AbortSignal) => Promise<T>): Promise<T> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  return exchange(signal, () => run(within));
}

/** What a long answer has to bring in each `ms`, however long it takes in all: a slow link gets on, a stalled peer ends. */
export interface Pulse {
  readonly bytes: number;
  readonly ms: number;
}
export const LEAST_PULSE: Pulse = { bytes: 4 * 1024, ms: 10_000 };

/** A long exchange: the same, given a signal that also ends it when too little came; `onBytes` tells what came. */
export async function whileMoving<T>(
  signal: AbortSignal,
  pulse: Pulse,
  run: (within: AbortSignal, onBytes: (count: number) => void) => Promise<T>,
): Promise<T> {
  const stall = new AbortController();
  let came = 0;
  const timer = setInterval(() => {
    if (came < pulse.bytes) stall.abort(new EssaimError("unreachable", `It sent almost nothing for ${pulse.ms} ms.`));
    came = 0;
  }, pulse.ms);
  try {
    return await exchange(signal, () => run(AbortSignal.any([signal, stall.signal]), (count) => came += count));
  } finally {
    clearInterval(timer);
  }
}

export async function readJson<T>(
  response: Response,
  schema: z.ZodType<T>,
  maxBytes: number,
  signal: AbortSignal,
  onBytes?: (count: number) => void,
): Promise<T> {
  const bytes = await readBytes(response, maxBytes, signal, onBytes);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new EssaimError("bad-content", "The answer is not JSON.", { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new EssaimError("bad-content", "The answer is malformed.", { cause: parsed.error });
  return parsed.data;
}

/** The whole body; throws `bad-content` as soon as it is longer than `maxBytes`. */
export async function readBytes(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
  onBytes: (count: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  using _cancelling = reader && cancelOnAbort(reader, signal);
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    length += read.value.length;
    onBytes(read.value.length);
    if (length > maxBytes) {
      await reader?.cancel();
      throw new EssaimError("bad-content", `The answer is longer than ${maxBytes} bytes.`);
    }
    parts.push(read.value);
  }
  signal.throwIfAborted();
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The abort of a fetch leaves a pending read of its body pending now and then (Deno 2.9), and its connection open. */
export function cancelOnAbort(reader: { cancel(reason: unknown): Promise<void> }, signal: AbortSignal): Disposable {
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", cancel) };
}

/** The answer itself when its status is 2xx; what it refuses is thrown. */
export async function accepted<R extends Response>(response: R): Promise<R> {
  if (response.ok) return refuseEncoded(response);
  throw await refusal(response);
}

/** Bodies are asked for as they are; one that comes compressed could swell without bound. */
async function refuseEncoded<R extends Response>(response: R): Promise<R> {
  const encoding = response.headers.get("content-encoding");
  if (encoding === null || encoding === "identity") return response;
  await response.body?.cancel();
  throw new EssaimError("bad-content", "The answer came compressed although that was not asked for.");
}

async function refusal(response: Response): Promise<EssaimError> {
  if (response.status === 409 || response.status === 403) {
    const { detail, code, ...details } = await problemOf(response);
    if (code !== undefined) return new EssaimError(code, detail);
    if (response.status === 409) return new EssaimError("conflict", detail, { details });
  }
  await readProblem(response).catch(() => {}); // a connection with an answer that nobody read is of no more use
  switch (response.status) {
    case 404:
      return new EssaimError("not-found", "It is not there (any more).");
    case 401:
      return new EssaimError("unauthorized", "The token is not known.");
    case 429:
    case 503:
      return new EssaimError("busy", "It is busy.", { retryAfterMs: retryAfter(response.headers) });
    default:
      return new EssaimError("bad-content", `Unexpected status ${response.status}.`, {
        details: { status: response.status },
      });
  }
}

/** What the problem document (RFC 9457) says. */
async function problemOf(response: Response): Promise<z.infer<typeof problemSchema>> {
  try {
    return problemSchema.parse(JSON.parse(new TextDecoder().decode(await readProblem(response))));
  } catch {
    return { detail: "It was refused as out of date." };
  }
}

function readProblem(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return readBytes(response, MAX_PROBLEM_BYTES, AbortSignal.timeout(PROBLEM_WITHIN_MS));
}

function retryAfter(headers: Headers): number {
  const ms = Number(headers.get("essaim-retry-ms") ?? NaN);
  const seconds = Number(headers.get("retry-after") ?? NaN);
  const wait = ms >= 0 ? ms : seconds >= 0 ? seconds * 1_000 : 1_000;
  return Math.min(MAX_RETRY_AFTER_MS, wait);
}
