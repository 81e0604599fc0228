import { NBSP, NNBSP } from "./formats.ts";

/** French spacing of a text typed with plain spaces: no-break before : » %, narrow before ; ! ?, typographic apostrophes. */
function french(text: string): string {
  return text.replaceAll("'", "’").replaceAll("...", "…").replace(/ ([;!?])/g, `${NNBSP}$1`)
    .replace(/ ([:»%])/g, `${NBSP}$1`).replaceAll("« ", `«${NBSP}`);
}

/** Tag of every French text. What is put in (names of files and people) stays as it is. */
export function fr(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.map((part, index) => french(part) + (values[index] ?? "")).join("");
}
