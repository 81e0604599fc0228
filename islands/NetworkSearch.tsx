import { effect, untracked } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { IS_BROWSER } from "fresh/runtime";
import { type FoundNow, FoundTable } from "../components/network/found_table.tsx";
import { NetworkForm } from "../components/network/network_form.tsx";
import { ResultsEnd } from "../components/network/results_end.tsx";
import { ResultsState } from "../components/network/results_state.tsx";
import { api } from "../lib/client/api.ts";
import { DownloadWatch } from "../lib/client/download_news.ts";
import { Fetching } from "../lib/client/fetching.ts";
import { FileInspector } from "../lib/client/file_inspector.ts";
import { FoundFiles, MOST_RESULTS } from "../lib/client/found_files.ts";
import { keepFocus } from "../lib/client/keep_focus.ts";
import { live, startLive } from "../lib/client/live.ts";
import { notices } from "../lib/client/notices.ts";
import { now, startNow } from "../lib/client/now.ts";
import { type Found, type FoundGroup, groupFound, newsOf, stateNow } from "../lib/core/found_groups.ts";
import type { FileDetails, Status } from "../lib/core/local_messages.ts";
import { networkAddress, readNetworkQuery, sortedBy, withoutFilters } from "../lib/core/network_query.ts";
import type { Language } from "../lib/i18n/language.ts";
import FileDrawer from "./parts/FileDrawer.tsx";

export interface NetworkSearchProps {
  readonly lang: Language;
  /** What the server found for the address of the page. */
  readonly first: Found;
  readonly tracker: Status["tracker"]["state"];
  readonly isInClass: boolean;
  /** The file whose details the address asks for. */
  readonly file?: { readonly id: string; readonly details?: FileDetails | undefined } | undefined;
}

/** Results are brought up to date so often: who has what changes. */
const REFRESH_MS = 10_000;
/** The server answered before the page could run. */
const LOADING_MS = 60_000;

/** Search of the network as somebody types, with what each result is to this computer at the moment. */
export default function NetworkSearch({ lang, first, tracker, isInClass, file }: NetworkSearchProps) {
  const files = useMemo(() => new FoundFiles(api, first), []);
  const inspector = useMemo(() => new FileInspector(api, file), []);
  const fetching = useMemo(() => new Fetching({ lang, api, notices, go: (address) => location.assign(address) }), []);
  const watch = useMemo(() => new DownloadWatch(Date.now() - LOADING_MS), []);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => keepUpToDate(files, inspector), []);
  useEffect(() => keepFocus(root.current!, ".found-action, .drawer-action"), []);

  now.value; // relative dates
  const found = files.found.value;
  const query = files.query.value;
  const groups = useMemo(() => groupFound(found.results), [found]);
  const news = watch.news(IS_BROWSER ? live.downloads.value : new Map(), fetching.begun.value);
  const busy = fetching.busy.value;
  const rowOf = (group: FoundGroup): FoundNow => ({
    group,
    state: stateNow(group, newsOf(group, news)),
    isBusy: busy.has(group.id),
  });
  const open = inspector.id.value;
  const opened = groups.find(({ id }) => id === open);
  const state = live.status.value?.tracker.state ?? tracker;

  const typed = (event: JSX.TargetedInputEvent<HTMLElement>) => {
    const field = event.target as HTMLInputElement;
    if (!field.form?.matches(".network-form")) return;
    const asked = readForm(field.form);
    const order = asked.sort === query.sort ? query.order : asked.order;
    files.search({ ...asked, order }, field.type === "search" || field.type === "text");
  };
  const submitted = (event: JSX.TargetedSubmitEvent<HTMLElement>) => {
    const form = event.target as HTMLFormElement;
    const button = event.submitter as HTMLButtonElement | null;
    if (form.matches(".network-form")) {
      event.preventDefault();
      files.search(button?.name === "order" ? sortedBy(query, query.sort) : { ...readForm(form), order: query.order });
      return;
    }
    const data = new FormData(form);
    const group = groups.find(({ id }) => id === data.get("fileId"));
    if (!group) return;
    event.preventDefault();
    if (button?.value === "reveal") void fetching.reveal(group.id, String(data.get("id")));
    else void (button?.value === "ask" ? fetching.askAgain(group) : fetching.download(group));
  };
  const clicked = (event: JSX.TargetedMouseEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = (event.target as Element).closest<HTMLElement>("a");
    if (link?.dataset.file) inspector.open(link.dataset.file);
    else if (link?.hasAttribute("data-clear")) files.search(withoutFilters(query));
    else if (link?.hasAttribute("data-more")) files.more();
    else if (link?.hasAttribute("data-retry")) files.retry();
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="network"
      ref={root}
      onInput={typed}
      onSubmit={submitted}
      onClick={clicked}
      onKeyDown={(event) => moveFocus(event, root.current!)}
    >
      <NetworkForm lang={lang} query={query} owners={ownersKnown(groups)} />
      <section class="panel">
        <ResultsState
          lang={lang}
          found={found}
          amount={groups.length}
          tracker={state}
          isBusy={files.waiting.value === "search"}
        />
        {groups.length > 0 && (
          <FoundTable
            lang={lang}
            query={query}
            rows={groups.map(rowOf)}
            isInClass={isInClass}
            isBusy={files.waiting.value === "search"}
            onSort={(sort) => files.search(sortedBy(query, sort))}
          />
        )}
        <ResultsEnd
          lang={lang}
          found={found}
          amount={groups.length}
          isFull={found.results.length >= MOST_RESULTS}
          isBusy={files.waiting.value === "more"}
          failure={files.moreFailed.value}
        />
      </section>
      {open !== undefined && (
        <FileDrawer
          key={open}
          lang={lang}
          row={opened && rowOf(opened)}
          details={inspector.details.value}
          failed={inspector.failed.value}
          back={networkAddress(found.query)}
          {...IS_BROWSER && { onClose: () => inspector.close() }}
        />
      )}
    </div>
  );
}

function readForm(form: HTMLFormElement) {
  return readNetworkQuery(new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])));
}

/** Names to choose from: owners of what is shown, and who is present. */
function ownersKnown(groups: readonly FoundGroup[]): string[] {
  const present = IS_BROWSER ? live.peers.value ?? [] : [];
  const names = [...groups.flatMap(({ owners }) => owners), ...present].map(({ name }) => name);
  return [...new Set(names)].sort((a, b) => a.localeCompare(b)).slice(0, 100);
}

/** Until the page is left: the address, what changes elsewhere, and the search again once the tracker is back. */
function keepUpToDate(files: FoundFiles, inspector: FileInspector): () => void {
  startLive();
  startNow();
  const refresh = () => {
    if (document.visibilityState === "hidden") return;
    files.refresh();
    inspector.refresh();
  };
  const timer = setInterval(refresh, REFRESH_MS);
  const more = new IntersectionObserver(([end]) => end?.isIntersecting && files.more(), { rootMargin: "600px" });
  let tracker = live.status.peek()?.tracker.state;
  const stops = [
    effect(() => {
      const address = networkAddress(files.found.value.query, inspector.id.value);
      if (address !== location.pathname + location.search) history.replaceState(history.state, "", address);
    }),
    effect(() => {
      if (live.returns.value > 0) untracked(refresh);
    }),
    effect(() => {
      const before = tracker;
      tracker = live.status.value?.tracker.state;
      if (before !== "offline" || tracker !== "online") return;
      untracked(() => files.found.value.failure ? files.retry() : files.refresh());
    }),
    effect(() => {
      files.found.value;
      requestAnimationFrame(() => watchEnd(more));
    }),
  ];
  if (inspector.id.value !== undefined) inspector.refresh();
  if (files.found.value.from === "cache") files.refresh();
  return () => {
    clearInterval(timer);
    more.disconnect();
    for (const stop of stops) stop();
  };
}

/** Observed anew, so that it tells again when the end is still in sight. */
function watchEnd(more: IntersectionObserver): void {
  more.disconnect();
  const end = document.querySelector("[data-results-end]");
  if (end) more.observe(end);
}

/** Arrows go through the results, from the search field on. */
function moveFocus(event: KeyboardEvent, root: HTMLElement): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const from = event.target as HTMLElement;
  if (step === 0 || !from.matches("[data-search], .found-open")) return;
  const stops = [...root.querySelectorAll<HTMLElement>("[data-search], .found-open")];
  const next = stops[stops.indexOf(from) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
