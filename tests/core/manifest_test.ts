import assert from "node:assert/strict";
import fc from "fast-check";
import { EssaimError } from "../../lib/core/errors.ts";
import type { FileId } from "../../lib/core/ids.ts";
import { parseFileId, parsePeerId, parseShareId } from "../../lib/core/ids.ts";
import {
  chunkCount,
  chunkLength,
  chunkSizeFor,
  fileIdOf,
  isChunk,
  MAX_CHUNKS,
  MIN_CHUNK_SIZE,
  parseManifest,
  provesSmallFile,
  verifyHashList,
} from "../../lib/core/manifest.ts";
import { sha256 } from "./hash.ts";

const MIB = 1024 * 1024;

Deno.test("the id of a file is what the protocol says, byte for byte", () => {
  const content = new TextEncoder().encode("hello");
  const id = fileIdOf(5, MIB, sha256(content), sha256);
  const spelled = new Uint8Array([
    ...new TextEncoder().encode("essaim file v1\0"),
    ...[0, 0, 0, 0, 0, 0, 0, 5],
    ...[0, 16, 0, 0],
    ...sha256(content),
  ]);
  assert.equal(id, sha256(spelled).toHex());
});

Deno.test("chunk size, size or one chunk's hash changed: another id", () => {
  const hashes = sha256(new Uint8Array([1]));
  const ids = new Set([
    fileIdOf(1, MIB, hashes, sha256),
    fileIdOf(2, MIB, hashes, sha256),
    fileIdOf(1, 2 * MIB, hashes, sha256),
    fileIdOf(1, MIB, sha256(new Uint8Array([2])), sha256),
  ]);
  assert.equal(ids.size, 4);
});

Deno.test("the chunks of a file cover each byte once", () => {
  fc.assert(fc.property(fc.nat(2 ** 40), fc.integer({ min: 18, max: 24 }), (size, power) => {
    const chunkSize = chunkSizeFor(size, 2 ** power);
    const count = chunkCount({ size, chunkSize });
    assert.ok(count <= MAX_CHUNKS);
    if (count === 0) return assert.equal(size, 0);
    const last = chunkLength({ size, chunkSize }, count - 1);
    assert.equal((count - 1) * chunkSize + last, size);
    assert.ok(last > 0 && last <= chunkSize);
  }));
});

Deno.test("a file too large for 2^20 chunks of 16 MiB is refused", () => {
  assert.throws(() => chunkSizeFor(2 ** 44 + 1), (error) => error instanceof EssaimError && error.code === "too-large");
});

const ID = "a".repeat(64) as FileId;
for (
  const [what, value] of [
    ["no object", null],
    ["a list", []],
    ["a negative size", { id: ID, size: -1, chunkSize: MIB }],
    ["half a byte", { id: ID, size: 0.5, chunkSize: MIB }],
    ["a size that is a text", { id: ID, size: "5", chunkSize: MIB }],
    ["an endless size", { id: ID, size: Infinity, chunkSize: MIB }],
    ["a huge size", { id: ID, size: 2 ** 53, chunkSize: MIB }],
    ["no chunk size", { id: ID, size: 1 }],
    ["chunk size zero", { id: ID, size: 1, chunkSize: 0 }],
    ["a chunk size that is no power of two", { id: ID, size: 1, chunkSize: MIB + 1 }],
    ["a chunk size of 2^32", { id: ID, size: 1, chunkSize: 2 ** 32 }],
    ["more chunks than allowed", { id: ID, size: MIN_CHUNK_SIZE * (MAX_CHUNKS + 1), chunkSize: MIN_CHUNK_SIZE }],
    ["another id", { id: "b".repeat(64), size: 1, chunkSize: MIB }],
    ["an id that is a path", { id: "../../etc/passwd", size: 1, chunkSize: MIB }],
  ] as const
) {
  Deno.test(`a manifest with ${what} is refused`, () => {
    assert.throws(
      () => parseManifest(value, ID),
      (error) => error instanceof EssaimError && error.code === "bad-content",
    );
  });
}

Deno.test("a hash list is accepted only when it proves the id", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(), (count, salt) => {
    const hashes = new Uint8Array(count * 32).map((_, i) => (i * 7 + salt) & 255);
    const size = (count - 1) * MIB + 1;
    const manifest = { id: fileIdOf(size, MIB, hashes, sha256), size, chunkSize: MIB };
    assert.equal(verifyHashList(manifest, hashes, sha256), hashes);
    const altered = hashes.slice();
    altered[salt % altered.length]! ^= 1;
    for (const wrong of [altered, hashes.subarray(1), new Uint8Array([...hashes, 0]), new Uint8Array()]) {
      assert.throws(() => verifyHashList(manifest, wrong, sha256), EssaimError);
    }
    assert.ok(isChunk(hashes, count - 1, hashes.subarray(-32)));
  }));
});

Deno.test("a one-chunk file is proved by its content alone, whatever its chunk size", () => {
  for (const chunkSize of [MIN_CHUNK_SIZE, MIB, 16 * MIB]) {
    for (const content of [new Uint8Array(), new Uint8Array([1, 2, 3])]) {
      const hashes = content.length === 0 ? content : sha256(content);
      const id = fileIdOf(content.length, chunkSize, hashes, sha256);
      assert.equal(provesSmallFile(id, content, sha256), chunkSize);
      assert.equal(provesSmallFile(id, new Uint8Array([9]), sha256), undefined);
    }
  }
});

Deno.test("ids are exactly their hexadecimal digits", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    for (const parse of [parseFileId, parsePeerId, parseShareId]) {
      assert.throws(() => parse(text), (error) => error instanceof EssaimError && error.code === "bad-input");
    }
  }));
  assert.throws(() => parseFileId("A".repeat(64)), EssaimError);
  assert.throws(() => parseFileId(`${ID}\n`), EssaimError);
  assert.equal(parseFileId(ID), ID);
});
