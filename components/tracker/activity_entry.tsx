import { visibleText } from "../../lib/core/visible_text.ts";
import type { LiveEvent } from "../../lib/core/messages.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { FileName } from "../file_name.tsx";
import { Icon, type IconName } from "../icon.tsx";

const ICONS: Record<LiveEvent["kind"], IconName> = {
  "peer-joined": "person-check",
  "peer-left": "person",
  shared: "share",
  removed: "eye-slash",
  completed: "check-circle-fill",
};

export interface ActivityEntryProps {
  readonly lang: Language;
  readonly event: LiveEvent;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One line of what happened: who did what with which file, and when. */
export function ActivityEntry({ lang, event: { kind, peer, name, fileId, bytes, at }, now }: ActivityEntryProps) {
  const t = trackerTexts(lang).activity;
  const f = formats(lang);
  return (
    <li class="happening" data-kind={kind}>
      <Icon name={ICONS[kind]} />
      <div class="activity-what">
        <bdi class="activity-who">{visibleText(peer)}</bdi> <span class="activity-verb">{t.kinds[kind]}</span>
      </div>
      <time class="activity-when muted" dateTime={at} title={f.fullDate(at)}>{f.date(at, now)}</time>
      {name !== undefined && fileId !== undefined && (
        <div class="activity-file">
          <a href={`/files/${fileId}`}>
            <FileName name={name} />
          </a>
          {bytes !== undefined && <span class="muted">{f.bytes(bytes)}</span>}
        </div>
      )}
    </li>
  );
}
