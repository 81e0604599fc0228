import { type Enrolment, enrolmentSchema } from "../../lib/core/class_messages.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { Button } from "../button.tsx";

/** Who may join, each way with what it means. */
export function EnrolmentForm({ lang, enrolment }: { readonly lang: Language; readonly enrolment: Enrolment }) {
  const t = trackerClassTexts(lang).settings;
  return (
    <form class="panel panel-body" method="post">
      <input type="hidden" name="change" value="enrolment" />
      <fieldset class="enrolment">
        <legend class="form-label">{t.enrolment}</legend>
        {enrolmentSchema.options.map((mode) => (
          <div key={mode} class="form-check">
            <input
              class="form-check-input"
              type="radio"
              name="enrolment"
              id={`enrolment-${mode}`}
              value={mode}
              checked={mode === enrolment}
              aria-describedby={`enrolment-${mode}-help`}
            />
            <label class="form-check-label" for={`enrolment-${mode}`}>{t.modes[mode].label}</label>
            <div class="form-text" id={`enrolment-${mode}-help`}>{t.modes[mode].help}</div>
          </div>
        ))}
      </fieldset>
      <Button type="submit">{t.enrolmentButton}</Button>
    </form>
  );
}
