import { useEffect } from "preact/hooks";
import { EmptyState } from "../components/empty_state.tsx";
import { Icon } from "../components/icon.tsx";
import { startTrackerLive, trackerLive } from "../lib/client/tracker_live.ts";
import { visibleText } from "../lib/core/visible_text.ts";
import type { Board } from "../lib/core/messages.ts";
import type { Language } from "../lib/i18n/language.ts";
import { trackerTexts } from "../lib/i18n/tracker.ts";

export interface TrackerPeersProps {
  readonly lang: Language;
  readonly board: Board;
}

/** More names than a class has are no longer read. */
const MOST_NAMES = 60;

/** Who is here now; each name leads to what that person shares. */
export default function TrackerPeers({ lang, board: first }: TrackerPeersProps) {
  useEffect(startTrackerLive, []);
  const t = trackerTexts(lang).peers;
  const { peers, total } = (trackerLive.board.value ?? first).present;
  if (total === 0) return <EmptyState drawing="network" title={t.empty} text={t.emptyHelp} />;
  const shown = peers.slice(0, MOST_NAMES);
  return (
    <ul class="present">
      {shown.map(({ peerId, name }) => (
        <li key={peerId}>
          <a
            class="tag present-name"
            href={`/search?${new URLSearchParams({ owner: name })}`}
            title={t.filesOf(visibleText(name))}
          >
            <Icon name="person" />
            <bdi class="name-line">{visibleText(name)}</bdi>
          </a>
        </li>
      ))}
      {total > shown.length && <li class="muted">{t.more(total - shown.length)}</li>}
    </ul>
  );
}
