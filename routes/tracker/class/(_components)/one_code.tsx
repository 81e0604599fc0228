import { QrCode } from "../../../../components/qr_code.tsx";
import type { CodeLine } from "../../../../components/tracker/code_cards.tsx";
import TrackerCopy from "../../../../islands/TrackerCopy.tsx";
import { isolated, visibleText } from "../../../../lib/core/visible_text.ts";
import type { Language } from "../../../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../../../lib/i18n/tracker_class.ts";

/** One code, large enough to be read out or typed from across a room. */
export function OneCode({ lang, line }: { readonly lang: Language; readonly line: CodeLine }) {
  const t = trackerClassTexts(lang);
  const { name, code, links: [link, ...others] } = line;
  return (
    <section class="panel join-code one-code">
      <div class="join-code-words">
        <p class="one-code-name name">{visibleText(name)}</p>
        <p class="join-step">{t.sheet.code}</p>
        <p class="code-large">{code}</p>
        <p class="join-step">{t.sheet.link}</p>
        <TrackerCopy lang={lang} text={link!} label={t.sheet.copyLink} />
        {others.length > 0 && (
          <div class="join-others muted">
            {t.join.otherLinks}
            <ul class="plain-list">{others.map((other) => <li key={other}>{other}</li>)}</ul>
          </div>
        )}
        <p class="muted">{t.sheet.how}</p>
      </div>
      <div class="join-code-qr">
        <QrCode text={link!} label={t.sheet.qr(isolated(name))} />
      </div>
    </section>
  );
}
