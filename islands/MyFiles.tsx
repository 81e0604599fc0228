import { useEffect, useMemo } from "preact/hooks";
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { FolderState } from "../components/files/folder_state.tsx";
import { type ListQuery, PAGE_SIZE } from "../components/files/list_query.ts";
import type { Directory } from "../components/files/recipients.ts";
import { addingNotices, whatOf } from "../lib/client/adding_words.ts";
import type { Addition } from "../lib/client/additions.ts";
import { ClientError } from "../lib/client/api.ts";
import { FilesAdding } from "../lib/client/files_adding.ts";
import { FilesList } from "../lib/client/files_list.ts";
import { live, startLive } from "../lib/client/live.ts";
import { notices } from "../lib/client/notices.ts";
import type { SharePage, ShareRow, Status, UploadBatch } from "../lib/core/local_messages.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import { filesTexts } from "../lib/i18n/files.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import type { Language } from "../lib/i18n/language.ts";
import FileAdding from "./FileAdding.tsx";
import FileBrowser from "./FileBrowser.tsx";
import WhoQuestion, { type Question } from "./WhoQuestion.tsx";

export interface MyFilesProps {
  readonly lang: Language;
  readonly first: SharePage;
  readonly query: ListQuery;
  readonly status: Status;
  readonly pending: readonly UploadBatch[];
  /** Undefined until this computer has joined a class. */
  readonly directory?: Directory;
  readonly sharedFolder: string;
}

/** My files: add, see, find, change and delete what is shared from this computer. */
export default function MyFiles(props: MyFilesProps) {
  const { lang, first, query, status: firstStatus, pending, directory, sharedFolder } = props;
  const list = useMemo(() => new FilesList(first, query, PAGE_SIZE), []);
  const adding = useMemo(() => new FilesAdding(pending, addingNotices(lang, () => list.refresh())), []);
  /** Whose permission is being changed. */
  const editing = useSignal<readonly ShareRow[] | undefined>(undefined);
  useEffect(startLive, []);
  useSignalEffect(() => {
    live.returns.value;
    if (live.shares.value) list.refresh();
  });
  /** How many files wait; what they are is asked again when that changes. */
  const waiting = useComputed(() => live.status.value?.pending);
  useSignalEffect(() => {
    live.returns.value;
    if (waiting.value !== undefined) void adding.readPending();
  });

  const status = live.status.value ?? firstStatus;
  const question: Question | undefined = editing.value
    ? { kind: "edit", rows: editing.value }
    : adding.asking && { kind: "addition", addition: adding.asking };
  return (
    <div class="my-files">
      <FileAdding
        lang={lang}
        adding={adding}
        onChoose={({ batch, entries }) => adding.additions.ask(batch, entries)}
        onDiscard={(batch) => void discard(adding, batch.batch, whatOf(batch.entries, lang), lang)}
        onStop={(addition) => void stop(adding, addition, lang)}
      />
      <FolderState lang={lang} scan={status.scan} problems={status.problems} />
      <FileBrowser
        lang={lang}
        list={list}
        all={live.shares.value?.total ?? status.shares}
        sharedFolder={sharedFolder}
        onWho={(rows) => editing.value = rows}
      />
      {question && (
        <WhoQuestion
          key={question.kind === "addition" ? question.addition.batch : "edit"}
          lang={lang}
          directory={directory}
          question={question}
          adding={adding}
          onDone={() => {
            if (question.kind === "edit") {
              editing.value = undefined;
              list.refresh();
            }
          }}
        />
      )}
    </div>
  );
}

/** What arrived goes to the bin and can be taken back. */
async function discard(adding: FilesAdding, batch: string, what: string, lang: Language): Promise<void> {
  const t = filesTexts(lang);
  try {
    await adding.discard(batch);
    notices.undoable(t.pending.discarded(what), frameTexts(lang).notices.undo, () => adding.restore(batch));
  } catch (error) {
    notices.failed(error, errorsTexts(lang));
  }
}

/** An addition on its way is given up; nothing may have arrived of it yet. */
async function stop(adding: FilesAdding, { batch }: Addition, lang: Language): Promise<void> {
  try {
    await adding.discard(batch);
  } catch (error) {
    if (!(error instanceof ClientError && error.code === "not-found")) {
      return void notices.failed(error, errorsTexts(lang));
    }
  }
  notices.info(filesTexts(lang).uploads.cancelled);
}
