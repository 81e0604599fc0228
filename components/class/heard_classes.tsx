import type { ClassView } from "../../lib/core/local_messages.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import type { Language } from "../../lib/i18n/language.ts";

export type HeardClass = ClassView["heard"][number];

export interface HeardClassesProps {
  readonly lang: Language;
  readonly heard: readonly HeardClass[];
  /** As `heardLink` gives it; "" for none of them. */
  readonly value: string;
  onChoose?: ((value: string) => void) | undefined;
}

/** What is sent for the class that is chosen: its join link, as far as it was heard. */
export function heardLink({ tracker, fingerprint }: HeardClass): string {
  return `${tracker}/join#${fingerprint}`;
}

/** Classes whose trackers were heard on this network, each with the beginning of its code. Nothing of them is proved. */
export function HeardClasses({ lang, heard, value, onChoose }: HeardClassesProps) {
  const t = classTexts(lang).join.heard;
  const choice = (link: string, isChosen: boolean) => (
    <input
      type="radio"
      class="form-check-input"
      name="heard"
      value={link}
      checked={isChosen}
      onChange={onChoose && (() => onChoose(link))}
    />
  );
  const isNone = !heard.some((one) => heardLink(one) === value);
  return (
    <fieldset class="choices heard-classes">
      <legend class="form-label">{t.title}</legend>
      <p class="muted">{t.help}</p>
      {heard.map((one) => (
        <label key={heardLink(one)} class="choice">
          {choice(heardLink(one), heardLink(one) === value)}
          <span class="choice-text">
            <span class="choice-label">
              <bdi>{one.name}</bdi> <code dir="ltr">{one.fingerprint}</code>
            </span>
            <span class="choice-help" dir="ltr">{one.tracker}</span>
          </span>
        </label>
      ))}
      <label class="choice">
        {choice("", isNone)}
        <span class="choice-text">
          <span class="choice-label">{t.other}</span>
          <span class="choice-help">{t.otherHelp}</span>
        </span>
      </label>
    </fieldset>
  );
}
