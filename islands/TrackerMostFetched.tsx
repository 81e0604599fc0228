import { useEffect } from "preact/hooks";
import { EmptyState } from "../components/empty_state.tsx";
import { FileIcon } from "../components/file_icon.tsx";
import { FileName } from "../components/file_name.tsx";
import { Icon } from "../components/icon.tsx";
import { startTrackerLive, trackerLive } from "../lib/client/tracker_live.ts";
import type { Board } from "../lib/core/messages.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { trackerTexts } from "../lib/i18n/tracker.ts";

export interface TrackerMostFetchedProps {
  readonly lang: Language;
  readonly board: Board;
}

/** The files that were fetched most, with how often. */
export default function TrackerMostFetched({ lang, board: first }: TrackerMostFetchedProps) {
  useEffect(startTrackerLive, []);
  const t = trackerTexts(lang);
  const f = formats(lang);
  const { mostFetched } = (trackerLive.board.value ?? first).stats;
  if (mostFetched.length === 0) return <EmptyState drawing="files" title={t.most.empty} text={t.most.emptyHelp} />;
  const most = Math.max(...mostFetched.map(({ downloads }) => downloads));
  return (
    <ol class="most">
      {mostFetched.map(({ id, name, kind, size, downloads, peers }) => (
        <li key={id}>
          <a class="most-file" href={`/files/${id}`}>
            <FileIcon name={name} kind={kind} />
            <FileName name={name} />
          </a>
          <span class="most-count num" title={t.numbers.downloads(downloads)}>
            {f.count(downloads)}
            <Icon name="download" label={t.most.downloads} />
          </span>
          <span class="most-note muted">{f.bytes(size)} · {t.most.copiesOf(peers)}</span>
          <progress class="bar most-bar" max={most} value={downloads} aria-hidden="true" />
        </li>
      ))}
    </ol>
  );
}
