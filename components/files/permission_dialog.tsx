import type { ComponentChildren, JSX } from "preact";
import type { ChosenVisibility } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button } from "../button.tsx";
import { Modal } from "../modal.tsx";
import { chosenVisibility, type PermissionChoice, type PermissionEvent, suggestions } from "./permission_choice.ts";
import { RecipientField } from "./recipient_field.tsx";
import type { Directory } from "./recipients.ts";
import { VisibilityChoice } from "./visibility_choice.tsx";

/** What the dialog is about: the names of files or folders, or how many there are. */
export interface Subject {
  readonly names: readonly string[];
  readonly hasFolders: boolean;
}

export interface PermissionDialogProps {
  readonly lang: Language;
  readonly subject: Subject;
  readonly choice: PermissionChoice;
  /** Undefined until this computer has joined a class. */
  readonly directory: Directory | undefined;
  /** `adding`: giving up keeps the files for oneself; `editing`: it changes nothing. */
  readonly purpose: "adding" | "editing";
  readonly isSaving?: boolean;
  readonly error?: string | undefined;
  /** Somebody who sees it now would not any more. */
  readonly isNarrower?: boolean;
  /** How far the upload behind it is. */
  readonly behind?: ComponentChildren;
  tell(event: PermissionEvent): void;
  onSave(chosen: ChosenVisibility): void;
  onCancel(): void;
}

/** Who can see it? Arrows choose, typing finds names, Ctrl+Enter saves, Esc gives up. A plain Enter never shares. */
export function PermissionDialog(props: PermissionDialogProps) {
  const { lang, subject, choice, directory, purpose, isSaving, error, isNarrower, behind, tell, onSave, onCancel } =
    props;
  const t = filesTexts(lang).permission;
  const chosen = chosenVisibility(choice);
  const save = () => {
    if (chosen && !isSaving) onSave(chosen);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
    } else if (target instanceof HTMLInputElement && target.type === "radio") {
      if (event.key === "Enter") event.preventDefault();
      if (directory && isTyped(event)) {
        event.preventDefault();
        tell({ kind: "visibility", visibility: "private" });
        tell({ kind: "typed", text: event.key });
        const dialog = target.closest("dialog");
        requestAnimationFrame(() => dialog?.querySelector<HTMLInputElement>("#recipient")?.focus());
      }
    }
  };
  const submit = (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    save();
  };
  const keys = purpose === "adding" ? t.keys : t.keysEdit;
  return (
    <Modal
      id="permission"
      class="permission"
      title={<PermissionTitle lang={lang} subject={subject} />}
      closeLabel={purpose === "adding" ? t.keepPrivate : frameTexts(lang).buttons.close}
      onCancel={onCancel}
      onKeyDown={onKeyDown}
      foot={
        <>
          <p class="keys muted">{keys}</p>
          <Button onClick={onCancel}>
            {purpose === "adding" ? t.keepPrivate : frameTexts(lang).buttons.cancel}
          </Button>
          <Button kind="primary" type="submit" form="permission-form" disabled={!chosen || isSaving}>{t.save}</Button>
        </>
      }
    >
      <form id="permission-form" onSubmit={submit}>
        <VisibilityChoice
          lang={lang}
          value={choice.visibility}
          className={directory?.className}
          legend={filesTexts(lang).details.who}
          focusFirst
          onChoose={(visibility) => tell({ kind: "visibility", visibility })}
        >
          {choice.visibility === "private" && directory && (
            <RecipientField
              lang={lang}
              choice={choice}
              nobody={t.nobodyChosen}
              found={suggestions(choice, directory)}
              tell={tell}
            />
          )}
          {choice.visibility === "private" && purpose === "editing" && choice.gone > 0 && (
            <p class="muted small mb-0">{t.gone(choice.gone)}</p>
          )}
        </VisibilityChoice>
      </form>
      {isNarrower && <p class="muted mt-2 mb-0" role="status">{t.narrowed}</p>}
      {error && <p class="field-error mb-0" role="alert">{error}</p>}
      {behind}
    </Modal>
  );
}

function PermissionTitle({ lang, subject: { names, hasFolders } }: { lang: Language; subject: Subject }) {
  const t = filesTexts(lang).permission;
  const [before, after] = t.title;
  if (names.length === 1) {
    return (
      <>
        {before}
        <bdi class="title-name">{names[0]}</bdi>
        {after}
      </>
    );
  }
  return <>{t.titleMany(hasFolders ? t.theseItems(names.length) : t.these(names.length))}</>;
}

/** A character, not a command; space is what ticks a radio button. */
function isTyped({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return [...key].length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey;
}
