import { useEffect } from "preact/hooks";
import { UploadCard, type UploadCardProps } from "../../components/files/upload_card.tsx";
import type { Addition } from "../../lib/client/additions.ts";
import { ClientError } from "../../lib/client/api.ts";
import type { FilesAdding } from "../../lib/client/files_adding.ts";
import { notices } from "../../lib/client/notices.ts";
import { visibleText } from "../../lib/core/visible_text.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";

export interface UploadListProps {
  readonly lang: Language;
  readonly adding: FilesAdding;
}

const FAILURES_SHOWN = 5;

/** What is on its way. Part of `MyFiles`. */
export default function UploadList({ lang, adding }: UploadListProps) {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (adding.isBusy) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [adding]);
  const uploads = adding.all.filter((addition) => isShown(addition, adding));
  if (uploads.length === 0) return null;
  return (
    <ul class="uploads" aria-label={filesTexts(lang).uploads.title}>
      {uploads.map((addition) => (
        <UploadCard
          key={addition.batch}
          {...cardOf(lang, addition, adding)}
          onCancel={() => void stop(adding, addition, lang)}
          onRetry={() => adding.additions.retry(addition.batch)}
          onLeaveOut={() => adding.additions.leaveOut(addition.batch)}
        />
      ))}
    </ul>
  );
}

/** While everything has arrived and the dialog asks, there is nothing to show behind it. */
function isShown({ batch, isReading, decision }: Addition, { queue }: FilesAdding): boolean {
  return isReading || !queue.isSettled(batch) || decision.kind === "sharing" || decision.kind === "refused" ||
    queue.progress(batch).failures > 0;
}

function cardOf(
  lang: Language,
  { batch, roots, decision, isReading }: Addition,
  { queue }: FilesAdding,
): Omit<UploadCardProps, "onCancel" | "onRetry" | "onLeaveOut"> {
  const { files, done, bytes, sent, active, failed, failures, rate, isStalled } = queue.progress(batch);
  const state = (): UploadCardProps["state"] => {
    if (decision.kind === "sharing") return { kind: "sharing" };
    if (decision.kind === "refused") return { kind: "refused", reason: reasonOf(decision.error, lang).reason };
    if (isStalled && active.length > 0) return { kind: "stalled" };
    const then = decision.kind === "chosen" ? decision.choice.visibility : "nobody";
    return { kind: isReading ? "reading" : "sending", then };
  };
  return {
    ...{ lang, files, done, bytes, sent, failures },
    names: roots.map(({ name, kind }) => ({ name: visibleText(name), kind })),
    rate: active.length > 0 ? rate : undefined,
    active: active.map(({ upload, sent }) => ({ name: visibleText(upload.name), sent, size: upload.size })),
    failed: failed.slice(0, FAILURES_SHOWN).map(({ upload, error }) => ({
      name: visibleText(upload.name),
      ...reasonOf(error, lang),
    })),
    state: state(),
    isHeldBack: queue.hasFailed(batch, ({ folder }) => folder !== ""),
  };
}

function reasonOf(error: unknown, lang: Language): { reason: string; detail: string } {
  const { code, detail } = error instanceof ClientError ? error : { code: "unreadable", detail: String(error) };
  if (code === "unreadable") return { reason: filesTexts(lang).uploads.unreadable, detail };
  const texts: Readonly<Record<string, string>> = errorsTexts(lang);
  return { reason: texts[code] ?? texts.internal!, detail };
}

/** Nothing may have arrived of it yet. */
async function stop(adding: FilesAdding, { batch }: Addition, lang: Language): Promise<void> {
  try {
    await adding.stop(batch);
  } catch (error) {
    const wasEmpty = error instanceof ClientError && error.code === "not-found";
    if (!wasEmpty) return void notices.failed(error, errorsTexts(lang));
  }
  notices.info(filesTexts(lang).uploads.cancelled);
}
