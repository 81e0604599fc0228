import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { Button } from "../button.tsx";
import { NameField } from "./name_field.tsx";

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
      <NameField id="class-name" label={t.name} help={t.nameHelp} name={name} fault={fault} />
      <Button type="submit">{t.nameButton}</Button>
    </form>
  );
}
