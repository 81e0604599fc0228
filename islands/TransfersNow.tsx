import { useEffect } from "preact/hooks";
import { LinkButton } from "../components/button.tsx";
import { EmptyState } from "../components/empty_state.tsx";
import { FileIcon } from "../components/file_icon.tsx";
import { FileName } from "../components/file_name.tsx";
import { live, startLive } from "../lib/client/live.ts";
import type { Download } from "../lib/core/local_messages.ts";
import { dashboardTexts } from "../lib/i18n/dashboard.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";

export interface TransfersNowProps {
  readonly lang: Language;
  /** Those that are not finished. */
  readonly downloads: readonly Download[];
  /** Nothing was ever shared or fetched here: says how to begin, until something is. */
  readonly isNew: boolean;
}

const SHOWN = 5;
/** Those that move come first. */
const ORDER: Record<Download["status"], number> = {
  fetching: 0,
  finding: 1,
  waiting: 2,
  queued: 3,
  failed: 4,
  paused: 5,
  complete: 6,
};

/** The unfinished downloads, the busiest first; all of them are on Transfers. */
export default function TransfersNow({ lang, downloads: first, isNew }: TransfersNowProps) {
  useEffect(() => {
    live.seedDownloads(first);
    startLive();
  }, []);
  const t = dashboardTexts(lang);
  const known = live.downloads.value;
  const unfinished = (known.size > 0 || live.status.value ? [...known.values()] : first)
    .filter(({ status }) => status !== "complete")
    .sort((a, b) => ORDER[a.status] - ORDER[b.status] || a.createdAt.localeCompare(b.createdAt));
  if (unfinished.length === 0) {
    const { shares = 0, pending = 0 } = live.status.value ?? {};
    const isStill = isNew && shares === 0 && pending === 0 && live.activity.value.length === 0;
    return isStill ? <Start lang={lang} /> : <p class="panel-body muted">{t.noTransfers}</p>;
  }
  return (
    <>
      <ul class="now-list">
        {unfinished.slice(0, SHOWN).map((download) => <Row key={download.id} download={download} lang={lang} />)}
      </ul>
      {unfinished.length > SHOWN && (
        <p class="panel-body">
          <a href="/transfers">{t.moreTransfers(unfinished.length - SHOWN)}</a>
        </p>
      )}
    </>
  );
}

function Start({ lang }: { readonly lang: Language }) {
  const t = dashboardTexts(lang).start;
  return (
    <EmptyState drawing="files" title={t.title} text={t.text}>
      <LinkButton href="/files" kind="primary" icon="plus-lg">{t.button}</LinkButton>
      <LinkButton href="/network" icon="search">{t.find}</LinkButton>
    </EmptyState>
  );
}

function Row({ download, lang }: { readonly download: Download; readonly lang: Language }) {
  const t = dashboardTexts(lang);
  const { bytes, rate, percent, about } = formats(lang);
  const { id, name, kind, status, size, done, secondsLeft, sources } = download;
  const share = size > 0 ? done / size : 0;
  const isMoving = status === "fetching";
  return (
    <li>
      <a class="now-row" href={`/transfers#${id}`}>
        <FileIcon name={name} kind={kind} />
        <span class="now-name">
          <FileName name={name} />
        </span>
        <span class="now-percent num">{percent(share)}</span>
        <progress
          class="bar"
          max={1}
          value={share}
          data-state={isMoving ? undefined : status}
          aria-label={t.progress}
        />
        <span class="now-note muted">
          {isMoving ? `${rate(download.rate)} · ${t.from(sources.length)}` : t.state[status]}
          {isMoving && secondsLeft !== undefined && ` · ${about(secondsLeft * 1000)}`}
        </span>
        <span class="now-size num muted">{bytes(size)}</span>
      </a>
    </li>
  );
}
