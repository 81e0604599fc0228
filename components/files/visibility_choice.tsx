import type { ComponentChildren } from "preact";
import type { Visibility } from "../../lib/core/share_record.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Icon, type IconName } from "../icon.tsx";

export interface VisibilityChoiceProps {
  readonly lang: Language;
  /** "later": nobody for now; only where it is offered. */
  readonly value: Visibility | "later";
  /** Of the class this computer belongs to; only everyone can be chosen without one. */
  readonly className: string | undefined;
  /** What the group of choices is called. */
  readonly legend: string;
  readonly showLegend?: boolean;
  readonly offersLater?: boolean;
  /** Gets the focus when a dialog opens. */
  readonly focusFirst?: boolean;
  onChoose?(value: Visibility): void;
  /** Below "only some people" when it is chosen: the choice of names. */
  readonly children?: ComponentChildren;
}

export const VISIBILITY_ICONS: Readonly<Record<Visibility, IconName>> = {
  public: "globe2",
  class: "people",
  private: "lock",
};

/** Three large choices; also a part of forms that are sent without JavaScript, as the field `visibility`. */
export function VisibilityChoice(props: VisibilityChoiceProps) {
  const { lang, value, className, legend, showLegend, offersLater, focusFirst, onChoose, children } = props;
  const t = filesTexts(lang);
  const p = t.permission;
  const choices = [
    ["public", p.publicLabel, p.publicHelp],
    ["class", p.classLabel, className === undefined ? p.joinFirst : p.classHelp(className)],
    ["private", p.privateLabel, className === undefined ? p.joinFirst : p.privateHelp],
  ] as const;
  return (
    <fieldset class="choices">
      <legend class={showLegend ? "form-label" : "visually-hidden"}>{legend}</legend>
      {choices.map(([visibility, label, help]) => (
        <label key={visibility} class="choice">
          <input
            type="radio"
            class="form-check-input"
            name="visibility"
            value={visibility}
            checked={visibility === value}
            disabled={visibility !== "public" && className === undefined}
            autofocus={focusFirst && visibility === value}
            onChange={onChoose && (() => onChoose(visibility))}
          />
          <Icon name={VISIBILITY_ICONS[visibility]} size={24} />
          <span class="choice-text">
            <span class="choice-label">{label}</span>
            <span class="choice-help">{help}</span>
          </span>
        </label>
      ))}
      {offersLater && (
        <label class="choice">
          <input type="radio" class="form-check-input" name="visibility" value="later" checked={value === "later"} />
          <Icon name="eye-slash" size={24} />
          <span class="choice-text">
            <span class="choice-label">{t.add.form.later}</span>
          </span>
        </label>
      )}
      {children}
    </fieldset>
  );
}
