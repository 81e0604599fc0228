import type { ComponentChildren } from "preact";
import type { LocalTime } from "../lib/core/quiet_times.ts";
import type { Language } from "../lib/i18n/language.ts";
import { settingsTexts } from "../lib/i18n/settings.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import { changedRows, holdsNow, MOST_QUIET_ROWS, problemOf, type QuietRow } from "./quiet_rows.ts";

export interface QuietTimesProps {
  readonly lang: Language;
  /** Of the setting: begins the name and id of every field. */
  readonly id: string;
  readonly label: string;
  readonly help: ComponentChildren;
  readonly rows: readonly QuietRow[];
  readonly disabled: boolean;
  /** Whether they were refused: then each wrong row says what is wrong with it. */
  readonly isWrong: boolean;
  /** What the clock shows, once known: rows that hold are marked. */
  readonly now?: LocalTime | undefined;
  onRows(rows: QuietRow[]): void;
}

/** Hours with other limits, a row each. Without JavaScript its buttons send the form, which comes back with a row more or less. */
export function QuietTimes({ lang, id, label, help, rows, disabled, isWrong, now, onRows }: QuietTimesProps) {
  const t = settingsTexts(lang).quiet;
  const order = (order: string) => ({
    type: "submit" as const,
    name: "quiet",
    value: order,
    disabled,
    onClick: (event: Event) => {
      event.preventDefault();
      onRows(changedRows(rows, order));
    },
  });
  return (
    <fieldset id={id} class="quiet-times" tabIndex={-1} aria-describedby={`${id}-help`}>
      <legend class="form-label">{label}</legend>
      <div class="form-text" id={`${id}-help`}>{help}</div>
      <input type="hidden" name={id} value={rows.length} disabled={disabled} />
      {rows.map((row, index) => (
        <QuietTimeRow
          key={index}
          {...{ lang, row, disabled }}
          id={`${id}.${index}`}
          title={t.one(index + 1)}
          problem={isWrong ? problemOf(row) : undefined}
          holds={now !== undefined && holdsNow(row, now)}
          remove={<Button kind="bare" icon="trash3" label={t.remove(index + 1)} {...order(`remove-${index}`)} />}
          onRow={(changed) => onRows(rows.map((one, at) => at === index ? changed : one))}
        />
      ))}
      {rows.length < MOST_QUIET_ROWS && <Button icon="plus-lg" {...order("add")}>{t.add}</Button>}
    </fieldset>
  );
}

interface RowProps {
  readonly lang: Language;
  readonly id: string;
  readonly title: string;
  readonly row: QuietRow;
  readonly disabled: boolean;
  readonly problem: ReturnType<typeof problemOf>;
  readonly holds: boolean;
  readonly remove: ComponentChildren;
  onRow(row: QuietRow): void;
}

function QuietTimeRow({ lang, id, title, row, disabled, problem, holds, remove, onRow }: RowProps) {
  const t = settingsTexts(lang).quiet;
  const error = problem && `${id}-error`;
  const wrong = (...names: RowProps["problem"][]) =>
    names.includes(problem) ? { "aria-invalid": true, "aria-describedby": error } : {};
  const input = (name: "from" | "to" | "up" | "down", ...problems: RowProps["problem"][]) => ({
    id: `${id}.${name}`,
    name: `${id}.${name}`,
    value: row[name],
    disabled,
    class: `form-control ${problems.includes(problem) ? "is-invalid" : ""}`,
    ...wrong(...problems),
    onInput: (event: { currentTarget: { value: string } }) => onRow({ ...row, [name]: event.currentTarget.value }),
  });
  return (
    <fieldset class="quiet-time">
      <legend>
        {title}
        {holds && (
          <span class="quiet-now">
            <Icon name="clock" /> {t.now}
          </span>
        )}
      </legend>
      <div class="quiet-days" role="group" aria-label={t.days} {...wrong("days")}>
        {t.dayNames.map(([short, long], day) => (
          <label key={day} title={long}>
            <input
              type="checkbox"
              class="form-check-input"
              name={`${id}.days`}
              value={day}
              checked={row.days.includes(day)}
              disabled={disabled}
              aria-label={long}
              onChange={({ currentTarget: { checked } }) =>
                onRow({
                  ...row,
                  days: t.dayNames.map((_, at) => at).filter((at) => at === day ? checked : row.days.includes(at)),
                })}
            />
            <span aria-hidden="true">{short}</span>
          </label>
        ))}
      </div>
      <div class="quiet-fields">
        <label>
          <span>{t.from}</span>
          <input type="time" {...input("from", "hours")} />
        </label>
        <label>
          <span>{t.to}</span>
          <input type="time" {...input("to", "hours")} />
        </label>
        <label>
          <span>{t.up}</span>
          <input
            type="text"
            placeholder={t.asUsual}
            spellcheck={false}
            autocomplete="off"
            {...input("up", "up", "limit")}
          />
        </label>
        <label>
          <span>{t.down}</span>
          <input
            type="text"
            placeholder={t.asUsual}
            spellcheck={false}
            autocomplete="off"
            {...input("down", "down", "limit")}
          />
        </label>
        {remove}
      </div>
      {problem && (
        <div class="field-error" id={error} role="alert">
          <Icon name="exclamation-circle-fill" /> {t.problems[problem]}
        </div>
      )}
    </fieldset>
  );
}
