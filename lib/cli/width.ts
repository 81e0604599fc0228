/** How many cells of a terminal a text takes, and how to make it fit. */

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** East Asian wide and fullwidth letters (UAX #11), roughly; emoji are found by their property. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])/u;

function* cells(text: string): Generator<[grapheme: string, width: number]> {
  for (const { segment } of GRAPHEMES.segment(text)) yield [segment, WIDE.test(segment) ? 2 : 1];
}

/** Cells that a printable text takes: wide letters and emoji take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const [, wide] of cells(text)) width += wide;
  return width;
}

/** The beginning of a text, at most `width` cells. */
export function cut(text: string, width: number): string {
  let short = "";
  let left = width;
  for (const [grapheme, wide] of cells(text)) {
    left -= wide;
    if (left < 0) return short;
    short += grapheme;
  }
  return short;
}

/** A text of at most `width` cells: its beginning and its end (where a name has its ending), with "…" between. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  const reversed = [...cells(text)].reverse();
  let end = "";
  let left = tail;
  for (const [grapheme, wide] of reversed) {
    left -= wide;
    if (left < 0) break;
    end = grapheme + end;
  }
  return `${cut(text, width - 1 - tail)}…${end}`;
}
