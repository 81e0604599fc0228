import { Component } from "preact";
import type { ShareRow } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { FileIcon } from "../file_icon.tsx";
import { FileName } from "../file_name.tsx";
import { Icon } from "../icon.tsx";
import { namesOf, Readers } from "./readers.tsx";
import type { Directory } from "./recipients.ts";
import { VISIBILITY_ICONS } from "./visibility_choice.tsx";

export interface FileRowProps {
  readonly lang: Language;
  /** Of the whole list, from 0. */
  readonly index: number;
  /** Undefined while it is on its way. */
  readonly row: ShareRow | undefined;
  readonly directory: Directory | undefined;
  /** Null where the tracker does not say, undefined where it was not asked yet. */
  readonly copies: number | null | undefined;
  readonly fetched: number | null | undefined;
  /** The keyboard stands here. */
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly isLeaving: boolean;
  /** In pixels below the top of the list; undefined where the page is not driven by a script. */
  readonly top: number | undefined;
}

/** One row; drawn again only when something of it changed. What its buttons do is told by `data-do`. */
export class FileRow extends Component<FileRowProps> {
  override shouldComponentUpdate(next: FileRowProps): boolean {
    return (Object.keys(next) as (keyof FileRowProps)[]).some((name) => next[name] !== this.props[name]);
  }

  override render(
    { lang, index, row, directory, copies, fetched, isActive, isSelected, isLeaving, top }: FileRowProps,
  ) {
    const isDriven = top !== undefined;
    const cell = isDriven ? "gridcell" : "cell";
    const tabIndex = isDriven ? (isActive ? 0 : -1) : undefined;
    const t = filesTexts(lang).table;
    const f = formats(lang);
    const place = {
      class: "file-row",
      role: "row" as const,
      "aria-rowindex": index + 2,
      "data-index": index,
      tabIndex,
      style: isDriven ? { top: `${top}px` } : undefined,
    };
    if (!row) {
      return (
        <tr {...place} aria-busy="true">
          <td role={cell} class="f-wait">
            <span class="visually-hidden">{t.loading}</span>
            <span class="skeleton" />
          </td>
        </tr>
      );
    }
    const { shareId, name, kind, size, files, chunks, at } = row;
    return (
      <tr {...place} aria-selected={isDriven ? isSelected : undefined} data-leaving={isLeaving || undefined}>
        <td role={cell} class="f-select">
          {isDriven && (
            <input
              type="checkbox"
              class="form-check-input"
              aria-label={t.select(name)}
              checked={isSelected}
              data-do="select"
              tabIndex={tabIndex}
            />
          )}
        </td>
        <th scope="row" role="rowheader" class="f-name">
          <FileIcon name={name} kind={kind} />
          <a href={`/files/${shareId}`} data-do="open" tabIndex={tabIndex}>
            <FileName name={name} />
          </a>
        </th>
        <td role={cell} class="f-size num" title={kind === "folder" ? t.folder(files) : undefined}>{f.bytes(size)}</td>
        <td role={cell} class="f-who">
          <Who lang={lang} row={row} directory={directory} isDriven={isDriven} tabIndex={tabIndex} />
        </td>
        <td role={cell} class="f-chunks num">{f.count(chunks)}</td>
        <td role={cell} class="f-copies num">
          <Count value={copies} lang={lang} />
        </td>
        <td role={cell} class="f-fetched num">
          <Count value={fetched} lang={lang} />
        </td>
        <td role={cell} class="f-date">
          <time dateTime={at} title={f.fullDate(at)}>{f.date(at)}</time>
        </td>
        <td role={cell} class="f-actions">
          {isDriven && (
            <>
              <RowButton action="copy" icon="link-45deg" label={filesTexts(lang).links.copy} tabIndex={tabIndex} />
              <RowButton action="delete" icon="trash3" label={filesTexts(lang).details.delete} tabIndex={tabIndex} />
            </>
          )}
        </td>
      </tr>
    );
  }
}

interface WhoProps {
  readonly lang: Language;
  readonly row: ShareRow;
  readonly directory: Directory | undefined;
  readonly isDriven: boolean;
  readonly tabIndex: number | undefined;
}

function Who({ lang, row, directory, isDriven, tabIndex }: WhoProps) {
  const content = (
    <>
      <Icon name={VISIBILITY_ICONS[row.visibility]} />
      <span class="name-line">
        <Readers lang={lang} row={row} directory={directory} />
      </span>
    </>
  );
  if (!isDriven) return <span class="who-button">{content}</span>;
  return (
    <button
      type="button"
      class="who-button"
      data-do="who"
      tabIndex={tabIndex}
      title={row.visibility === "private" ? namesOf(row, directory, lang) : filesTexts(lang).details.changeWho}
    >
      {content}
    </button>
  );
}

interface RowButtonProps {
  readonly action: string;
  readonly icon: "link-45deg" | "trash3";
  readonly label: string;
  readonly tabIndex: number | undefined;
}

function RowButton({ action, icon, label, tabIndex }: RowButtonProps) {
  return (
    <button
      type="button"
      class="btn btn-bare btn-sm btn-icon"
      data-do={action}
      tabIndex={tabIndex}
      aria-label={label}
      title={label}
    >
      <Icon name={icon} />
    </button>
  );
}

/** A number of the tracker, or that it does not say. */
function Count({ value, lang }: { readonly value: number | null | undefined; readonly lang: Language }) {
  if (value === undefined) return <span class="muted" aria-hidden="true">–</span>;
  if (value !== null) return <>{formats(lang).count(value)}</>;
  const unknown = filesTexts(lang).table.unknown;
  return (
    <span class="muted" title={unknown}>
      <span aria-hidden="true">–</span>
      <span class="visually-hidden">{unknown}</span>
    </span>
  );
}
