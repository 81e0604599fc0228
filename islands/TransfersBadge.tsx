import { useEffect } from "preact/hooks";
import { live, startLive } from "../lib/client/live.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import type { Language } from "../lib/i18n/language.ts";

/** How many downloads are not finished; nothing when none is. */
export default function TransfersBadge({ lang, unfinished }: { readonly lang: Language; readonly unfinished: number }) {
  useEffect(startLive, []);
  const amount = live.status.value?.downloads ?? unfinished;
  if (amount === 0) return null;
  return (
    <>
      <span class="badge-count" aria-hidden="true">{amount > 99 ? "99+" : amount}</span>
      <span class="visually-hidden">, {frameTexts(lang).unfinished(amount)}</span>
    </>
  );
}
