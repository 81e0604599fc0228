import type { z } from "zod";
import { type Bitfield, parseBitfield } from "../core/bitfield.ts";
import { EssaimError } from "../core/errors.ts";
import type { FileId } from "../core/ids.ts";
import { chunkCount, chunkLength, HASH_BYTES, type Manifest, manifestSchema, parseManifest } from "../core/manifest.ts";
import { helloSchema } from "../core/messages.ts";
import type { Address, ChunkSink, PeerClient } from "../ports.ts";
import { briefly, cancelOnAbort, exchange, type HttpClient, readBytes, readJson, urlOf } from "./http_client.ts";

const MAX_SMALL_ANSWER = 16 * 1024;
/** Chunk buffers kept for the next requests, over all downloads. */
const MAX_SPARE_BYTES = 32 * 1024 * 1024;

/** Asks peers over plain HTTP. Chunk bodies are read into buffers that are used again, which keeps the memory flat. */
export function httpPeerClient(http: HttpClient): PeerClient {
  const buffers = new BufferPool();
  const bytes = (at: Address, path: string, signal: AbortSignal, maxBytes: number) =>
    briefly(signal, async (signal) => readBytes(await http.fetch(urlOf(at, path), { signal }), maxBytes, signal));
  const json = <T>(at: Address, path: string, schema: z.ZodType<T>, signal: AbortSignal) =>
    briefly(
      signal,
      async (signal) => readJson(await http.fetch(urlOf(at, path), { signal }), schema, MAX_SMALL_ANSWER, signal),
    );

  return {
    hello: (at, signal) => json(at, "/v1/hello", helloSchema, signal),

    manifest: async (at, file, signal) =>
      parseManifest(await json(at, `/v1/files/${file}`, manifestSchema, signal), file),

    hashes: (at, manifest, signal) =>
      bytes(at, `/v1/files/${manifest.id}/hashes`, signal, chunkCount(manifest) * HASH_BYTES),

    async have(at, manifest, signal): Promise<Bitfield> {
      const chunks = chunkCount(manifest);
      return parseBitfield(await bytes(at, `/v1/files/${manifest.id}/have`, signal, Math.ceil(chunks / 8)), chunks);
    },

    chunks: (at, manifest, first, last, sink) =>
      exchange(sink.signal, async () => {
        const run = first === last ? `${first}` : `${first}-${last}`;
        const response = await http.fetch(urlOf(at, `/v1/files/${manifest.id}/chunks/${run}`), { signal: sink.signal });
        await readChunks(response, manifest, first, last, sink, buffers);
      }),

    bundle: (at, files, signal) =>
      exchange(signal, async () => {
        const response = await http.fetch(urlOf(at, "/v1/bundle"), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ ids: files.map(({ id }) => id) }),
          signal,
        });
        const most = files.reduce((sum, { size }) => sum + size + FRAME_HEAD, 0);
        return parseBundle(await readBytes(response, most, signal), files);
      }),
  };
}

async function readChunks(
  response: Response,
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
  const reader = response.body!.getReader({ mode: "byob" });
  using _cancelling = cancelOnAbort(reader, sink.signal);
  let buffer = buffers.take(manifest.chunkSize);
  try {
    for (let index = first; index <= last; index++) {
      const length = chunkLength(manifest, index);
      for (let filled = 0; filled < length;) {
        const { value, done } = await reader.read(new Uint8Array(buffer, filled, length - filled));
        if (value) buffer = value.buffer;
        if (done) throw new EssaimError("unreachable", "The chunks broke off.");
        filled += value.length;
        await sink.onBytes(value.length);
      }
      await sink.onChunk(index, new Uint8Array(buffer, 0, length));
    }
    buffers.give(buffer);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Each file of a bundle: its length (u32 BE), 2^32 - 1 when it is not given, then its bytes. */
const FRAME_HEAD = 4;
const NOT_GIVEN = 0xffff_ffff;

function parseBundle(
  bytes: Uint8Array,
  files: readonly { id: FileId; size: number }[],
): (Uint8Array | undefined)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let offset = 0;
  const contents = files.map(({ size }) => {
    if (offset + FRAME_HEAD > bytes.length) throw new EssaimError("bad-content", "The bundle is too short.");
    const length = view.getUint32(offset);
    offset += FRAME_HEAD;
    if (length === NOT_GIVEN) return undefined;
    if (length !== size || offset + length > bytes.length) {
      throw new EssaimError("bad-content", "A file of the bundle has the wrong length.");
    }
    offset += length;
    return bytes.subarray(offset - length, offset);
  });
  if (offset !== bytes.length) throw new EssaimError("bad-content", "The bundle is too long.");
  return contents;
}

class BufferPool {
  readonly #spare: ArrayBuffer[] = [];
  #bytes = 0;

  take(size: number): ArrayBuffer {
    const place = this.#spare.findIndex((buffer) => buffer.byteLength === size);
    if (place < 0) return new ArrayBuffer(size);
    this.#bytes -= size;
    return this.#spare.splice(place, 1)[0]!;
  }

  give(buffer: ArrayBuffer): void {
    if (buffer.detached || this.#bytes + buffer.byteLength > MAX_SPARE_BYTES) return;
    this.#bytes += buffer.byteLength;
    this.#spare.push(buffer);
  }
}
