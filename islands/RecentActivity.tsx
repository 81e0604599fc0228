import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { FileName } from "../components/file_name.tsx";
import { Icon, type IconName } from "../components/icon.tsx";
import { api } from "../lib/client/api.ts";
import { live, startLive } from "../lib/client/live.ts";
import { now, startNow } from "../lib/client/now.ts";
import { visibleText } from "../lib/core/visible_text.ts";
import type { LocalActivity } from "../lib/core/local_messages.ts";
import { dashboardTexts } from "../lib/i18n/dashboard.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";

export interface RecentActivityProps {
  readonly lang: Language;
  /** Newest first. */
  readonly activity: readonly LocalActivity[];
  /** How many are shown. */
  readonly limit: number;
}

const ICONS: Record<LocalActivity["kind"], IconName> = {
  shared: "share",
  changed: "arrow-clockwise",
  revised: "pencil",
  removed: "eye-slash",
  downloaded: "check-circle-fill",
  failed: "exclamation-circle-fill",
  given: "cloud-arrow-up",
  "peer-joined": "person-check",
  "peer-left": "person",
};

/** What happened on this computer, newest first, as it happens. */
export default function RecentActivity({ lang, activity, limit }: RecentActivityProps) {
  const older = useSignal(activity);
  const returns = live.returns.value;
  useEffect(() => {
    startLive();
    startNow();
  }, []);
  useEffect(() => {
    if (returns === 0) return;
    api.get<LocalActivity[]>(`/api/activity?limit=${limit}`).then((list) => older.value = list, () => {});
  }, [returns]);

  const t = dashboardTexts(lang);
  const known = new Map([...older.value, ...live.activity.value].map((entry) => [entry.id, entry]));
  const list = [...known.values()].sort((a, b) => b.id - a.id).slice(0, limit);
  if (list.length === 0) return <p class="panel-body muted">{t.noActivity}</p>;
  return <ol class="activity-list">{list.map((entry) => <Entry key={entry.id} entry={entry} lang={lang} />)}</ol>;
}

function Entry({ entry, lang }: { readonly entry: LocalActivity; readonly lang: Language }) {
  const t = dashboardTexts(lang).events;
  const { date, fullDate } = formats(lang);
  const { kind, name, peer, at } = entry;
  const who = <bdi>{peer ? visibleText(peer) : t.someone}</bdi>;
  const isPeer = kind === "peer-joined" || kind === "peer-left";
  return (
    <li class="activity-entry" data-kind={kind}>
      <Icon name={ICONS[kind]} />
      <div class="activity-what">{isPeer ? who : <FileName name={name ?? t.something} />}</div>
      <div class="activity-note muted">
        {kind === "given"
          ? <>{t.givenTo} {who}</>
          : t[kind === "peer-joined" ? "joined" : kind === "peer-left" ? "left" : kind]}
        {" · "}
        <time dateTime={at} title={fullDate(at)}>{date(at, now.value)}</time>
      </div>
    </li>
  );
}
