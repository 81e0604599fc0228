import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { plainClient } from "../../lib/adapters/plain_client.ts";
import { httpPeerClient } from "../../lib/adapters/http_peer_client.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ChunkSink } from "../../lib/ports.ts";
import { codeOf, fileId, hexId, peerId } from "../fakes.ts";
import { CHUNK, testFile } from "../fakes_download.ts";
import { answer, encoder, Hostile, never, type Reply, send } from "./hostile.ts";

/** Sends one piece after another without end. */
function endless(head: string, piece: Uint8Array): Reply {
  return async (connection) => {
    await send(connection, encoder.encode(`HTTP/1.1 200 OK\r\n${head}\r\n`));
    for (;;) await send(connection, piece);
  };
}

const file = testFile(2 * CHUNK + 9);
const { manifest } = file;

class Sink implements ChunkSink {
  readonly chunks: Uint8Array[] = [];
  bytes = 0;
  constructor(readonly signal: AbortSignal = never) {}
  onBytes(count: number): void {
    this.bytes += count;
  }
  onChunk(_index: number, bytes: Uint8Array): Promise<void> {
    this.chunks.push(bytes.slice());
    return Promise.resolve();
  }
}

Deno.test("chunks come one by one, each as soon as it is whole", async () => {
  await using server = new Hostile(answer(file.bytes));
  const sink = new Sink();
  await server.client.chunks(server.at, manifest, 0, 2, sink);
  assert.deepEqual(sink.chunks.map(({ length }) => length), [CHUNK, CHUNK, 9]);
  assert.equal(sink.bytes, manifest.size);
  assert.deepEqual(sink.chunks[2], file.bytes.subarray(2 * CHUNK));
  assert.match(server.requests[0]!, new RegExp(`^GET /v1/files/${manifest.id}/chunks/0-2 HTTP/1.1\r\n`));
  assert.match(server.requests[0]!, /accept-encoding: identity\r\n/i);
});

const CHUNK_ANSWERS: [string, Reply, string, number][] = [
  ["say a shorter length", answer(file.bytes.subarray(0, 5)), "bad-content", 0],
  ["say a longer length", answer(new Uint8Array(CHUNK + 1)), "bad-content", 0],
  ["say no length", endless("connection: close\r\n", new Uint8Array(CHUNK)), "bad-content", 0],
  ["never end", endless("transfer-encoding: chunked\r\n", encoder.encode("5\r\nabcde\r\n")), "bad-content", 0],
  ["break off", answer(file.bytes.subarray(0, 5), { "content-length": String(CHUNK) }), "unreachable", 0],
  ["break off at once", answer("", { "content-length": String(CHUNK) }), "unreachable", 0],
  ["are compressed", answer(gzipSync(file.bytes.subarray(0, CHUNK)), { "content-encoding": "gzip" }), "bad-content", 0],
  [
    "are compressed to the right length",
    answer(new Uint8Array(CHUNK), { "content-encoding": "gzip" }),
    "bad-content",
    0,
  ],
  ["have no body", answer("", { "content-length": String(CHUNK) }, "204 No Content"), "unreachable", 0],
  ["are not there", answer("no", {}, "404 Not Found"), "not-found", 0],
  ["are no HTTP", (connection) => send(connection, encoder.encode("SSH-2.0-hello\r\n")), "unreachable", 0],
];
for (const [how, reply, code, given] of CHUNK_ANSWERS) {
  Deno.test(`chunks that ${how} are refused as ${code}`, async () => {
    await using server = new Hostile(reply);
    const sink = new Sink();
    assert.equal(await codeOf(server.client.chunks(server.at, manifest, 0, 0, sink)), code);
    assert.equal(sink.chunks.length, given);
  });
}

Deno.test("what follows a chunk beyond its length is not read as part of it", async () => {
  const longer = new Uint8Array(CHUNK + 100);
  longer.set(file.bytes.subarray(0, CHUNK));
  await using server = new Hostile(answer(longer, { "content-length": String(CHUNK) }));
  const sink = new Sink();
  await server.client.chunks(server.at, manifest, 0, 0, sink);
  assert.deepEqual(sink.chunks, [file.bytes.slice(0, CHUNK)]);
});

Deno.test("a trickling answer can be given up at any time, with the reason", async () => {
  await using server = new Hostile(async (connection) => {
    await send(connection, encoder.encode(`HTTP/1.1 200 OK\r\ncontent-length: ${CHUNK}\r\n\r\n`));
    await send(connection, new Uint8Array(1));
    await connection.read(new Uint8Array(1)); // until the client hangs up
  });
  const stop = new AbortController();
  const sink = new Sink(stop.signal);
  sink.onBytes = () => stop.abort(new EssaimError("cancelled", "stopped"));
  assert.equal(await codeOf(server.client.chunks(server.at, manifest, 0, 0, sink)), "cancelled");
});

Deno.test("an answer that never begins can be given up", async () => {
  const stop = new AbortController();
  await using server = new Hostile(async (connection) => {
    stop.abort(new EssaimError("cancelled", "stopped"));
    await connection.read(new Uint8Array(1));
  });
  assert.equal(await codeOf(server.client.manifest(server.at, manifest.id, stop.signal)), "cancelled");
});

Deno.test("what stores a chunk may fail, and its reason comes through", async () => {
  await using server = new Hostile(answer(file.bytes));
  const sink = new Sink();
  sink.onChunk = () => Promise.reject(new EssaimError("disk-full", "full"));
  assert.equal(await codeOf(server.client.chunks(server.at, manifest, 0, 2, sink)), "disk-full");
});

Deno.test("redirects are not followed", async () => {
  await using trap = new Hostile(answer(file.bytes.subarray(0, CHUNK)));
  for (const status of ["301 Moved", "302 Found", "307 Temporary Redirect"]) {
    await using server = new Hostile(answer("", { location: `http://127.0.0.1:${trap.at.port}/` }, status));
    const work = server.client.chunks(server.at, manifest, 0, 0, new Sink());
    assert.ok(["unreachable", "bad-content"].includes(await codeOf(work) ?? "given"));
  }
  assert.deepEqual(trap.requests, []);
});

for (
  const [headers, expected] of [
    [{ "essaim-retry-ms": "250" }, 250],
    [{ "retry-after": "2" }, 2_000],
    [{ "retry-after": "2", "essaim-retry-ms": "70" }, 70],
    [{}, 1_000],
    [{ "essaim-retry-ms": "-5" }, 1_000],
    [{ "essaim-retry-ms": "soon" }, 1_000],
    [{ "essaim-retry-ms": "1e99" }, 60_000],
  ] as [Record<string, string>, number][]
) {
  Deno.test(`a busy peer that says ${JSON.stringify(headers)} is asked again after ${expected} ms`, async () => {
    await using server = new Hostile(answer("{}", headers, "503 Busy"));
    await assert.rejects(
      server.client.chunks(server.at, manifest, 0, 0, new Sink()),
      (error) => error instanceof EssaimError && error.code === "busy" && error.retryAfterMs === expected,
    );
  });
}

const good = { id: manifest.id, size: manifest.size, chunkSize: manifest.chunkSize };
const MANIFESTS: [string, string | Uint8Array][] = [
  ["is no JSON", "{"],
  ["is no UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
  ["is null", "null"],
  ["is nested 7,000 deep", "[".repeat(7_000) + "]".repeat(7_000)],
  ["has 10 MB", JSON.stringify({ ...good, more: "x".repeat(10_000_000) })],
  ["has a negative size", JSON.stringify({ ...good, size: -1 })],
  ["has a huge size", JSON.stringify({ ...good, size: 1e300 })],
  ["has a fractional size", JSON.stringify({ ...good, size: 1.5 })],
  ["has too many chunks", JSON.stringify({ ...good, size: 2 ** 40, chunkSize: 262_144 })],
  ["has a chunk size of zero", JSON.stringify({ ...good, chunkSize: 0 })],
  ["has a chunk size that is no power of two", JSON.stringify({ ...good, chunkSize: 262_145 })],
  ["is of another file", JSON.stringify({ ...good, id: fileId(5) })],
  ["hides in __proto__", `{"__proto__":${JSON.stringify(good)}}`],
];
for (const [how, body] of MANIFESTS) {
  Deno.test(`a manifest that ${how} is refused`, async () => {
    await using server = new Hostile(answer(body));
    assert.equal(await codeOf(server.client.manifest(server.at, manifest.id, never)), "bad-content");
  });
}

Deno.test("an endless manifest, hash list or bitfield is cut off", async () => {
  await using server = new Hostile(endless("content-type: text/plain\r\n", new Uint8Array(65_536)));
  assert.equal(await codeOf(server.client.manifest(server.at, manifest.id, never)), "bad-content");
  assert.equal(await codeOf(server.client.hashes(server.at, manifest, never)), "bad-content");
  assert.equal(await codeOf(server.client.have(server.at, manifest, never)), "bad-content");
  assert.equal(await codeOf(server.client.hello(server.at, never)), "bad-content");
});

Deno.test("a small answer that swells when it is unpacked is cut off", async () => {
  await using server = new Hostile(answer(gzipSync(new Uint8Array(50_000_000)), { "content-encoding": "gzip" }));
  assert.equal(await codeOf(server.client.hashes(server.at, manifest, never)), "bad-content");
});

Deno.test("a bitfield of the wrong length or with spare bits is refused", async () => {
  for (
    const [bytes, expected] of [[[0b1010_0000], undefined], [[], "bad-content"], [[0, 0], "bad-content"], [
      [1],
      "bad-content",
    ]] as const
  ) {
    await using server = new Hostile(answer(new Uint8Array(bytes)));
    assert.equal(await codeOf(server.client.have(server.at, manifest, never)), expected);
  }
});

Deno.test("a hello is bounded and checked", async () => {
  const hello = { peerId: peerId(1), name: "alice", software: "x", index: { epoch: hexId(1, 32), version: 1 } };
  await using server = new Hostile(answer(JSON.stringify(hello)));
  assert.deepEqual(await server.client.hello(server.at, never), hello);
  await using other = new Hostile(answer(JSON.stringify({ ...hello, name: "a\u001b[2J" })));
  assert.equal(await codeOf(other.client.hello(other.at, never)), "bad-content");
});

function frames(...contents: (number | Uint8Array)[]): Uint8Array {
  const bytes: number[] = [];
  for (const content of contents) {
    const length = typeof content === "number" ? content : content.length;
    bytes.push(length >>> 24, length >>> 16 & 255, length >>> 8 & 255, length & 255);
    if (typeof content !== "number") bytes.push(...content);
  }
  return new Uint8Array(bytes);
}
const three = new Uint8Array([1, 2, 3]);
const BUNDLES: [string, Uint8Array, (Uint8Array | undefined)[] | "bad-content"][] = [
  ["with all", frames(three, three), [three, three]],
  ["with one left out", frames(0xffff_ffff, three), [undefined, three]],
  ["with too few frames", frames(three), "bad-content"],
  ["with half a frame head", frames(three, three).subarray(0, 9), "bad-content"],
  ["with too many frames", frames(three, three, three), "bad-content"],
  ["with a file of another length", frames(three, new Uint8Array(2)), "bad-content"],
  ["with a length that goes past the end", frames(three, 3), "bad-content"],
  ["with a huge length", frames(0x7fff_ffff, three), "bad-content"],
  ["that is empty", new Uint8Array(), "bad-content"],
];
for (const [how, body, expected] of BUNDLES) {
  Deno.test(`a bundle ${how} is ${expected === "bad-content" ? "refused" : "taken"}`, async () => {
    await using server = new Hostile(answer(body));
    const asked = [{ id: fileId(1), size: 3 }, { id: fileId(2), size: 3 }];
    const work = server.client.bundle(server.at, asked, never);
    if (expected === "bad-content") assert.equal(await codeOf(work), "bad-content");
    else assert.deepEqual(await work, expected);
  });
}

Deno.test("a peer that does not listen is unreachable", async () => {
  const server = new Hostile(answer(""));
  const { at } = server;
  await server[Symbol.asyncDispose]();
  using http = plainClient();
  assert.equal(await codeOf(httpPeerClient({ http }).hello(at, never)), "unreachable");
});

Deno.test("an index is asked for from where it is known, and is not believed without end", async () => {
  const page = { epoch: hexId(1, 32), version: 7, more: false, keys: {}, records: ["a.b.c"] };
  await using server = new Hostile(answer(JSON.stringify(page)));
  assert.deepEqual(await server.client.index(server.at, undefined, never), page);
  await server.client.index(server.at, { epoch: hexId(1, 32), version: 5 }, never);
  assert.match(server.requests[0]!, /^GET \/v1\/index HTTP/);
  assert.match(server.requests[1]!, new RegExp(`^GET /v1/index\\?since=${hexId(1, 32)}\\.5 HTTP`));
  for (const said of [{ ...page, more: 1 }, { ...page, records: [7] }, { ...page, epoch: "../x" }]) {
    await using liar = new Hostile(answer(JSON.stringify(said)));
    assert.equal(await codeOf(liar.client.index(liar.at, undefined, never)), "bad-content");
  }
  await using flood = new Hostile(endless("connection: close\r\n", encoder.encode("[".repeat(65_536))));
  assert.equal(await codeOf(flood.client.index(flood.at, undefined, never)), "bad-content");
});
