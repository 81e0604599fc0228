/**
 * The arithmetic of a long list of which only the visible rows exist. Rows are equally high and count from 0; all
 * lengths are in pixels; `top` is how far the list's first row lies above the top edge of what is seen (negative while
 * it is still below).
 */
export interface View {
  readonly total: number;
  readonly rowHeight: number;
  readonly top: number;
  readonly height: number;
}

/** Rows `first` to `end - 1`. */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/** The rows that are seen, and `overscan` more on both sides, so that a quick flick does not show emptiness. */
export function visibleRows({ total, rowHeight, top, height }: View, overscan = 0): Rows {
  if (total <= 0 || rowHeight <= 0) return { first: 0, end: 0 };
  const first = Math.floor(top / rowHeight) - overscan;
  const end = Math.ceil((top + Math.max(height, 0)) / rowHeight) + overscan;
  return { first: between(0, first, total), end: between(0, Math.max(end, first), total) };
}

/** The row to which a key leads from `row`; undefined when the key does not move. */
export function rowAfterKey(key: string, row: number, { total, rowHeight, height }: View): number | undefined {
  if (total <= 0) return undefined;
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const to = (target: number) => between(0, target, total - 1);
  switch (key) {
    case "ArrowDown":
      return to(row + 1);
    case "ArrowUp":
      return to(row - 1);
    case "PageDown":
      return to(row + page);
    case "PageUp":
      return to(row - page);
    case "Home":
      return 0;
    case "End":
      return total - 1;
    default:
      return undefined;
  }
}

/** Numbers of the pages of `size` rows in which these rows lie, in order. */
export function pagesOf({ first, end }: Rows, size: number): number[] {
  const pages: number[] = [];
  if (end <= first) return pages;
  for (let page = Math.floor(first / size); page * size < end; page++) pages.push(page);
  return pages;
}

function between(low: number, value: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
