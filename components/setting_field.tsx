import type { Setting } from "../lib/core/local_messages.ts";
import type { LocalTime } from "../lib/core/quiet_times.ts";
import type { Language } from "../lib/i18n/language.ts";
import { settingsTexts } from "../lib/i18n/settings.ts";
import { Icon, type IconName } from "./icon.tsx";
import { describedBy, Field, Switch } from "./field.tsx";
import { readRows, writeRows } from "./quiet_rows.ts";
import { QuietTimes } from "./quiet_times.tsx";
import { choicesOf } from "./setting_value.ts";

export interface SettingFieldProps {
  readonly lang: Language;
  readonly setting: Setting;
  /** What the field shows now, as `shownValue` gives it. */
  readonly value: string;
  readonly error?: string | undefined;
  /** What is used while the field is empty. */
  readonly usual?: string | undefined;
  /** Choices that exist but cannot be taken yet. */
  readonly unavailable?: readonly string[];
  /** What the clock on the wall shows, where that is known. */
  readonly now?: LocalTime | undefined;
  onInput?(value: string): void;
}

/** One setting: its control, what it does, when it takes effect, and why it cannot be changed. */
export function SettingField(
  { lang, setting, value, error, usual, unavailable = [], now, onInput }: SettingFieldProps,
) {
  const { key, type, editable } = setting;
  const t = settingsTexts(lang);
  const { label, help } = t.keys[key] ?? { label: key };
  const shownHelp = (help || !editable || setting.pending) && (
    <>
      {help}
      {!editable && <Note icon="lock">{fixedBy(setting, lang)}</Note>}
      {setting.pending && <Note icon="clock">{t.pending}</Note>}
    </>
  );
  if (type === "boolean") {
    return (
      <>
        <input type="hidden" name={key} value="false" disabled={!editable} />
        <Switch
          id={key}
          name={key}
          label={label}
          help={shownHelp}
          checked={value === "true"}
          disabled={!editable}
          onChange={(checked) => onInput?.(String(checked))}
        />
      </>
    );
  }
  if (type === "quiet times") {
    return (
      <QuietTimes
        lang={lang}
        id={key}
        label={label}
        help={shownHelp}
        rows={readRows(value)}
        disabled={!editable}
        isWrong={error !== undefined}
        now={now}
        onRows={(rows) => onInput?.(writeRows(rows))}
      />
    );
  }
  const common = {
    ...describedBy(key, shownHelp, error),
    name: key,
    disabled: !editable,
    onInput: (event: { currentTarget: { value: string } }) => onInput?.(event.currentTarget.value),
  };
  const classes = (base: string) => `${base} ${error ? "is-invalid" : ""} setting-${type.replace(/ \|.*/, "")}`;
  const choices = choicesOf(type);
  return (
    <Field id={key} label={label} {...shownHelp && { help: shownHelp }} {...error && { error }}>
      {choices
        ? (
          <select {...common} class={classes("form-select")} value={value}>
            {choices.map((choice) => (
              <option
                key={choice}
                value={choice}
                disabled={unavailable.includes(choice) && choice !== value}
              >
                {t.choices[`${key}=${choice}`] ?? choice}
                {unavailable.includes(choice) && ` (${t.notYet})`}
              </option>
            ))}
          </select>
        )
        : type === "list"
        ? <textarea {...common} class={classes("form-control")} rows={4} spellcheck={false} value={value} />
        : (
          <input
            {...common}
            class={classes("form-control")}
            type="text"
            inputMode={type === "integer" ? "numeric" : type === "url" ? "url" : "text"}
            placeholder={usual ?? (type === "rate" ? t.unlimited : undefined)}
            spellcheck={false}
            autocomplete="off"
            value={value}
          />
        )}
    </Field>
  );
}

function Note({ icon, children }: { readonly icon: IconName; readonly children: string }) {
  return (
    <span class="setting-note">
      <Icon name={icon} /> {children}
    </span>
  );
}

function fixedBy({ origin }: Setting, lang: Language): string {
  const t = settingsTexts(lang);
  if (origin.startsWith("--")) return t.fixedByFlag(origin);
  return origin.startsWith("ESSAIM_") ? t.fixedByEnvironment(origin) : t.fixed;
}
