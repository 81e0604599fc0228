import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { IS_BROWSER } from "fresh/runtime";
import { Button, LinkButton } from "../components/button.tsx";
import { EmptyState } from "../components/empty_state.tsx";
import { Panel } from "../components/panel.tsx";
import type { TransferAction } from "../components/transfer_actions.tsx";
import { TransferHistory } from "../components/transfer_history.tsx";
import { TransferRow } from "../components/transfer_row.tsx";
import { api } from "../lib/client/api.ts";
import { live, startLive } from "../lib/client/live.ts";
import { notices } from "../lib/client/notices.ts";
import { TransferControl } from "../lib/client/transfer_control.ts";
import { canPause, canResume, HISTORY_PAGE, overallRate, SHOWN, transferLists } from "../lib/core/transfer_list.ts";
import type { Download } from "../lib/core/local_messages.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { transfersTexts } from "../lib/i18n/transfers.ts";
import ChunkMap from "./parts/ChunkMap.tsx";

export interface TransferListProps {
  readonly lang: Language;
  /** Newest first; only the first of them when there are many. */
  readonly unfinished: readonly Download[];
  /** One page of the finished ones. */
  readonly finished: readonly Download[];
  /** From 1. Only the first page changes by itself. */
  readonly page: number;
  readonly hasOlder: boolean;
}

/** Downloads under way and finished, as they change. Each button is a form that works without this island too. */
export default function TransferList({ lang, unfinished, finished, page, hasOlder }: TransferListProps) {
  const control = useMemo(() => new TransferControl({ lang, api, notices }), []);
  useMemo(() => IS_BROWSER && live.seedDownloads([...unfinished, ...finished]), []);
  useEffect(startLive, []);
  const root = useRef<HTMLDivElement>(null);
  const opened = useSignal<string | undefined>(undefined);
  const shown = useSignal(SHOWN);

  const all = IS_BROWSER ? live.downloads.value.values() : [...unfinished, ...finished];
  const hidden = control.hidden.value;
  const lists = transferLists(all, hidden);
  const history = page === 1 ? lists.finished.slice(0, HISTORY_PAGE) : finished.filter(({ id }) => !hidden.has(id));

  const open = (id: string, isOpen: boolean) => {
    if (!isOpen && opened.value !== id) return;
    opened.value = isOpen ? id : undefined;
    live.watchMap(opened.value);
  };
  const submit = (event: JSX.TargetedSubmitEvent<HTMLElement>) => {
    const { action, id } = asked(event);
    if (action === undefined) return;
    event.preventDefault();
    if (action === "cancel" || action === "forget") focusNeighbour(event.target as HTMLElement, root.current!);
    const download = live.downloads.value.get(id) ?? finished.find((download) => download.id === id);
    act(control, action, download, lists.unfinished);
  };
  return (
    <div class="transfers" ref={root} tabIndex={-1} onSubmit={submit}>
      <Panel
        title={transfersTexts(lang).inProgress}
        aside={lists.unfinished.length > 0 && <Overall lang={lang} downloads={lists.unfinished} />}
      >
        {lists.unfinished.length === 0 ? <NothingMoves lang={lang} /> : (
          <ul class="transfer-list">
            {lists.unfinished.slice(0, shown.value).map((download) => (
              <TransferRow
                key={download.id}
                lang={lang}
                download={download}
                isBusy={control.busy.value.has(download.id)}
                places={opened.value === download.id ? places() : undefined}
                onToggle={(isOpen) => open(download.id, isOpen)}
              >
                {opened.value === download.id && <Chunks lang={lang} download={download} />}
              </TransferRow>
            ))}
          </ul>
        )}
        {lists.unfinished.length > shown.value && (
          <div class="transfers-more">
            <Button onClick={() => shown.value += SHOWN}>{transfersTexts(lang).showMore}</Button>
          </div>
        )}
      </Panel>
      <History
        lang={lang}
        downloads={history}
        page={page}
        hasOlder={hasOlder && history.length > 0 || page === 1 && lists.finished.length > HISTORY_PAGE}
      />
    </div>
  );
}

function Overall({ lang, downloads }: { readonly lang: Language; readonly downloads: readonly Download[] }) {
  const t = transfersTexts(lang);
  return (
    <form class="transfers-overall" method="post" action="/transfers">
      <span class="muted">{t.overall(downloads.length, formats(lang).rate(overallRate(downloads)))}</span>
      {downloads.some(canPause) && (
        <Button small type="submit" name="action" value="pause-all" icon="pause-fill">{t.pauseAll}</Button>
      )}
      {downloads.some(canResume) && (
        <Button small type="submit" name="action" value="resume-all" icon="play-fill">{t.resumeAll}</Button>
      )}
    </form>
  );
}

function NothingMoves({ lang }: { readonly lang: Language }) {
  const { empty } = transfersTexts(lang);
  return (
    <EmptyState drawing="transfers" title={empty.title} text={empty.help}>
      <LinkButton href="/network" icon="search" kind="primary">{empty.action}</LinkButton>
    </EmptyState>
  );
}

interface HistoryProps {
  readonly lang: Language;
  readonly downloads: readonly Download[];
  readonly page: number;
  readonly hasOlder: boolean;
}

function History({ lang, downloads, page, hasOlder }: HistoryProps) {
  const { history: t } = transfersTexts(lang);
  const clear = (
    <form method="post" action="/transfers">
      <Button small type="submit" name="action" value="clear" icon="x-lg" title={t.clearHelp}>{t.clear}</Button>
    </form>
  );
  return (
    <Panel title={t.title} class="history" aside={downloads.length > 0 && clear}>
      {downloads.length === 0
        ? <p class="panel-body muted">{t.empty}</p>
        : <TransferHistory lang={lang} downloads={downloads} />}
      {(page > 1 || hasOlder) && (
        <nav class="transfers-more" aria-label={t.pages}>
          {page > 1 && <LinkButton small icon="chevron-left" href={historyAddress(page - 1)}>{t.newer}</LinkButton>}
          {hasOlder && <LinkButton small icon="chevron-right" href={historyAddress(page + 1)}>{t.older}</LinkButton>}
        </nav>
      )}
    </Panel>
  );
}

function historyAddress(page: number): string {
  return page === 1 ? "/transfers" : `/transfers?page=${page}`;
}

function Chunks({ lang, download: { id, status } }: { readonly lang: Language; readonly download: Download }) {
  const map = live.map.value;
  if (map?.downloadId === id) return <ChunkMap lang={lang} map={map} />;
  const t = transfersTexts(lang).map;
  const isComing = status === "fetching" || status === "waiting" || status === "finding";
  return <p class={`muted ${isComing ? "chunks-coming" : ""}`}>{isComing ? t.loading : t.none}</p>;
}

/** Place of each source in the drawing. */
function places(): ReadonlyMap<string, number> {
  return new Map(live.map.value?.sources.map(({ peerId }, place) => [peerId, place]));
}

function asked(event: JSX.TargetedSubmitEvent<HTMLElement>): { action: TransferAction | undefined; id: string } {
  const button = event.submitter as HTMLButtonElement | null;
  const form = event.target as HTMLFormElement;
  const action = button?.name === "action" ? button.value as TransferAction : undefined;
  return { action, id: new FormData(form).get("id")?.toString() ?? "" };
}

function act(
  control: TransferControl,
  action: TransferAction,
  download: Download | undefined,
  unfinished: readonly Download[],
): void {
  if (action === "pause-all") return void control.pauseAll(unfinished);
  if (action === "resume-all") return void control.resumeAll(unfinished);
  if (action === "clear") return void control.clear();
  if (!download) return;
  switch (action) {
    case "pause":
    case "resume":
    case "retry":
    case "cancel":
    case "forget":
    case "reveal":
      return void control[action](download);
    case "discard":
      return;
    default:
      action satisfies never;
  }
}

/** The row of what was pressed goes away: the focus stays near. */
function focusNeighbour(pressed: HTMLElement, root: HTMLElement): void {
  const row = pressed.closest("[data-id]");
  const neighbour = row?.nextElementSibling ?? row?.previousElementSibling;
  const next = neighbour?.querySelector<HTMLElement>("summary, a, button") ?? root;
  next.focus();
}
