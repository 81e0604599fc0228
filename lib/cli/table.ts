import { printable } from "../core/safe_path.ts";

/** Every line of a text made printable; the line ends stay. For messages that may quote what others wrote. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

const WORDS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function width(text: string): number {
  let count = 0;
  for (const _ of WORDS.segment(text)) count++;
  return count;
}

/** Rows as aligned columns, under a head line; cells are made printable. `right` says which columns hold numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ""))));
  return cells.map((row) =>
    row.map((cell, column) => {
      const room = " ".repeat((widths[column] ?? 0) - width(cell));
      return right.includes(column) ? room + cell : cell + room;
    }).join("  ").trimEnd()
  ).join("\n");
}
