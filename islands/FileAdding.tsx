import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";
import { DropZone } from "../components/files/drop_zone.tsx";
import { PendingCard } from "../components/files/pending_card.tsx";
import { UploadCard, type UploadCardProps } from "../components/files/upload_card.tsx";
import type { Addition } from "../lib/client/additions.ts";
import { ClientError } from "../lib/client/api.ts";
import { addedByChoice, addedByDrop } from "../lib/client/dropped_files.ts";
import type { FilesAdding } from "../lib/client/files_adding.ts";
import { visibleText } from "../lib/core/visible_text.ts";
import type { UploadBatch } from "../lib/core/local_messages.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import { filesTexts } from "../lib/i18n/files.ts";
import type { Language } from "../lib/i18n/language.ts";

export interface FileAddingProps {
  readonly lang: Language;
  readonly adding: FilesAdding;
  onChoose(batch: UploadBatch): void;
  onDiscard(batch: UploadBatch): void;
  onStop(addition: Addition): void;
}

const FAILURES_SHOWN = 5;

/** Ways to add files, what is on its way, and what waits for a choice. Part of `MyFiles`. */
export default function FileAdding({ lang, adding, onChoose, onDiscard, onStop }: FileAddingProps) {
  const t = filesTexts(lang);
  const isOver = useDrops(adding);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (adding.isBusy) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [adding]);

  const additions = adding.all;
  const reading = additions.find(({ isReading }) => isReading);
  const known = new Set(additions.map(({ batch }) => batch));
  const pending = adding.pending.value.filter(({ batch }) => !known.has(batch));
  const uploads = additions.filter((addition) => isShown(addition, adding));
  return (
    <>
      <DropZone
        lang={lang}
        isOver={isOver}
        reading={reading && adding.queue.progress(reading.batch).files}
      >
        <AddButtons lang={lang} adding={adding} />
      </DropZone>
      {uploads.length > 0 && (
        <ul class="uploads" aria-label={t.uploads.title}>
          {uploads.map((addition) => (
            <UploadCard
              key={addition.batch}
              {...cardOf(lang, addition, adding)}
              onCancel={() => onStop(addition)}
              onRetry={() => adding.additions.retry(addition.batch)}
              onLeaveOut={() => adding.additions.leaveOut(addition.batch)}
            />
          ))}
        </ul>
      )}
      {pending.length > 0 && (
        <ul class="pendings">
          {pending.map((batch) => (
            <PendingCard
              key={batch.batch}
              lang={lang}
              batch={batch}
              onChoose={() => onChoose(batch)}
              onDiscard={() => onDiscard(batch)}
            />
          ))}
        </ul>
      )}
    </>
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

function AddButtons({ lang, adding }: { readonly lang: Language; readonly adding: FilesAdding }) {
  const t = filesTexts(lang).add;
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (field: HTMLInputElement) => {
    // The list of the field empties with it.
    const chosen = addedByChoice([...field.files ?? []]);
    field.value = "";
    adding.begin(chosen);
  };
  return (
    <div class="add-buttons">
      <input ref={files} type="file" multiple hidden data-add="files" onChange={(event) => take(event.currentTarget)} />
      <input
        ref={(field) => {
          folder.current = field;
          if (field) field.webkitdirectory = true;
        }}
        type="file"
        hidden
        data-add="folder"
        onChange={(event) => take(event.currentTarget)}
      />
      <Button kind="primary" icon="plus-lg" onClick={() => files.current?.click()}>{t.files}</Button>
      <Button icon="folder-plus" onClick={() => folder.current?.click()}>{t.folder}</Button>
    </div>
  );
}

/** Takes files dropped anywhere on the page; tells whether some are held over it. */
function useDrops(adding: FilesAdding): boolean {
  const isOver = useSignal(false);
  useEffect(() => {
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = "copy";
      isOver.value = true;
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent) => {
      isOver.value = false;
      if (!hasFiles(event)) return;
      event.preventDefault();
      adding.begin(addedByDrop(event.dataTransfer!.items));
    };
    addEventListener("dragenter", over);
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragenter", over);
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, [adding]);
  return isOver.value;
}
