import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { Button } from "../button.tsx";
import { describedBy, Field } from "../field.tsx";

export interface ClassNameFormProps {
  readonly lang: Language;
  readonly name: string;
  readonly fault: string | undefined;
}

export function ClassNameForm({ lang, name, fault }: ClassNameFormProps) {
  const t = trackerClassTexts(lang).settings;
  return (
    <form class="panel panel-body one-field" method="post">
      <input type="hidden" name="change" value="name" />
      <Field id="class-name" label={t.name} help={t.nameHelp} {...fault !== undefined && { error: fault }}>
        <input
          class={`form-control ${fault === undefined ? "" : "is-invalid"}`}
          type="text"
          name="name"
          required
          maxLength={64}
          autocomplete="off"
          value={name}
          {...describedBy("class-name", true, fault)}
        />
      </Field>
      <Button type="submit">{t.nameButton}</Button>
    </form>
  );
}
