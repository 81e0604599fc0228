import type { ComponentChildren, Ref } from "preact";
import type { ShareSort } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { type Order, SortHead } from "../table.tsx";
import { type Column, COLUMNS } from "./columns.ts";

export interface FileTableProps {
  readonly lang: Language;
  /** Of the whole list. */
  readonly total: number;
  readonly sort: ShareSort;
  readonly order: Order;
  /** Height of all rows in pixels; undefined where no script drives the page. */
  readonly height: number | undefined;
  readonly isBusy?: boolean;
  /** Where the page sorted by this column is, without JavaScript. */
  sortHref(sort: ShareSort): string;
  onSort?(sort: ShareSort): void;
  readonly head?: Ref<HTMLTableSectionElement>;
  readonly body?: Ref<HTMLTableSectionElement>;
  onClick?(event: MouseEvent): void;
  onKeyDown?(event: KeyboardEvent): void;
  onFocusIn?(event: FocusEvent): void;
  /** Of what is in sight: `FileRow`s. */
  readonly children: ComponentChildren;
}

/** The frame of the long list: its heads, and a body as high as all of its rows. */
export function FileTable(props: FileTableProps) {
  const { lang, total, sort, order, height, isBusy, head, body, children, sortHref, onSort, ...events } = props;
  const isDriven = height !== undefined;
  const t = filesTexts(lang).table;
  return (
    <table
      class="file-table"
      role={isDriven ? "grid" : "table"}
      aria-label={t.caption}
      aria-rowcount={total + 1}
      aria-multiselectable={isDriven || undefined}
      aria-busy={isBusy || undefined}
      aria-describedby={isDriven ? "file-keys" : undefined}
    >
      <thead ref={head} role="rowgroup">
        <tr role="row" aria-rowindex={1} class="file-row file-heads">
          <td role="cell" class="f-select" />
          {COLUMNS.map((column) => (
            <ColumnHead
              key={column.name}
              lang={lang}
              column={column}
              order={column.sort === sort ? order : undefined}
              sortHref={sortHref}
              onSort={onSort}
            />
          ))}
          <th role="columnheader" scope="col" class="f-actions">
            <span class="visually-hidden">{t.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody
        ref={body}
        role="rowgroup"
        class={isDriven ? "is-driven" : undefined}
        style={isDriven ? { height: `${height}px` } : undefined}
        {...events}
      >
        {children}
      </tbody>
    </table>
  );
}

interface ColumnHeadProps extends Pick<FileTableProps, "lang" | "sortHref" | "onSort"> {
  readonly column: Column;
  readonly order: Order | undefined;
}

function ColumnHead({ lang, column, order, sortHref, onSort }: ColumnHeadProps) {
  const t = filesTexts(lang).table;
  const { name, label, help, sort, isNumeric } = column;
  const text = t[label] as string;
  if (!sort) {
    return (
      <th role="columnheader" scope="col" class={`f-${name} ${isNumeric ? "num" : ""}`} title={help && t[help]}>
        {text}
      </th>
    );
  }
  return (
    <SortHead
      label={text}
      numeric={isNumeric ?? false}
      class={`f-${name}`}
      order={order}
      href={sortHref(sort)}
      onSort={onSort && (() => onSort(sort))}
    />
  );
}
