import assert from "node:assert/strict";
import fc from "fast-check";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { ChunkGivers } from "../../lib/core/chunk_givers.ts";
import { CELL, chunkCells, MAX_CELLS } from "../../lib/core/chunk_map.ts";
import { peerId } from "../fakes.ts";

/** "a" to "z": verified and from that peer, "+": verified, "?": asked, ".": missing. */
function draw(text: string) {
  const verified = new Bitfield(text.length);
  const givers = new ChunkGivers(text.length);
  const asked = new Set<number>();
  for (const [chunk, letter] of [...text].entries()) {
    if (letter === "?") asked.add(chunk);
    if (letter === "." || letter === "?") continue;
    verified.add(chunk);
    if (letter !== "+") givers.gave(peerId(letter.charCodeAt(0)), chunk);
  }
  return { ...chunkCells(verified, asked, givers), peers: givers.peers };
}

Deno.test("each chunk shows whether it is there, asked for, and who gave it", () => {
  const { cells, per, chunks, peers } = draw("b+.?ab");
  assert.deepEqual([...cells], [CELL.from, CELL.unknown, CELL.missing, CELL.asked, CELL.from + 1, CELL.from]);
  assert.deepEqual([per, chunks, peers], [1, 6, [peerId(98), peerId(97)]]);
});

Deno.test("a chunk that came while it was also asked of another is there", () => {
  const verified = Bitfield.full(2);
  assert.deepEqual([...chunkCells(verified, new Set([1]), new ChunkGivers(2)).cells], [CELL.unknown, CELL.unknown]);
});

Deno.test("a cell of several chunks is there when all are, and is of who gave most", () => {
  const pairs = "aa" + "a." + "?." + "+a" + "++" + "ab" + "a?";
  const { cells, per } = draw(pairs.padEnd(2 * MAX_CELLS, "."));
  assert.equal(per, 2);
  assert.deepEqual([...cells.slice(0, 8)], [
    ...[CELL.from, CELL.missing, CELL.asked, CELL.from, CELL.unknown, CELL.from, CELL.asked, CELL.missing],
  ]);
});

Deno.test("the cells are never more than can be drawn, and each chunk is in one", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 3 * MAX_CELLS + 7 }), fc.nat(), (chunks, seed) => {
    const verified = new Bitfield(chunks);
    for (let chunk = seed % 3; chunk < chunks; chunk += 2) verified.add(chunk);
    const drawn = chunkCells(verified, new Set(), new ChunkGivers(chunks));
    assert.ok(drawn.cells.length <= MAX_CELLS && drawn.cells.length * drawn.per >= chunks);
    assert.ok((drawn.cells.length - 1) * drawn.per < chunks || chunks === 0);
    assert.equal(drawn.cells.every((cell) => cell === CELL.unknown), verified.complete);
  }));
});

Deno.test("of more peers than a byte tells apart the last are not known", () => {
  const givers = new ChunkGivers(300);
  for (let chunk = 0; chunk < 300; chunk++) givers.gave(peerId(chunk), chunk);
  assert.deepEqual([givers.peers.length, givers.of(249), givers.of(250), givers.of(299)], [250, 249, -1, -1]);
});
