import type { ComponentChildren } from "preact";
import type { Download } from "../lib/core/local_messages.ts";
import { isolated } from "../lib/core/visible_text.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { transfersTexts } from "../lib/i18n/transfers.ts";
import { FileIcon } from "./file_icon.tsx";
import { FileName } from "./file_name.tsx";
import { Icon } from "./icon.tsx";
import { standing } from "./standing.ts";
import { SourceTable, type SourceTableProps } from "./source_table.tsx";
import { type TransferAction, TransferActions } from "./transfer_actions.tsx";

export interface TransferRowProps extends Pick<SourceTableProps, "places"> {
  readonly lang: Language;
  readonly download: Download;
  /** An answer is waited for. */
  readonly isBusy?: boolean;
  /** The drawing of its chunks, where there is one. */
  readonly children?: ComponentChildren;
  onToggle?(isOpen: boolean): void;
}

/** How the bar is coloured. */
const BARS: Partial<Record<Download["status"], string>> = {
  queued: "waiting",
  finding: "waiting",
  waiting: "waiting",
  paused: "paused",
  failed: "failed",
};

function actionsFor({ status }: Download): TransferAction[] {
  if (status === "failed") return ["retry", "cancel"];
  return [status === "paused" ? "resume" : "pause", "cancel"];
}

/** A download that is not complete: how far it is, how fast, why it stands still, and what can be done. */
export function TransferRow({ lang, download, isBusy, places, children, onToggle }: TransferRowProps) {
  const t = transfersTexts(lang);
  const f = formats(lang);
  const { id, name, kind, files, owner, status, done, size } = download;
  const sentence = standing(download, { transfers: t, errors: errorsTexts(lang) });
  const amount = t.amount(f.bytes(done), f.bytes(size));
  return (
    <li class="transfer" data-status={status} data-id={id}>
      <span class="transfer-icon">
        <FileIcon name={name} kind={kind} />
      </span>
      <div class="transfer-name">
        <FileName name={name} />
        <p class="muted">
          {amount} {kind === "folder" && <>· {files === undefined ? t.folder : t.inFolder(files)}</>} ·{" "}
          {t.sharedBy(isolated(owner))}
        </p>
      </div>
      <div class="transfer-progress">
        <progress
          class="bar"
          max={1}
          value={size === 0 ? 0 : Math.min(1, done / size)}
          data-state={BARS[status]}
          aria-label={t.progressOf(isolated(name))}
        />
        <span class="transfer-percent">{f.percent(size === 0 ? 0 : done / size)}</span>
      </div>
      <p class="transfer-facts">
        {status === "fetching" && <TransferFacts lang={lang} download={download} />}
      </p>
      <TransferActions lang={lang} id={id} name={name} actions={actionsFor(download)} isBusy={isBusy} />
      {sentence && (
        <p class="transfer-why">
          <Icon name={status === "failed" ? "exclamation-circle-fill" : status === "paused" ? "pause-fill" : "clock"} />
          <span>{sentence}</span>
        </p>
      )}
      <details
        class="transfer-more"
        name="transfer"
        onToggle={onToggle && ((event) => onToggle(event.currentTarget.open))}
      >
        <summary class="btn btn-bare btn-icon" title={t.details}>
          <Icon name="chevron-down" />
          <span class="visually-hidden">{t.of(t.details, isolated(name))}</span>
        </summary>
        <div class="transfer-inside">
          {children}
          <SourceTable lang={lang} download={download} places={places} />
          <TransferPlace lang={lang} download={download} />
        </div>
      </details>
    </li>
  );
}

function TransferFacts({ lang, download }: Pick<TransferRowProps, "lang" | "download">) {
  const t = transfersTexts(lang);
  const f = formats(lang);
  const { rate, secondsLeft, sources } = download;
  const giving = sources.filter((source) => source.rate > 0).length;
  return (
    <>
      <span class="transfer-rate">{rate > 0 && f.rate(rate)}</span>
      <span class="transfer-left">{secondsLeft !== undefined && t.left(f.about(secondsLeft * 1000))}</span>
      <span class="transfer-from">{giving > 0 && t.from(giving)}</span>
    </>
  );
}

function TransferPlace({ lang, download }: Pick<TransferRowProps, "lang" | "download">) {
  const t = transfersTexts(lang);
  const f = formats(lang);
  const { out, createdAt, reason, status } = download;
  const isTold = reason !== undefined && (status === "failed" || status === "waiting");
  return (
    <dl class="transfer-place">
      <dt>{t.facts.to}</dt>
      <dd>
        <bdi class="name">{out}</bdi>
      </dd>
      <dt>{t.facts.started}</dt>
      <dd>
        <time dateTime={createdAt} title={f.fullDate(createdAt)}>{f.date(createdAt)}</time>
      </dd>
      {isTold && (
        <>
          <dt>{t.exactReason}</dt>
          <dd lang="en">
            <bdi class="name">{reason}</bdi>
          </dd>
        </>
      )}
    </dl>
  );
}
