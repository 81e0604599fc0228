import assert from "node:assert/strict";
import { classRequests } from "../lib/adapters/class_requests.ts";
import { signatures } from "../lib/adapters/signatures.ts";
import { parseBeacon } from "../lib/core/beacon.ts";
import { parseBitfield } from "../lib/core/bitfield.ts";
import { parseBundle } from "../lib/core/bundle.ts";
import { chunksIn, parseRuns } from "../lib/core/chunk_runs.ts";
import { matches, parseClassCode, parseJoinLink } from "../lib/core/class_code.ts";
import { EssaimError } from "../lib/core/errors.ts";
import { fromHex } from "../lib/core/ids.ts";
import { parseListing } from "../lib/core/listing.ts";
import { chunkSizeFor, isChunk, provesSmallFile, verifyHashList } from "../lib/core/manifest.ts";
import { parseStreamEvent } from "../lib/core/stream_events.ts";
import { concatenated, patterned, sha256 } from "../scripts/docs/vectors.ts";
import beacons from "./vectors/beacons.json" with { type: "json" };
import bitfields from "./vectors/bitfields.json" with { type: "json" };
import bundles from "./vectors/bundles.json" with { type: "json" };
import classCodes from "./vectors/class_codes.json" with { type: "json" };
import events from "./vectors/events.json" with { type: "json" };
import files from "./vectors/files.json" with { type: "json" };
import listings from "./vectors/listings.json" with { type: "json" };
import signed from "./vectors/signed.json" with { type: "json" };

/** The program reads what it wrote into the vectors (`docs_test.ts` compares that), and refuses what it must. */

const bytes = (text: string) => new TextEncoder().encode(text);
const refuses = (act: () => unknown, code: string) =>
  assert.throws(act, (error) => error instanceof EssaimError && error.code === code);
type Manifest = Parameters<typeof verifyHashList>[0];

Deno.test("hash lists prove themselves against the id, and each chunk against its hash", () => {
  for (const { name, text, ...file } of files.files) {
    const content = text === undefined ? patterned(file.size) : bytes(text);
    const hashes = verifyHashList(file as unknown as Manifest, concatenated(file.hashes.map(fromHex)), sha256);
    for (let i = 0; i < file.hashes.length; i++) {
      const chunk = content.subarray(i * file.chunkSize, (i + 1) * file.chunkSize);
      assert.ok(isChunk(hashes, i, sha256(chunk)), name);
    }
    const { id } = file as unknown as Manifest;
    const small = file.hashes.length <= 1 ? file.chunkSize : undefined;
    assert.equal(provesSmallFile(id, content, sha256), small, name);
  }
  for (const { why: _, hashes, ...manifest } of files.refusedHashLists) {
    const list = concatenated(hashes.map(fromHex));
    refuses(() => verifyHashList(manifest as unknown as Manifest, list, sha256), "bad-content");
  }
  for (const { size, preferred, chunkSize } of files.chunkSizes) assert.equal(chunkSizeFor(size, preferred), chunkSize);
});

Deno.test("beacons are read, and what is none is dropped", () => {
  for (const { beacon, datagram } of [...beacons.beacons, ...beacons.alsoAccepted]) {
    assert.deepEqual(parseBeacon(bytes(datagram)), beacon);
  }
  for (const { why, datagram } of beacons.refused) assert.equal(parseBeacon(bytes(datagram)), undefined, why);
});

Deno.test("bitfields and runs of chunks are read", () => {
  for (const { length, have, bytes } of bitfields.bitfields) {
    assert.deepEqual([...parseBitfield(fromHex(bytes), length)], have);
  }
  for (const { length, bytes } of bitfields.refused) {
    refuses(() => parseBitfield(fromHex(bytes), length), "bad-content");
  }
  for (const { chunks, text } of bitfields.runs) assert.deepEqual([...chunksIn(parseRuns(text)!, 1000)], chunks);
  for (const text of bitfields.refusedRuns) assert.equal(parseRuns(text), undefined, text);
});

Deno.test("pushed events are read", () => {
  for (const { event, text } of events.events) {
    const [, kind, data] = /^event: (\w+)\ndata: (.*)\n\n$/.exec(text)!;
    assert.deepEqual(parseStreamEvent(kind, data!), event);
  }
});

Deno.test("listings of folders and bundles of small files are read", () => {
  const content = bytes(listings.content);
  assert.equal(content.length, listings.size);
  assert.deepEqual(new Set(parseListing(content).files), new Set(listings.listing.files));
  for (const { content } of listings.refused) refuses(() => parseListing(bytes(content)), "bad-content");
  const asked = bundles.contents.map((text) => ({ size: bytes(text ?? "").length }));
  const read = parseBundle(fromHex(bundles.bytes), asked);
  assert.deepEqual(read.map((one) => one ? new TextDecoder().decode(one) : null), bundles.contents);
});

Deno.test("class codes and join links are read as people type them", () => {
  for (const { text, code } of classCodes.codes) assert.deepEqual(parseClassCode(text), code);
  for (const { text, link } of classCodes.links) assert.deepEqual(parseJoinLink(text), link);
  for (const text of classCodes.refused) refuses(() => parseClassCode(text), "bad-input");
  const id = classCodes.class as Parameters<typeof matches>[1];
  assert.ok(matches(parseClassCode(`${classCodes.prefix}00000000`), id));
});

Deno.test("what peers sign is verified with the key of their id, and nothing else is", async () => {
  const { key: { jwk, peerId }, refusedRecords } = signed;
  const key = jwk as Parameters<ReturnType<typeof signatures>["peerIdOf"]>[0];
  const { peerIdOf, verifyRecord, verifyLease, verifyAnnounce } = signatures();
  assert.equal(peerIdOf(key), peerId);
  const requests = classRequests("0".repeat(32) as ReturnType<typeof peerIdOf>);
  const keyOf = (peer: string) => peer === peerId ? key : undefined;
  const verify: Record<string, (jws: string) => Promise<unknown>> = {
    "essaim-record+jws": async (jws) => (await verifyRecord(jws, keyOf)).record,
    "essaim-lease+jws": (jws) => verifyLease(jws, keyOf),
    "essaim-announce+jws": async (jws) => (await verifyAnnounce(jws)).announce,
    "essaim-join+jws": async (jws) => (await requests.verifyJoin(jws)).request,
    "essaim-renew+jws": async (jws) => (await requests.verifyRenew(jws)).request,
  };
  for (const { typ, payload, jws } of signed.signed) assert.deepEqual(await verify[typ]!(jws), payload);
  for (const { jws } of refusedRecords) {
    await assert.rejects(
      verifyRecord(jws, keyOf),
      (error) => error instanceof EssaimError && error.code === "bad-record",
    );
  }
});
