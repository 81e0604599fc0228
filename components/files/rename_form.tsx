import type { JSX } from "preact";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button } from "../button.tsx";
import { describedBy, Field } from "../field.tsx";

export interface RenameFormProps {
  readonly lang: Language;
  /** Where the form is sent without JavaScript. */
  readonly action: string;
  /** As it was typed, also when it was refused. */
  readonly name: string;
  readonly error?: string | undefined;
  readonly isBusy?: boolean;
  onInput?(name: string): void;
  onSave?(name: string): void;
}

export const LONGEST_NAME = 255;

/** The name that others see. */
export function RenameForm({ lang, action, name, error, isBusy, onInput, onSave }: RenameFormProps) {
  const t = filesTexts(lang).details;
  const submit = onSave && ((event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSave(name);
  });
  return (
    <form method="post" action={action} onSubmit={submit}>
      <input type="hidden" name="do" value="rename" />
      <Field id="share-name" label={t.name} help={t.renameHelp} error={error ?? ""}>
        <div class="link-field">
          <input
            {...describedBy("share-name", t.renameHelp, error)}
            class={`form-control ${error ? "is-invalid" : ""}`}
            type="text"
            name="name"
            dir="auto"
            autocomplete="off"
            spellcheck={false}
            maxLength={LONGEST_NAME}
            required
            value={name}
            onInput={onInput && ((event) => onInput(event.currentTarget.value))}
          />
          <Button type="submit" disabled={isBusy}>{t.rename}</Button>
        </div>
      </Field>
    </form>
  );
}
