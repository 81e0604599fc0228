import { ShareLinksPart } from "../../components/files/share_links.tsx";
import { Modal } from "../../components/modal.tsx";
import { copyOrSay } from "../../lib/client/copy_or_say.ts";
import type { ShareLinks } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";

export interface LinkDialogProps {
  readonly lang: Language;
  readonly name: string;
  readonly links: ShareLinks;
  onClose(): void;
}

/** The links of a share to select, and as a QR code large enough for the back of a room. Part of `MyFiles`. */
export default function LinkDialog({ lang, name, links, onClose }: LinkDialogProps) {
  const t = filesTexts(lang).links;
  return (
    <Modal
      id="links"
      class="link-dialog"
      title={
        <>
          {t.title}
          <bdi class="title-name">{name}</bdi>
        </>
      }
      closeLabel={frameTexts(lang).buttons.close}
      isLight
      onCancel={onClose}
    >
      <ShareLinksPart lang={lang} links={links} onCopy={(link) => void copyOrSay(link, lang)} />
    </Modal>
  );
}
