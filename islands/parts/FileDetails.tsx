import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../../components/button.tsx";
import { FileFacts } from "../../components/files/file_facts.tsx";
import type { Directory } from "../../components/files/recipients.ts";
import { RenameForm } from "../../components/files/rename_form.tsx";
import { ShareLinksPart } from "../../components/files/share_links.tsx";
import { VisibilityLine } from "../../components/files/visibility_line.tsx";
import { Modal } from "../../components/modal.tsx";
import { api, ClientError } from "../../lib/client/api.ts";
import { copyOrSay } from "../../lib/client/copy_or_say.ts";
import type { FilesList } from "../../lib/client/files_list.ts";
import { notices } from "../../lib/client/notices.ts";
import type { LocalShare, ShareLinks, ShareRow } from "../../lib/core/local_messages.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";

export interface FileDetailsProps {
  readonly lang: Language;
  readonly list: FilesList;
  /** Undefined until this computer has joined a class. */
  readonly directory: Directory | undefined;
  readonly row: ShareRow;
  onWho(row: ShareRow): void;
  onDelete(row: ShareRow): void;
  onClose(): void;
}

/** What is known of one share and what can be done with it. Part of `MyFiles`. */
export default function FileDetails({ lang, list, directory, row, onWho, onDelete, onClose }: FileDetailsProps) {
  const t = filesTexts(lang);
  const name = useSignal(row.name);
  const error = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const links = useLinks(row, lang);
  const count = list.count(row.shareId);
  const rename = async () => {
    isBusy.value = true;
    error.value = undefined;
    try {
      const renamed = await api.patch<LocalShare>(`/api/shares/${row.shareId}`, { name: name.value });
      name.value = renamed.name;
      notices.done(t.details.renamed);
      list.refresh();
      onClose();
    } catch (caught) {
      const texts: Readonly<Record<string, string>> = errorsTexts(lang);
      error.value = texts[caught instanceof ClientError ? caught.code : "internal"];
    }
    isBusy.value = false;
  };
  return (
    <Modal
      id="details"
      class="details"
      title={<bdi class="name">{row.name}</bdi>}
      closeLabel={frameTexts(lang).buttons.close}
      isLight
      onCancel={onClose}
      foot={
        <>
          <p class="muted details-fate">{row.owned ? t.details.deleteOwned : t.details.deleteElsewhere}</p>
          <Button kind="danger" icon="trash3" onClick={() => onDelete(row)}>{t.details.delete}</Button>
        </>
      }
    >
      <div class="file-parts">
        <div class="file-part">
          <FileFacts lang={lang} row={row} copies={count?.peers} fetched={count?.fetched} />
          <VisibilityLine lang={lang} row={row} directory={directory}>
            <Button small icon="pencil" onClick={() => onWho(row)}>{t.details.changeWho}</Button>
          </VisibilityLine>
          <RenameForm
            lang={lang}
            action={`/files/${row.shareId}`}
            name={name.value}
            error={error.value}
            isBusy={isBusy.value}
            onInput={(typed) => name.value = typed}
            onSave={rename}
          />
        </div>
        <div class="file-part">
          {links && <ShareLinksPart lang={lang} links={links} onCopy={(link) => void copyOrSay(link, lang)} />}
        </div>
      </div>
    </Modal>
  );
}

/** Undefined while they are asked for. */
function useLinks({ shareId }: ShareRow, lang: Language): ShareLinks | undefined {
  const links = useSignal<ShareLinks | undefined>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    api.get<ShareLinks>(`/api/shares/${shareId}/links`, { signal: controller.signal }).then(
      (answer) => links.value = answer,
      (error) => controller.signal.aborted || notices.failed(error, errorsTexts(lang)),
    );
    return () => controller.abort();
  }, [shareId]);
  return links.value;
}
