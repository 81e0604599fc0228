import { visibleText } from "../lib/core/visible_text.ts";

/** Of the name proper, before its extension, so that "(1)" and "v2" are seen. */
const KEPT_BEFORE_EXTENSION = 4;
const EXTENSION = /(?:\.tar)?\.[^. ]{1,12}$/u;
/** Shorter names fit everywhere. */
const SHORT = 20;
/** Far more than four characters as a person sees them. */
const LOOKED_AT = 64;

/**
 * A name in two parts, of which the first may be cut short where there is no room. Together they are the name. No
 * accent, flag or family loses a part.
 */
export function splitName(name: string): [head: string, tail: string] {
  if (name.length <= SHORT) return [name, ""];
  const extension = EXTENSION.exec(name)?.[0] ?? "";
  const stem = name.slice(0, name.length - extension.length);
  const near = stem.slice(-LOOKED_AT);
  const starts = Array.from(segmenter().segment(near), ({ index }) => index);
  const cut = stem.length - near.length + (starts.at(-KEPT_BEFORE_EXTENSION) ?? 0);
  return [name.slice(0, cut), name.slice(cut)];
}

let made: Intl.Segmenter | undefined;
const segmenter = () => made ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A name as text, whatever it contains, with "…" in its middle when there is no room: its end is always seen. */
export function FileName({ name }: { readonly name: string }) {
  const shown = visibleText(name);
  const [head, tail] = splitName(shown);
  return (
    <bdi class="file-name" title={shown}>
      <span class="file-name-head">{head}</span>
      {tail && <span class="file-name-tail">{tail}</span>}
    </bdi>
  );
}
