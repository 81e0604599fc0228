import assert from "node:assert/strict";
import { fetchFile } from "../../lib/app/fetch_file.ts";
import { Bitfield, parseBitfield } from "../../lib/core/bitfield.ts";
import type { Hash, Sha256 } from "../../lib/core/ids.ts";
import { chunkCount, chunkLength, HASH_BYTES } from "../../lib/core/manifest.ts";
import type { OpenContent, PartFile } from "../../lib/disk_ports.ts";
import type { ChunkSink, PeerClient } from "../../lib/ports.ts";
import { fileId, hexId } from "../fakes.ts";
import { FakeNetwork, LIMITS, QuickClock } from "../fakes_download.ts";
import { ANYONE, Serving } from "./serving_setup.ts";

const MIB = 1024 * 1024;
const manifest = { id: fileId(1), size: 100_000_000_000, chunkSize: MIB };
const CHUNKS = chunkCount(manifest);

/** The content is zeros, like that of a sparse file, but for the number at the beginning of each chunk. */
const sparse: OpenContent = {
  read(offset, into) {
    assert.ok(offset + into.length <= manifest.size);
    if (offset % MIB === 0) new DataView(into.buffer, into.byteOffset).setUint32(0, offset / MIB);
    return Promise.resolve();
  },
  check: () => Promise.resolve(),
  [Symbol.dispose]: () => {},
};
/** Stands for SHA-256, which would take a minute: the number of a chunk, filled up with its length. */
const numberOf: Hash = (...parts) => {
  const [chunk] = parts as [Uint8Array];
  return digest(new DataView(chunk.buffer, chunk.byteOffset).getUint32(0), chunk.length);
};

function digest(index: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HASH_BYTES);
  new DataView(bytes.buffer).setUint32(0, index);
  new DataView(bytes.buffer).setUint32(HASH_BYTES - 4, length);
  return bytes;
}

function allHashes(): Uint8Array {
  const hashes = new Uint8Array(CHUNKS * HASH_BYTES);
  for (let n = 0; n < CHUNKS; n++) hashes.set(digest(n, chunkLength(manifest, n)), n * HASH_BYTES);
  return hashes;
}

Deno.test("a file of 100 GB is served and fetched whole, in the memory of the requests that may be under way", async () => {
  const reader = { open: () => Promise.resolve(sparse), readSmall: () => assert.fail("It is not small.") };
  await using owner = await Serving.make({ reader, uploadSlots: 2 * LIMITS.requests });
  const hashes = allHashes();
  owner.record(manifest.id);
  owner.contents.put({ ...manifest, hashes, path: "/sparse", sha256: hexId<Sha256>(7, 64), mtimeMs: 1, inode: 1 });

  const spare: Uint8Array[] = [];
  let buffers = 0;
  const another = () => {
    buffers++;
    return new Uint8Array(MIB);
  };
  const network = new FakeNetwork();
  const found = [network.add(1), network.add(2)];
  const peers: PeerClient = Object.assign(network, {
    async chunks(_at: unknown, _manifest: unknown, first: number, last: number, sink: ChunkSink) {
      const body = await owner.serve.chunks(manifest.id, first, last, ANYONE);
      const buffer = spare.pop() ?? another();
      try {
        for (let index = first; index <= last; index++) {
          const chunk = buffer.subarray(0, chunkLength(manifest, index));
          await body.read(chunk, sink.signal);
          await sink.onBytes(chunk.length);
          await sink.onChunk(index, chunk);
        }
      } finally {
        body.close();
        spare.push(buffer);
      }
    },
  });

  const verified = new Bitfield(CHUNKS);
  let marked = verified.clone();
  let unmarked = 0;
  let mostUnmarked = 0;
  const part: PartFile = {
    path: "/sparse.part",
    write(index, bytes) {
      assert.equal(bytes.length, chunkLength(manifest, index));
      mostUnmarked = Math.max(mostUnmarked, unmarked += bytes.length);
      return Promise.resolve();
    },
    read: () => Promise.resolve(undefined),
    sync: () => Promise.resolve(void (unmarked = 0)),
    stat: () => Promise.resolve({ size: manifest.size, mtimeMs: 1 }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await fetchFile({ clock: new QuickClock(), peers, hash: numberOf, pace: () => 0 }, {
    ...{ manifest, hashes, limits: LIMITS, part, verified },
    find: () => Promise.resolve(found),
    addressOf: network.addressOf,
    mark: (marks) => marked = parseBitfield(marks, CHUNKS),
    onLiar: () => assert.fail("Nobody lies."),
    onState: () => {},
  }, new AbortController().signal);

  assert.ok(verified.complete && marked.complete);
  assert.ok(buffers <= LIMITS.requests, `${buffers} chunks were in memory at once`);
  assert.ok(mostUnmarked < 200 * MIB, `${mostUnmarked} bytes would have been lost in a crash`);
});
