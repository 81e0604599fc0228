import { useEffect, useMemo } from "preact/hooks";
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { directoryOf } from "../components/class/directory.ts";
import { FolderState } from "../components/files/folder_state.tsx";
import { type ListQuery, PAGE_SIZE } from "../components/files/list_query.ts";
import type { Directory } from "../components/files/recipients.ts";
import { api } from "../lib/client/api.ts";
import { FilesList } from "../lib/client/files_list.ts";
import { live, startLive } from "../lib/client/live.ts";
import type { ClassView, SharePage, ShareRow, Status, UploadBatch } from "../lib/core/local_messages.ts";
import type { Language } from "../lib/i18n/language.ts";
import { Adder } from "./parts/adder.ts";
import { useDialogs } from "./parts/dialogs.ts";
import FileAdding from "./parts/FileAdding.tsx";
import FileBrowser from "./parts/FileBrowser.tsx";
import PendingList from "./parts/PendingList.tsx";
import type { Question } from "./parts/WhoQuestion.tsx";

export interface MyFilesProps {
  readonly lang: Language;
  readonly first: SharePage;
  readonly query: ListQuery;
  readonly status: Status;
  readonly pending: readonly UploadBatch[];
  /** Undefined until this computer has joined a class. */
  readonly directory: Directory | undefined;
  readonly sharedFolder: string;
}

/** My files: add, see, find, change and delete what is shared from this computer. */
export default function MyFiles(props: MyFilesProps) {
  const { lang, first, query, status: firstStatus, pending, directory: firstDirectory, sharedFolder } = props;
  const list = useMemo(() => new FilesList(first, query, PAGE_SIZE), []);
  const adder = useMemo(() => new Adder(pending, lang, () => list.refresh()), []);
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
    if (waiting.value !== undefined) void adder.pending.read();
  });

  const status = live.status.value ?? firstStatus;
  const adding = adder.adding.value;
  const question: Question | undefined = editing.value
    ? { kind: "edit", rows: editing.value }
    : adding?.asking && { kind: "addition", addition: adding.asking, adding };
  /** People come and groups change while the page is open: asked again with each question. */
  const directory = useSignal(firstDirectory);
  const isAsking = question !== undefined;
  useEffect(() => {
    if (!isAsking || !firstDirectory) return;
    api.get<ClassView>("/api/class").then((view) => directory.value = directoryOf(view), () => {});
  }, [isAsking]);
  const dialogs = useDialogs(question !== undefined, lang);
  const UploadList = adder.script.loaded.value?.UploadList;
  return (
    <div class="my-files">
      <FileAdding lang={lang} adder={adder} />
      {UploadList && adding && <UploadList lang={lang} adding={adding} />}
      <PendingList lang={lang} adder={adder} />
      <FolderState lang={lang} scan={status.scan} problems={status.problems} />
      <FileBrowser
        lang={lang}
        list={list}
        directory={directory.value}
        all={live.shares.value?.total ?? status.shares}
        sharedFolder={sharedFolder}
        onWho={(rows) => editing.value = rows}
      />
      {question && dialogs && (
        <dialogs.WhoQuestion
          key={question.kind === "addition" ? question.addition.batch : "edit"}
          lang={lang}
          directory={directory.value}
          question={question}
          onDone={() => {
            if (question.kind !== "edit") return;
            editing.value = undefined;
            list.refresh();
          }}
        />
      )}
    </div>
  );
}
