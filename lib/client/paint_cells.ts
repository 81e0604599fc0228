import { cellAt, type CellGrid, cellGrid, type CellLook, cellLook } from "../core/chunk_cells.ts";

/** CSS variables that hold the colours. */
const VARIABLES = { missing: "--es-track", asked: "--es-track", unknown: "--es-line-strong" } as const;
const DOT = "--bs-body-color";
const STRIPE = "--es-surface";

/** Draws all cells over the width of the canvas, whose height follows. Colours come from its CSS variables. */
export function paintCells(canvas: HTMLCanvasElement, cells: Uint8Array): void {
  const context = canvas.getContext("2d");
  const width = canvas.parentElement?.clientWidth ?? 0;
  if (!context || width === 0) return;
  const grid = cellGrid(cells.length, width);
  const scale = globalThis.devicePixelRatio || 1;
  canvas.style.height = `${grid.height}px`;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(grid.height * scale)) canvas.height = Math.round(grid.height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, grid.height);
  const style = getComputedStyle(canvas);
  const colours = new Map<string, string>();
  const colour = (name: string) => {
    const known = colours.get(name) ?? style.getPropertyValue(name).trim();
    colours.set(name, known);
    return known;
  };
  cells.forEach((cell, index) => paintCell(context, grid, index, cellLook(cell), colour));
}

function paintCell(
  context: CanvasRenderingContext2D,
  grid: CellGrid,
  index: number,
  look: CellLook,
  colour: (name: string) => string,
): void {
  const { x, y } = cellAt(grid, index);
  const { side } = grid;
  context.fillStyle = colour(look.kind === "source" ? `--es-owner-${look.hue}` : VARIABLES[look.kind]);
  context.beginPath();
  context.roundRect(x, y, side, side, side > 8 ? 3 : side > 4 ? 1.5 : 0);
  context.fill();
  if (look.kind === "asked") {
    const dot = Math.max(1, Math.round(side / 3));
    context.fillStyle = colour(DOT);
    context.fillRect(x + (side - dot) / 2, y + (side - dot) / 2, dot, dot);
  }
  if (look.kind !== "source" || look.pattern === "plain") return;
  context.strokeStyle = colour(STRIPE);
  context.lineWidth = Math.max(1, side / 8);
  context.beginPath();
  context.moveTo(x, y + side);
  context.lineTo(x + side, y);
  if (look.pattern === "crossed") {
    context.moveTo(x, y);
    context.lineTo(x + side, y + side);
  }
  context.stroke();
}
