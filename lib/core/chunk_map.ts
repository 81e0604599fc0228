import type { Bitfield } from "./bitfield.ts";
import type { ChunkGivers } from "./chunk_givers.ts";
import type { DownloadState } from "./download_state.ts";

/** More are not told apart on a screen. */
export const MAX_CELLS = 2_000;

export const CELL = { missing: 0, asked: 1, unknown: 2, from: 3 } as const;

/** The chunks of a file for drawing: one byte a cell, see `ChunkMap` in local_messages.ts. */
export interface ChunkCells {
  readonly chunks: number;
  readonly per: number;
  readonly cells: Uint8Array;
}

/** A cell of several chunks counts as given by who gave most of them. */
export function chunkCells(verified: Bitfield, asked: ReadonlySet<number>, givers: ChunkGivers): ChunkCells {
  const chunks = verified.length;
  const per = Math.max(1, Math.ceil(chunks / MAX_CELLS));
  const cells = new Uint8Array(Math.ceil(chunks / per));
  for (let cell = 0; cell < cells.length; cell++) {
    cells[cell] = valueOf(cell * per, Math.min(chunks, (cell + 1) * per), verified, givers);
  }
  for (const chunk of asked) {
    const cell = Math.floor(chunk / per);
    if (cells[cell] === CELL.missing) cells[cell] = CELL.asked;
  }
  return { chunks, per, cells };
}

function valueOf(start: number, end: number, verified: Bitfield, givers: ChunkGivers): number {
  const gave = new Map<number, number>();
  for (let chunk = start; chunk < end; chunk++) {
    if (!verified.has(chunk)) return CELL.missing;
    const giver = givers.of(chunk);
    gave.set(giver, (gave.get(giver) ?? 0) + 1);
  }
  let [most, giver] = [0, -1];
  for (const [candidate, count] of gave) if (count > most && candidate >= 0) [most, giver] = [count, candidate];
  return giver < 0 ? CELL.unknown : CELL.from + giver;
}

/** Chunks that are on their way. */
export function askedChunks(state: DownloadState): Set<number> {
  const asked = new Set<number>();
  for (const { open } of state.requests.values()) for (const chunk of open) asked.add(chunk);
  return asked;
}
