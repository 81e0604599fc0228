import { filesTexts } from "../../lib/i18n/files.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button } from "../button.tsx";
import { FileIcon } from "../file_icon.tsx";
import { FileName } from "../file_name.tsx";
import { Icon } from "../icon.tsx";

export interface UploadCardProps {
  readonly lang: Language;
  /** Names of the files or folders that were added together. */
  readonly names: readonly { readonly name: string; readonly kind: "file" | "folder" }[];
  readonly files: number;
  readonly done: number;
  /** Bytes. */
  readonly bytes: number;
  readonly sent: number;
  /** Bytes a second of this page; undefined while nothing of this one moves. */
  readonly rate: number | undefined;
  readonly active: readonly { readonly name: string; readonly sent: number; readonly size: number }[];
  readonly failed: readonly { readonly name: string; readonly reason: string; readonly detail: string }[];
  readonly failures: number;
  /** `then`: who sees it afterwards, `nobody` until that is chosen. */
  readonly state:
    | { readonly kind: "reading" | "sending"; readonly then: "public" | "class" | "private" | "nobody" }
    | { readonly kind: "stalled" | "sharing" }
    | { readonly kind: "refused"; readonly reason: string };
  /** Whether sharing waits for the failed files. */
  readonly isHeldBack: boolean;
  onCancel(): void;
  onRetry(): void;
  onLeaveOut(): void;
}

/** One addition on its way: how far it is, what failed, and what can be done. */
export function UploadCard(props: UploadCardProps) {
  const { lang, names, files, done, bytes, sent, rate, active, failures, state, onCancel, onRetry } = props;
  const t = filesTexts(lang).uploads;
  const f = formats(lang);
  const isMoving = done + failures < files || state.kind === "reading";
  const left = rate && bytes > sent ? t.left(f.rate(rate), f.about(((bytes - sent) / rate) * 1000)) : undefined;
  return (
    <li class="upload">
      <div class="upload-head">
        <span class="upload-title">
          {names.length === 1
            ? (
              <>
                <FileIcon name={names[0]!.name} kind={names[0]!.kind} />
                <FileName name={names[0]!.name} />
              </>
            )
            : (
              <>
                <Icon name="collection" size={20} />
                {t.files(files)}
              </>
            )}
        </span>
        <span class="upload-figures muted">
          {state.kind === "sharing" ? t.sharing : files > 1 ? t.progress(done, files) : f.bytes(bytes)}
          {isMoving && left && ` · ${left}`}
        </span>
        {isMoving && <Button small kind="bare" icon="x-lg" label={t.cancel} onClick={onCancel} />}
      </div>
      <progress
        class="bar"
        max={1}
        value={state.kind === "sharing" ? undefined : bytes === 0 ? Number(!isMoving) : sent / bytes}
        data-state={state.kind === "stalled" ? "waiting" : undefined}
        aria-label={t.title}
      />
      <p class="upload-then muted">
        {state.kind === "stalled" ? t.waiting : "then" in state ? t.then[state.then] : ""}
      </p>
      {active.length > 0 && files > 1 && (
        <ul class="upload-active muted">
          {active.map(({ name, sent, size }) => (
            <li key={name}>
              <FileName name={name} />
              <span class="num">{f.percent(size === 0 ? 0 : sent / size)}</span>
            </li>
          ))}
        </ul>
      )}
      {state.kind === "refused" && (
        <div class="upload-problem" role="alert">
          <p class="field-error">{state.reason}</p>
          <Button small onClick={onRetry}>{t.retry}</Button>
        </div>
      )}
      {failures > 0 && <Failures {...props} />}
    </li>
  );
}

function Failures({ lang, failed, failures, isHeldBack, state, onRetry, onLeaveOut }: UploadCardProps) {
  const t = filesTexts(lang);
  return (
    <div class="upload-problem" role="alert">
      <p class="field-error">{t.uploads.failed(failures)} {isHeldBack && t.uploads.heldBack}</p>
      <ul>
        {failed.map(({ name, reason, detail }) => (
          <li key={name} title={detail}>
            <bdi class="name">{name}</bdi> – {reason}
          </li>
        ))}
        {failures > failed.length && <li>{t.pending.more(failures - failed.length)}</li>}
      </ul>
      <Button small disabled={state.kind === "sharing"} onClick={onRetry}>{t.uploads.retry}</Button>{" "}
      <Button small kind="bare" disabled={state.kind === "sharing"} onClick={onLeaveOut}>{t.uploads.leaveOut}</Button>
    </div>
  );
}
