import { CELL } from "./chunk_map.ts";
import type { ChunkMap } from "./local_messages.ts";

/** One byte a cell. What is not base64 gives none. */
export function decodeCells({ cells }: Pick<ChunkMap, "cells">): Uint8Array {
  try {
    return Uint8Array.from(atob(cells), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

export interface CellCount {
  readonly missing: number;
  readonly asked: number;
  readonly unknownSource: number;
  /** By place in the list of sources; those of places beyond it are of an unknown source. */
  readonly from: readonly number[];
}

/** How many cells are in which state. The counts add up to the number of cells. */
export function countCells(cells: Uint8Array, sources: number): CellCount {
  const from = new Array<number>(sources).fill(0);
  const count = { missing: 0, asked: 0, unknownSource: 0 };
  for (const cell of cells) {
    if (cell === CELL.missing) count.missing++;
    else if (cell === CELL.asked) count.asked++;
    else if (cell === CELL.unknown || cell - CELL.from >= sources) count.unknownSource++;
    else from[cell - CELL.from]!++;
  }
  return { ...count, from };
}

/** Hues for sources; later ones use them again, under a pattern. */
export const HUES = 8;

export type CellLook =
  | { readonly kind: "missing" | "asked" | "unknown" }
  | { readonly kind: "source"; readonly hue: number; readonly pattern: SourceLook["pattern"] };

/** How a source is drawn, by its place in the list: a hue from 0 to 7; from the ninth on with lines over it. */
export interface SourceLook {
  readonly hue: number;
  readonly pattern: "plain" | "stripes" | "crossed";
}

export function sourceLook(place: number): SourceLook {
  const pattern = place < HUES ? "plain" : place < 2 * HUES ? "stripes" : "crossed";
  return { hue: place % HUES, pattern };
}

export function cellLook(cell: number): CellLook {
  if (cell >= CELL.from) return { kind: "source", ...sourceLook(cell - CELL.from) };
  return { kind: cell === CELL.asked ? "asked" : cell === CELL.unknown ? "unknown" : "missing" };
}

/** Where to draw cells: in CSS pixels, row by row. */
export interface CellGrid {
  readonly columns: number;
  readonly rows: number;
  /** Side of a cell. */
  readonly side: number;
  readonly gap: number;
  readonly height: number;
}

const LARGEST_SIDE = 18;
const SMALLEST_SIDE = 3;
const LEAST_SIDE_WITH_GAP = 5;
const HIGHEST = 176;

/** The largest cells with which all fit into this width and a modest height; the smallest ones when none do. */
export function cellGrid(cells: number, width: number): CellGrid {
  for (let side = LARGEST_SIDE;; side--) {
    const gap = side < LEAST_SIDE_WITH_GAP ? 1 : 2;
    const columns = Math.max(1, Math.floor((width + gap) / (side + gap)));
    const rows = Math.ceil(cells / columns);
    const height = Math.max(0, rows * (side + gap) - gap);
    if (height <= HIGHEST || side === SMALLEST_SIDE) {
      return { columns: Math.min(columns, Math.max(1, cells)), rows, side, gap, height };
    }
  }
}

/** Left upper corner of a cell, in CSS pixels. */
export function cellAt({ columns, side, gap }: CellGrid, cell: number): { readonly x: number; readonly y: number } {
  return { x: (cell % columns) * (side + gap), y: Math.floor(cell / columns) * (side + gap) };
}
