import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { EmptyState } from "../components/empty_state.tsx";
import { ActivityEntry } from "../components/tracker/activity_entry.tsx";
import { api } from "../lib/client/api.ts";
import { now, startNow } from "../lib/client/now.ts";
import { startTrackerLive, trackerLive } from "../lib/client/tracker_live.ts";
import type { LiveEvent } from "../lib/core/messages.ts";
import type { Language } from "../lib/i18n/language.ts";
import { trackerTexts } from "../lib/i18n/tracker.ts";

export interface TrackerActivityProps {
  readonly lang: Language;
  /** Newest first. */
  readonly activity: readonly LiveEvent[];
  /** When the page was made, in milliseconds since 1970. */
  readonly madeAt: number;
  /** How many are shown. */
  readonly limit: number;
}

const keyOf = ({ at, kind, peer, name, fileId }: LiveEvent) => [at, kind, peer, name, fileId].join(" ");

/** What happens in the class, newest first, as it happens. */
export default function TrackerActivity({ lang, activity, madeAt, limit }: TrackerActivityProps) {
  const known = useSignal(activity);
  const isAlive = useSignal(false);
  const returns = trackerLive.returns.value;
  useEffect(() => {
    startTrackerLive();
    startNow();
    isAlive.value = true;
  }, []);
  useEffect(() => {
    if (returns === 0) return;
    api.get<{ activity: LiveEvent[] }>(`/api/activity?limit=${limit}`).then(
      ({ activity }) => known.value = activity,
      () => {}, // the connection breaks too, then, and its return asks again
    );
  }, [returns]);

  const t = trackerTexts(lang).activity;
  const all = new Map([...trackerLive.events.value, ...known.value].map((event) => [keyOf(event), event]));
  const list = [...all.values()].sort((a, b) => a.at < b.at ? 1 : a.at > b.at ? -1 : 0).slice(0, limit);
  if (list.length === 0) return <EmptyState drawing="activity" title={t.empty} text={t.emptyHelp} />;
  return (
    <ol class="activity-list">
      {list.map((event) => (
        <ActivityEntry key={keyOf(event)} lang={lang} event={event} now={isAlive.value ? now.value : madeAt} />
      ))}
    </ol>
  );
}
