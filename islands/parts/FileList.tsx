import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useSignal, useSignalEffect } from "@preact/signals";
import { FileRow } from "../../components/files/file_row.tsx";
import { FileTable } from "../../components/files/file_table.tsx";
import { listLink, sortedBy } from "../../components/files/list_query.ts";
import type { Directory } from "../../components/files/recipients.ts";
import type { FilesList } from "../../lib/client/files_list.ts";
import { rowAfterKey, visibleRows } from "../../lib/client/virtual.ts";
import type { ShareRow, ShareSort } from "../../lib/core/local_messages.ts";
import type { Language } from "../../lib/i18n/language.ts";

export type RowAction = "open" | "who" | "copy" | "delete" | "select";

export interface FileListProps {
  readonly lang: Language;
  readonly list: FilesList;
  /** Undefined until this computer has joined a class. */
  readonly directory: Directory | undefined;
  /** `range`: with the shift key. */
  onAction(action: RowAction, row: ShareRow, index: number, range: boolean): void;
  onSort(sort: ShareSort): void;
}

const OVERSCAN = 8;
const COUNT_EVERY_MS = 10_000;
const KEYS: Readonly<Record<string, RowAction>> = { Enter: "open", " ": "select", Delete: "delete" };

/** The long list: only rows in sight exist, the keyboard walks over all of them. Part of `MyFiles`. */
export default function FileList({ lang, list, directory, onAction, onSort }: FileListProps) {
  const head = useRef<HTMLTableSectionElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  /** 0 until the browser has laid out the rows that the server sent. */
  const rowHeight = useSignal(0);
  /** The row that gets the focus as soon as it is drawn. */
  const toFocus = useRef<number>();

  const look = () => {
    const { top } = body.current!.getBoundingClientRect();
    const view = { total: list.total.peek(), rowHeight: rowHeight.peek(), top: -top, height: innerHeight };
    list.see(visibleRows(view, OVERSCAN));
  };

  useEffect(() => {
    let isDue = false;
    const lookSoon = () => {
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        if (body.current) look();
      });
    };
    const measure = () => {
      rowHeight.value = body.current?.querySelector("tr")?.getBoundingClientRect().height ?? 0;
      lookSoon();
    };
    measure();
    addEventListener("scroll", lookSoon, { passive: true });
    const sizes = new ResizeObserver(measure);
    sizes.observe(body.current!);
    const counting = setInterval(() => document.visibilityState === "visible" && list.countNow(), COUNT_EVERY_MS);
    return () => {
      removeEventListener("scroll", lookSoon);
      sizes.disconnect();
      clearInterval(counting);
    };
  }, [list]);

  useSignalEffect(() => {
    const total = list.total.value;
    if (rowHeight.value === 0) return;
    look();
    if (list.active.peek() < total) return;
    list.activate(Math.max(0, total - 1));
    if (body.current!.contains(document.activeElement)) toFocus.current = list.active.peek();
  });

  const active = list.active.value;
  useEffect(() => {
    const row = body.current?.querySelector<HTMLElement>(`[data-index="${toFocus.current}"]`);
    if (!row) return;
    toFocus.current = undefined;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });

  // A row that is moved or taken away loses the focus: it goes on where the keyboard stands then.
  const focused = body.current?.contains(document.activeElement) ? document.activeElement : undefined;
  useLayoutEffect(() => {
    if (!focused || body.current!.contains(document.activeElement)) return;
    const row = body.current!.querySelector<HTMLElement>(`[data-index="${active}"]`);
    const control = focused.closest<HTMLElement>("[data-do]")?.dataset.do;
    const next = control === undefined ? row : row?.querySelector<HTMLElement>(`[data-do="${control}"]`) ?? row;
    next?.focus({ preventScroll: true });
  });

  const placeOf = (event: Event) => {
    const index = Number((event.target as Element).closest<HTMLElement>("[data-index]")?.dataset.index ?? NaN);
    const row = Number.isNaN(index) ? undefined : list.at(index);
    return row && { index, row };
  };
  const onClick = (event: MouseEvent) => {
    const action = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset.do as RowAction | undefined;
    const place = placeOf(event);
    if (!action || !place || (action === "open" && isForAnotherTab(event))) return;
    if (action === "open") event.preventDefault();
    list.activate(place.index);
    onAction(action, place.row, place.index, event.shiftKey);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isOnRow = event.target instanceof HTMLTableRowElement;
    const height = innerHeight - (head.current?.getBoundingClientRect().bottom ?? 0);
    const view = { total: list.total.peek(), rowHeight: rowHeight.peek(), top: 0, height };
    const next = event.altKey || event.ctrlKey || event.metaKey
      ? undefined
      : rowAfterKey(event.key, list.active.peek(), view);
    if (next !== undefined) {
      event.preventDefault();
      list.activate(next);
      toFocus.current = next;
      return;
    }
    const place = placeOf(event);
    const action = isOnRow && Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined;
    if (!action || !place) return;
    event.preventDefault();
    onAction(action, place.row, place.index, event.shiftKey);
  };
  const onFocusIn = (event: FocusEvent) => {
    const place = placeOf(event);
    if (place) list.activate(place.index);
  };

  const { first, end } = list.rows.value;
  const indexes = Array.from({ length: end - first }, (_, n) => first + n);
  const isDriven = rowHeight.value > 0;
  const total = list.total.value;
  // The row with the focus stays, in its order: an element that is moved loses the focus.
  if (isDriven && active < Math.min(first, total)) indexes.unshift(active);
  if (isDriven && active >= end && active < total) indexes.push(active);
  const drawn = new Set<string>();
  return (
    <FileTable
      lang={lang}
      total={total}
      sort={list.query.value.sort}
      order={list.query.value.order}
      height={isDriven ? total * rowHeight.value : undefined}
      sortHref={(sort) => listLink(sortedBy(list.query.value, sort))}
      onSort={onSort}
      head={head}
      body={body}
      onClick={onClick}
      onKeyDown={onKeyDown}
      onFocusIn={onFocusIn}
    >
      {indexes.map((index) => {
        const row = list.at(index);
        const count = row && list.count(row.shareId);
        const isFirst = row !== undefined && !drawn.has(row.shareId); // it may still stand on a page that is older
        if (isFirst) drawn.add(row.shareId);
        return (
          <FileRow
            key={isFirst ? row.shareId : index}
            lang={lang}
            index={index}
            row={row}
            directory={directory}
            copies={count && count.peers}
            fetched={count && count.fetched}
            isActive={index === active}
            isSelected={row !== undefined && list.selected.value.has(row.shareId)}
            isLeaving={row !== undefined && list.leaving.value.has(row.shareId)}
            top={isDriven ? index * rowHeight.value : undefined}
          />
        );
      })}
    </FileTable>
  );
}

function isForAnotherTab({ ctrlKey, metaKey, shiftKey, button }: MouseEvent): boolean {
  return ctrlKey || metaKey || shiftKey || button !== 0;
}
