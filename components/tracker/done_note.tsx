import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { Callout } from "../panel.tsx";

export type Done = keyof ReturnType<typeof trackerClassTexts>["done"];

/** The address of the page to show next, which then says what was done. */
export function doneAt(path: string, done: Done): string {
  return `${path}?${new URLSearchParams({ done })}`;
}

/** What was just done, when the address says so. */
export function DoneNote({ lang, url }: { readonly lang: Language; readonly url: URL }) {
  const { done } = trackerClassTexts(lang);
  const what = url.searchParams.get("done") ?? "";
  if (!isDone(what, done)) return null;
  return <Callout kind="done" role="status">{done[what]}</Callout>;
}

function isDone(what: string, known: Readonly<Record<Done, string>>): what is Done {
  return Object.hasOwn(known, what);
}
