/** Text that would reorder or hide what stands around it becomes visible; names of other programs may hold it. */
export function visibleText(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what must not be shown as they are
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "\ufffd");
}

/** A name inside a sentence: it cannot reorder the words around it. */
export function isolated(name: string): string {
  return `\u2068${visibleText(name)}\u2069`;
}
