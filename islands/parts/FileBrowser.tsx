import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { listAddress, type ListQuery, sortedBy } from "../../components/files/list_query.ts";
import { ListTools } from "../../components/files/list_tools.tsx";
import type { Directory } from "../../components/files/recipients.ts";
import { Callout } from "../../components/panel.tsx";
import { api } from "../../lib/client/api.ts";
import { copyText } from "../../lib/client/copy_text.ts";
import type { FilesList } from "../../lib/client/files_list.ts";
import { notices } from "../../lib/client/notices.ts";
import { removeShares } from "../../lib/client/remove_shares.ts";
import type { ShareLinks, ShareRow } from "../../lib/core/local_messages.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";
import FileList, { type RowAction } from "./FileList.tsx";
import { useDialogs } from "./dialogs.ts";

export interface FileBrowserProps {
  readonly lang: Language;
  readonly list: FilesList;
  /** Undefined until this computer has joined a class. */
  readonly directory: Directory | undefined;
  /** Own shares, those that the filter hides included. */
  readonly all: number;
  readonly sharedFolder: string;
  /** Their permission is to be changed. */
  onWho(rows: readonly ShareRow[]): void;
}

const FILTER_AFTER_MS = 120;
const COPIED_FOR_MS = 10_000;

type Open =
  | { readonly kind: "details"; readonly row: ShareRow }
  | { readonly kind: "links"; readonly row: ShareRow; readonly links: ShareLinks };

/** The list with what stands above it, and what its rows open. Part of `MyFiles`. */
export default function FileBrowser({ lang, list, directory, all, sharedFolder, onWho }: FileBrowserProps) {
  const t = filesTexts(lang);
  const place = useRef<HTMLDivElement>(null);
  const open = useSignal<Open | undefined>(undefined);
  const typed = useSignal(list.query.peek().q);
  const typing = useRef<ReturnType<typeof setTimeout>>();
  /** From which Shift selects. */
  const anchor = useRef(0);
  useEffect(() => () => clearTimeout(typing.current), []);

  const query = list.query.value;
  const show = async (next: ListQuery) => {
    await list.show(next);
    history.replaceState(history.state, "", listAddress(next));
    if (place.current && place.current.getBoundingClientRect().top < 0) place.current.scrollIntoView();
  };
  const filter = (words: string, afterMs = FILTER_AFTER_MS) => {
    typed.value = words;
    clearTimeout(typing.current);
    typing.current = setTimeout(() => void show({ ...list.query.peek(), q: words.trim() }), afterMs);
  };

  const close = () => open.value = undefined;
  const copy = async (row: ShareRow, link: string, links: ShareLinks) => {
    const showLinks = () => {
      open.value = { kind: "links", row, links };
    };
    if (!await copyText(link)) return showLinks();
    const action = { label: t.links.qr, run: showLinks };
    notices.add({ kind: "done", text: t.links.copied, action, forMs: COPIED_FOR_MS });
  };
  const copyLink = async (row: ShareRow) => {
    try {
      const links = await api.get<ShareLinks>(`/api/shares/${row.shareId}/links`);
      const link = links.page ?? links.direct;
      if (link) await copy(row, link, links);
      else notices.info(t.links.none);
    } catch (error) {
      notices.failed(error, errorsTexts(lang));
    }
  };
  const select = (row: ShareRow, index: number, isRange: boolean) => {
    if (!isRange) list.toggle(row);
    else list.selectBetween(anchor.current, index);
    anchor.current = index;
  };
  const act = (action: RowAction, row: ShareRow, index: number, isRange: boolean) => {
    if (action === "open") open.value = { kind: "details", row };
    else if (action === "who") onWho([row]);
    else if (action === "copy") void copyLink(row);
    else if (action === "delete") void removeShares(list, [row], lang);
    else select(row, index, isRange);
  };

  const dialogs = useDialogs(open.value !== undefined, lang);
  const total = list.total.value;
  const selected = [...list.selected.value.values()];
  return (
    <div class="panel file-panel" ref={place}>
      {(total > 0 || query.q !== "") && (
        <ListTools
          lang={lang}
          query={query}
          typed={typed.value}
          found={total}
          total={Math.max(all, total)}
          selected={selected.length}
          onFilter={filter}
          onSort={(sort) => void show(sortedBy(query, sort))}
          onTurn={() => void show(sortedBy(query, query.sort))}
          onWho={() => onWho(selected)}
          onDelete={() => void removeShares(list, selected, lang)}
          onClear={() => list.clearSelection()}
        />
      )}
      {list.error.value !== undefined && (
        <Callout kind="error" role="alert">
          <p>{t.table.failed}</p>
          <Button small onClick={() => list.refresh()}>{frameTexts(lang).buttons.retry}</Button>
        </Callout>
      )}
      {total > 0
        ? (
          <>
            <FileList
              lang={lang}
              list={list}
              directory={directory}
              onAction={act}
              onSort={(sort) => void show(sortedBy(query, sort))}
            />
            <p class="visually-hidden" id="file-keys">{t.table.keys}</p>
          </>
        )
        : query.q === ""
        ? (
          <EmptyState drawing="files" title={t.empty.title} text={t.empty.text}>
            <p>
              {t.empty.folder} <bdi class="name folder-path">{sharedFolder}</bdi>
            </p>
          </EmptyState>
        )
        : (
          <EmptyState drawing="network" title={t.empty.nothingFound}>
            <Button onClick={() => filter("", 0)}>{t.empty.clear}</Button>
          </EmptyState>
        )}
      {dialogs && open.value?.kind === "details" && (
        <dialogs.FileDetails
          lang={lang}
          list={list}
          directory={directory}
          row={open.value.row}
          onWho={(row) => (close(), onWho([row]))}
          onDelete={(row) => (close(), void removeShares(list, [row], lang))}
          onClose={close}
        />
      )}
      {dialogs && open.value?.kind === "links" && (
        <dialogs.LinkDialog lang={lang} name={open.value.row.name} links={open.value.links} onClose={close} />
      )}
    </div>
  );
}
