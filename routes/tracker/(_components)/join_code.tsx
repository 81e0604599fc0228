import { QrCode } from "../../../components/qr_code.tsx";
import TrackerCopy from "../../../islands/TrackerCopy.tsx";
import type { Language } from "../../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../../lib/i18n/tracker_class.ts";
import type { Invitation } from "../../teacher_gate.ts";

export interface JoinCodeProps {
  readonly lang: Language;
  readonly invitation: Invitation;
}

/** The class code, the link with it, and the same to be read by a camera. For the teacher, or the teacher's projector. */
export function JoinCode({ lang, invitation: { code, links: [link, ...others], enrolment } }: JoinCodeProps) {
  const t = trackerClassTexts(lang).join;
  const help = { code: t.help, open: t.helpOpen, roster: t.helpRoster }[enrolment];
  return (
    <div class="join-code">
      <div class="join-code-words">
        <p class="join-step">{t.code}</p>
        <p class="code-large">{code}</p>
        <p class="join-step">{t.link}</p>
        <TrackerCopy lang={lang} text={link!} label={t.copyLink} />
        {others.length > 0 && (
          <div class="join-others muted">
            {t.otherLinks}
            <ul class="plain-list">{others.map((other) => <li key={other}>{other}</li>)}</ul>
          </div>
        )}
        <p class="muted">{help}</p>
        <p>
          <a href="/class/settings/new-code">{t.makeNew}</a>
        </p>
      </div>
      <div class="join-code-qr">
        <QrCode text={link!} label={t.qr} />
      </div>
    </div>
  );
}
