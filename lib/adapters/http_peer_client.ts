import type { z } from "zod";
import { type Bitfield, parseBitfield } from "../core/bitfield.ts";
import { FRAME_HEAD, parseBundle } from "../core/bundle.ts";
import { EssaimError } from "../core/errors.ts";
import { chunkCount, chunkLength, HASH_BYTES, type Manifest, manifestSchema, parseManifest } from "../core/manifest.ts";
import { leaseReplySchema, MAX_REVOCATIONS_BYTES, serverNameOf } from "../core/class_messages.ts";
import { helloSchema, indexPageSchema } from "../core/messages.ts";
import { HEARTBEAT_MS, STREAM_HEADER, type StreamId } from "../core/stream_events.ts";
import type { Address, ChunkSink, PeerClient } from "../ports.ts";
import { briefly, exchange, LEAST_PULSE, posted, readBytes, readJson, urlOf, whileMoving } from "./http_client.ts";
import type { MemberClient } from "./member_client.ts";
import { readEvents } from "./stream_reader.ts";
import type { RawHttpClient, RawResponse } from "./raw_response.ts";

const MAX_SMALL_ANSWER = 16 * 1024;
/** The records of 500 shares, each for a long list of people. */
const MAX_LEASE_ANSWER = 8 * 1024 * 1024;
/** Whoever serves an index ends a page at half of this. */
const MAX_INDEX_ANSWER = 8 * 1024 * 1024;
/** Chunk buffers kept for the next requests, over all downloads. */
const MAX_SPARE_BYTES = 32 * 1024 * 1024;

/** A stream of which so little comes has lost its other end. */
const HEARTBEAT = { bytes: 1, ms: 2.5 * HEARTBEAT_MS };

/** The two ways to ask a peer. */
export interface PeerConnections {
  readonly http: RawHttpClient;
  /** Over mutual TLS; without it, members are unreachable. */
  readonly members?: Pick<MemberClient, "to">;
}

/** Asks peers. Chunk bodies are read into buffers that are used again, which keeps the memory flat. */
export function httpPeerClient(
  { http, members }: PeerConnections,
  pulse = LEAST_PULSE,
  heartbeat = HEARTBEAT,
): PeerClient {
  const buffers = new BufferPool();
  const fetch = (at: Address, path: string, init: RequestInit & { signal: AbortSignal }) => {
    const client = at.secure === undefined ? http : members?.to(serverNameOf(at.secure));
    if (!client) throw new EssaimError("unreachable", "It answers members of its class only.");
    return client.fetch(urlOf(at, path), init);
  };
  const bytes = (at: Address, path: string, signal: AbortSignal, maxBytes: number, headers = {}) =>
    briefly(signal, async (signal) => readBytes(await fetch(at, path, { signal, headers }), maxBytes, signal));
  const json = <T>(at: Address, path: string, schema: z.ZodType<T>, signal: AbortSignal) =>
    briefly(signal, async (signal) => readJson(await fetch(at, path, { signal }), schema, MAX_SMALL_ANSWER, signal));

  return {
    hello: (at, signal) => json(at, "/v1/hello", helloSchema, signal),

    index: (at, since, signal) =>
      whileMoving(signal, pulse, async (within, onBytes) => {
        const from = since === undefined ? "" : `?since=${since.epoch}.${since.version}`;
        const response = await fetch(at, `/v1/index${from}`, { signal: within });
        return await readJson(response, indexPageSchema, MAX_INDEX_ANSWER, within, onBytes);
      }),

    manifest: async (at, file, signal) =>
      parseManifest(await json(at, `/v1/files/${file}`, manifestSchema, signal), file),

    hashes: (at, manifest, signal) =>
      whileMoving(signal, pulse, async (within, onBytes) => {
        const response = await fetch(at, `/v1/files/${manifest.id}/hashes`, { signal: within });
        return await readBytes(response, chunkCount(manifest) * HASH_BYTES, within, onBytes);
      }),

    async have(at, manifest, signal, stream): Promise<Bitfield> {
      const chunks = chunkCount(manifest);
      const path = `/v1/files/${manifest.id}/have`;
      return parseBitfield(await bytes(at, path, signal, Math.ceil(chunks / 8), onStream(stream)), chunks);
    },

    events: (at, onEvent, signal) =>
      whileMoving(signal, heartbeat, async (within, onBytes) => {
        await readEvents(await fetch(at, "/v1/events", { signal: within }), onEvent, within, onBytes);
      }),

    chunks: (at, manifest, first, last, sink) =>
      exchange(sink.signal, async () => {
        const run = first === last ? `${first}` : `${first}-${last}`;
        const init = { signal: sink.signal, headers: onStream(sink.stream) };
        const response = await fetch(at, `/v1/files/${manifest.id}/chunks/${run}`, init);
        await readChunks(response, manifest, first, last, sink, buffers);
      }),

    bundle: (at, files, signal) =>
      whileMoving(signal, pulse, async (within, onBytes) => {
        const response = await fetch(at, "/v1/bundle", posted({ ids: files.map(({ id }) => id) }, within));
        const most = files.reduce((sum, { size }) => sum + size + FRAME_HEAD, 0);
        return parseBundle(await readBytes(response, most, within, onBytes), files);
      }),

    lease: (at, request, signal) =>
      briefly(signal, async (signal) => {
        const response = await fetch(at, "/v1/lease", posted(request, signal));
        return await readJson(response, leaseReplySchema, MAX_LEASE_ANSWER, signal);
      }),

    revocations: async (at, signal) =>
      new TextDecoder().decode(await bytes(at, "/v1/revocations", signal, MAX_REVOCATIONS_BYTES)),
  };
}

function onStream(stream: StreamId | undefined): Record<string, string> {
  return stream === undefined ? {} : { [STREAM_HEADER]: stream };
}

async function readChunks(
  response: RawResponse,
  manifest: Manifest,
  first: number,
  last: number,
  sink: ChunkSink,
  buffers: BufferPool,
): Promise<void> {
  const expected = last * manifest.chunkSize + chunkLength(manifest, last) - first * manifest.chunkSize;
  const said = response.headers.get("content-length");
  if (said !== String(expected)) {
    await response.body?.cancel();
    throw new EssaimError(
      "bad-content",
      `The chunks have ${said ?? "an unsaid number of"} bytes instead of ${expected}.`,
    );
  }
  const body = response.raw;
  const buffer = buffers.take(manifest.chunkSize);
  try {
    for (let index = first; index <= last; index++) {
      const length = chunkLength(manifest, index);
      for (let filled = 0; filled < length;) {
        const count = await body?.read(buffer.subarray(filled, length)) ?? 0;
        sink.signal.throwIfAborted();
        if (count === 0) throw new EssaimError("unreachable", "The chunks broke off.");
        filled += count;
        await sink.onBytes(count);
      }
      await sink.onChunk(index, buffer.subarray(0, length));
    }
  } finally {
    body?.cancel();
    buffers.give(buffer);
  }
}

class BufferPool {
  readonly #spare: Uint8Array[] = [];
  #bytes = 0;

  take(size: number): Uint8Array {
    const place = this.#spare.findIndex((buffer) => buffer.length === size);
    if (place < 0) return new Uint8Array(size);
    this.#bytes -= size;
    return this.#spare.splice(place, 1)[0]!;
  }

  give(buffer: Uint8Array): void {
    if (this.#bytes + buffer.length > MAX_SPARE_BYTES) return;
    this.#bytes += buffer.length;
    this.#spare.push(buffer);
  }
}
