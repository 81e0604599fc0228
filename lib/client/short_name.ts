/** A name in two parts: `head` may be cut when there is no room, `tail` (end of the stem and extension) stays. */
export interface SplitName {
  readonly head: string;
  readonly tail: string;
}

/** Of the stem; enough to tell "chapter 1.pdf" from "chapter 2.pdf". */
const KEPT_OF_STEM = 4;
const LONGEST_EXTENSION = 12;
/** Shorter names fit everywhere. */
const SHORT = 20;

/**
 * Where a long name is cut in the middle, so that its end stays readable. Between characters as a person sees them: no
 * accent, flag or family loses a part.
 */
export function splitName(name: string): SplitName {
  if (name.length <= SHORT) return { head: name, tail: "" };
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && name.length - dot <= LONGEST_EXTENSION ? name.slice(dot) : "";
  const stem = name.slice(0, name.length - extension.length);
  const near = stem.slice(-64);
  const starts = Array.from(segmenter().segment(near), ({ index }) => index);
  const cut = stem.length - near.length + (starts.at(-KEPT_OF_STEM) ?? 0);
  return { head: name.slice(0, cut), tail: name.slice(cut) };
}

let made: Intl.Segmenter | undefined;
const segmenter = () => made ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Text that would reorder or hide what stands around it becomes visible; names of other programs may hold it. */
export function visibleText(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what must not be shown as they are
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "\ufffd");
}
