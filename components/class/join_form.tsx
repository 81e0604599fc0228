import type { JSX } from "preact";
import { classTexts } from "../../lib/i18n/class.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button } from "../button.tsx";
import { describedBy, Field } from "../field.tsx";
import { type HeardClass, HeardClasses, heardLink } from "./heard_classes.tsx";

export interface JoinTyped {
  readonly link: string;
  readonly tracker: string;
  /** Class chosen among those that were heard, as `heardLink` gives it; "" for none. */
  readonly heard: string;
  readonly name: string;
}

export interface JoinFormProps {
  readonly lang: Language;
  readonly typed: JoinTyped;
  /** Whether a tracker is set: else a code alone says not where the class is. */
  readonly hasTracker: boolean;
  readonly heard: readonly HeardClass[];
  /** Where the plain form leads when the class is joined. */
  readonly after?: string;
  /** Class from which this computer was removed. */
  readonly removedFrom: string | null;
  /** Code of an error. */
  readonly failed?: string | undefined;
  readonly isBusy?: boolean;
  onInput?(typed: Partial<JoinTyped>): void;
  onSubmit?(event: JSX.TargetedSubmitEvent<HTMLFormElement>): void;
}

/** Which field an error is about. */
const ABOUT: Readonly<Record<string, "link" | "name">> = { "name-taken": "name", conflict: "name" };

/** Where the tracker was asked is no class: with a code alone, at the address that happens to be set. */
const NOWHERE: ReadonlySet<string> = new Set(["unreachable", "not-found"]);

/** Joins a class by a link or code and a name; sent as a plain form where no script drives it. */
export function JoinForm(props: JoinFormProps) {
  const { lang, typed, hasTracker, heard, after, removedFrom, failed, isBusy, onInput, onSubmit } = props;
  const t = classTexts(lang).join;
  const texts: Readonly<Record<string, string>> = errorsTexts(lang);
  const isCodeAlone = !/[/#:]/.test(typed.link) && typed.link.trim() !== "";
  const chosen = heard.find((one) => heardLink(one) === typed.heard);
  const isNowhere = failed !== undefined && NOWHERE.has(failed) && isCodeAlone && chosen === undefined;
  const needsTracker = chosen === undefined && isCodeAlone && (!hasTracker || isNowhere || typed.tracker !== "");
  const error = failed === undefined
    ? undefined
    : isNowhere
    ? t.nowhere
    : failed === "wrong-code" && isHalf(typed.link, chosen)
    ? t.halfMissing
    : t.errors[failed] ?? texts[failed] ?? texts.internal;
  const errorOf = (field: "link" | "name") => failed && (ABOUT[failed] ?? "link") === field ? error : undefined;
  const field = (
    name: "link" | "tracker" | "name",
    label: string,
    help: string,
    more: JSX.InputHTMLAttributes<HTMLInputElement> = {},
  ) => {
    const id = `join-${name}`;
    const wrong = name === "tracker" ? undefined : errorOf(name);
    return (
      <Field id={id} label={label} help={help} error={wrong ?? ""}>
        <input
          {...describedBy(id, help, wrong)}
          class={`form-control ${wrong ? "is-invalid" : ""}`}
          type="text"
          name={name}
          autocomplete="off"
          spellcheck={false}
          value={typed[name]}
          onInput={onInput && ((event) => onInput({ [name]: event.currentTarget.value }))}
          {...more}
        />
      </Field>
    );
  };
  return (
    <form class="join-form" method="post" action="/class" onSubmit={onSubmit}>
      <input type="hidden" name="do" value="join" />
      {after && <input type="hidden" name="after" value={after} />}
      <p class="muted">{removedFrom === null ? t.text : t.removed(removedFrom)}</p>
      {heard.length === 0 ? <p role="status">{t.heard.none}</p> : (
        <HeardClasses
          lang={lang}
          heard={heard}
          value={typed.heard}
          onChoose={onInput && ((heard) => onInput({ heard }))}
        />
      )}
      {field("link", chosen ? t.code : t.link, chosen ? t.codeHelp(onOneLine(chosen.fingerprint)) : t.linkHelp, {
        required: true,
        maxLength: 500,
        dir: "ltr",
      })}
      {(needsTracker || !onInput && !hasTracker) &&
        field("tracker", t.tracker, t.trackerHelp, { inputMode: "url", maxLength: 500, dir: "ltr" })}
      {field("name", t.name, t.nameHelp, { required: true, maxLength: 64, dir: "auto" })}
      <div>
        <Button kind="primary" type="submit" aria-disabled={isBusy}>{isBusy ? t.joining : t.submit}</Button>
      </div>
    </form>
  );
}

/** A code is compared at a glance: no line ends within it. */
function onOneLine(code: string): string {
  return code.replaceAll("-", "\u2011");
}

/** Eight of the sixteen letters and digits of a code; of a class that was chosen, the half that is shown. */
function isHalf(link: string, chosen: HeardClass | undefined): boolean {
  const plain = (text: string) =>
    text.toUpperCase().replace(/[^A-Z0-9]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  const typed = plain(link.slice(link.lastIndexOf("#") + 1));
  return typed.length === 8 && (!chosen || typed === plain(chosen.fingerprint));
}
