import assert from "node:assert/strict";
import fc from "fast-check";
import { cellAt, cellGrid, countCells, decodeCells } from "../../lib/core/chunk_cells.ts";
import { CELL } from "../../lib/core/chunk_map.ts";

const anyCells = fc.uint8Array({ maxLength: 2_000 });

Deno.test("the cells of a map are those that were sent", () => {
  fc.assert(fc.property(anyCells, (cells) => {
    assert.deepEqual(decodeCells({ cells: cells.toBase64() }), new Uint8Array(cells));
  }));
});

Deno.test("a map that is not base64 draws nothing", () => {
  for (const cells of ["*", "a", "é"]) assert.equal(decodeCells({ cells }).length, 0);
});

Deno.test("each cell is counted once", () => {
  fc.assert(fc.property(anyCells, fc.nat(20), (cells, sources) => {
    const { missing, asked, unknownSource, from } = countCells(cells, sources);
    assert.equal(from.length, sources);
    assert.equal(from.reduce((sum, count) => sum + count, missing + asked + unknownSource), cells.length);
  }));
});

Deno.test("cells are counted by who gave them, also when the giver is not in the list", () => {
  const cells = Uint8Array.of(CELL.missing, CELL.asked, CELL.unknown, CELL.from, CELL.from + 1, CELL.from + 2);
  assert.deepEqual(countCells(cells, 2), { missing: 1, asked: 1, unknownSource: 2, from: [1, 1] });
});

Deno.test("each cell has a place of its own inside the drawing", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 60, max: 1_900 }), (cells, width) => {
    const grid = cellGrid(cells, width);
    const places = Array.from({ length: cells }, (_, cell) => cellAt(grid, cell));
    assert.equal(new Set(places.map(({ x, y }) => `${x} ${y}`)).size, cells);
    for (const { x, y } of places) {
      assert.ok(x >= 0 && x + grid.side <= width, "wider than the drawing");
      assert.ok(y >= 0 && y + grid.side <= grid.height, "higher than the drawing");
    }
  }));
});

Deno.test("few cells are large, many are small and still fit", () => {
  for (const [cells, width, side] of [[1, 900, 18], [12, 900, 18], [2_000, 900, 6], [2_000, 330, 4], [0, 330, 18]]) {
    assert.equal(cellGrid(cells!, width!).side, side, `${cells} in ${width}`);
  }
});
