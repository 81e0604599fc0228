/** Text that would reorder or hide what stands around it becomes visible; names of other programs may hold it. */
export function visibleText(text: string): string {
  return text.replace(
    /[\p{Cc}\u00ad\u034f\u061c\u180e\u{e0001}-\u{e007f}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu,
    "\ufffd",
  );
}

/** A name inside a sentence: it cannot reorder the words around it. */
export function isolated(name: string): string {
  return `\u2068${visibleText(name)}\u2069`;
}
