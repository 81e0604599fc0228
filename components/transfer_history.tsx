import type { Download } from "../lib/core/local_messages.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { transfersTexts } from "../lib/i18n/transfers.ts";
import { contentAddress } from "../lib/core/transfer_list.ts";
import { isolated, visibleText } from "../lib/core/visible_text.ts";
import { FileIcon } from "./file_icon.tsx";
import { FileName } from "./file_name.tsx";
import { Icon } from "./icon.tsx";
import { TransferActions } from "./transfer_actions.tsx";

export interface TransferHistoryProps {
  readonly lang: Language;
  /** Complete ones, newest first. */
  readonly downloads: readonly Download[];
}

/** Finished downloads of one page of the history. */
export function TransferHistory({ lang, downloads }: TransferHistoryProps) {
  const { history: t } = transfersTexts(lang);
  return (
    <table class="data-table history-table">
      <caption class="visually-hidden">{t.title}</caption>
      <thead>
        <tr>
          <th scope="col">{t.columns.name}</th>
          <th scope="col" class="num">{t.columns.size}</th>
          <th scope="col">{t.columns.owner}</th>
          <th scope="col">{t.columns.finished}</th>
          <th scope="col">
            <span class="visually-hidden">{t.columns.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {downloads.map((download) => <HistoryRow key={download.id} lang={lang} download={download} />)}
      </tbody>
    </table>
  );
}

function HistoryRow({ lang, download }: { readonly lang: Language; readonly download: Download }) {
  const t = transfersTexts(lang);
  const f = formats(lang);
  const { id, name, kind, files, size, owner, path, finishedAt } = download;
  return (
    <tr data-id={id}>
      <th scope="row">
        <span class="history-name" title={path}>
          <FileIcon name={name} kind={kind} />
          <FileName name={name} />
          {files !== undefined && <span class="muted history-files">{t.inFolder(files)}</span>}
        </span>
      </th>
      <td class="num">{f.bytes(size)}</td>
      <td>
        <bdi class="name">{visibleText(owner)}</bdi>
      </td>
      <td>
        {finishedAt && <time dateTime={finishedAt} title={f.fullDate(finishedAt)}>{f.date(finishedAt)}</time>}
      </td>
      <td>
        <div class="history-actions">
          {kind === "file" && (
            <a
              class="btn btn-bare btn-icon"
              href={contentAddress(id)}
              title={t.open}
              aria-label={t.of(t.open, isolated(name))}
            >
              <Icon name="box-arrow-up-right" />
            </a>
          )}
          <TransferActions lang={lang} id={id} name={name} actions={["reveal", "forget"]} />
        </div>
      </td>
    </tr>
  );
}
