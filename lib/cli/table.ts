import { printable } from "../core/safe_path.ts";
import { displayWidth, shorten } from "./width.ts";

/**
 * Every line of a text made printable; the line ends stay. For messages that may quote what others wrote; the marks that
 * keep a name apart in a page (`isolated`) are left out.
 */
export function printableLines(text: string): string {
  return text.replace(/[\u2068\u2069]/g, "").split("\n").map(printable).join("\n");
}

const NARROWEST = 12; // cells that a shortened column keeps
const GAP = 2;

export interface TableShape {
  /** Columns that hold numbers. */
  readonly right?: readonly number[];
  /** Columns whose cells may be shortened, the first one first. */
  readonly cut?: readonly number[];
  /** Cells that a line may take; undefined where nobody looks (pipes, files). */
  readonly columns?: number | undefined;
}

/** Rows as aligned columns, under a head line; cells are made printable. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], cut = [], columns = Infinity }: TableShape = {},
): string {
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ""))));
  let excess = widths.reduce((sum, width) => sum + width + GAP, -GAP) - columns;
  for (const column of cut) {
    const width = widths[column] ?? 0;
    widths[column] = Math.min(width, Math.max(NARROWEST, width - Math.max(0, excess)));
    excess -= width - widths[column];
  }
  return cells.map((row) =>
    row.map((whole, column) => {
      const width = widths[column] ?? 0;
      const cell = shorten(whole, width);
      const room = " ".repeat(width - displayWidth(cell));
      return right.includes(column) ? room + cell : cell + room;
    }).join(" ".repeat(GAP)).trimEnd()
  ).join("\n");
}
