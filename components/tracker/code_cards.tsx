import { visibleText } from "../../lib/core/visible_text.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";

export interface CodeLine {
  readonly name: string;
  readonly code: string;
  /** With the code in them, the likeliest first. */
  readonly links: readonly string[];
}

/** Codes to be printed and cut apart. */
export function CodeCards({ lang, lines }: { readonly lang: Language; readonly lines: readonly CodeLine[] }) {
  const t = trackerClassTexts(lang).sheet;
  return (
    <ul class="code-cards">
      {lines.map(({ name, code, links: [link] }) => (
        <li key={code}>
          <p class="code-card-name name">{visibleText(name)}</p>
          <p class="code-card-code">{code}</p>
          <p class="code-card-link">{link}</p>
          <p class="code-card-how">{t.how}</p>
        </li>
      ))}
    </ul>
  );
}
