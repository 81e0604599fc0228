import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../components/icon.tsx";
import { FileDetails } from "../../components/network/file_details.tsx";
import { FoundAction } from "../../components/network/found_action.tsx";
import type { FoundNow } from "../../components/network/found_table.tsx";
import { copyText } from "../../lib/client/copy_text.ts";
import type { FileDetails as Details } from "../../lib/core/local_messages.ts";
import { visibleText } from "../../lib/core/visible_text.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";

export interface FileDrawerProps {
  readonly lang: Language;
  /** The row it belongs to, when that is in the list. */
  readonly row: FoundNow | undefined;
  readonly details: Details | undefined;
  /** Code of an error. */
  readonly failed: string | undefined;
  /** Address of the page without the drawer. */
  readonly back: string;
  onClose?(): void;
}

/** Details of one file at the side of the page. Without JavaScript it is open as the server sent it. */
export default function FileDrawer({ lang, row, details, failed, back, onClose }: FileDrawerProps) {
  const t = networkTexts(lang).details;
  const dialog = useRef<HTMLDialogElement>(null);
  const copied = useSignal<string | undefined>(undefined);
  useEffect(() => {
    dialog.current!.removeAttribute("open"); // as it came from the server
    dialog.current!.showModal();
  }, []);
  const name = row?.group.names[0] ?? details?.names[0]?.name ?? "";
  const close = (event: Event) => {
    event.preventDefault();
    dialog.current!.close();
  };
  const click = (event: JSX.TargetedMouseEvent<HTMLDialogElement>) => {
    if (event.target === event.currentTarget) dialog.current!.close(); // beside it
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    if (button) void copy(button).then((text) => copied.value = text);
  };
  return (
    <dialog
      ref={dialog}
      class="dialog drawer"
      open={!onClose}
      aria-labelledby="drawer-title"
      onClose={onClose}
      onClick={click}
    >
      <div class="drawer-inside">
        <div class="dialog-head">
          <h2 id="drawer-title">
            <bdi class="name">{visibleText(name)}</bdi>
          </h2>
          <a class="btn btn-bare btn-icon" href={back} title={t.close} aria-label={t.close} onClick={onClose && close}>
            <Icon name="x-lg" />
          </a>
        </div>
        {row && (
          <div class="drawer-action">
            <FoundAction lang={lang} group={row.group} state={row.state} isBusy={row.isBusy} from={back} />
          </div>
        )}
        <FileDetails
          lang={lang}
          group={row?.group}
          details={details}
          failed={failed && (errorsTexts(lang) as Readonly<Record<string, string>>)[failed]}
          copied={copied.value}
        />
      </div>
    </dialog>
  );
}

/** The text that lies in the clipboard now; where a page may not put it there, it is selected to be copied by hand. */
async function copy(button: HTMLElement): Promise<string | undefined> {
  const text = button.dataset.copy!;
  if (await copyText(text)) return text;
  const shown = button.parentElement!.firstElementChild;
  if (shown) getSelection()?.selectAllChildren(shown);
  return undefined;
}
