import { Button, LinkButton } from "../button.tsx";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Icon } from "../icon.tsx";

export interface ConfirmProps {
  readonly lang: Language;
  /** A question. */
  readonly title: string;
  /** What follows from yes. */
  readonly text: readonly string[];
  /** What the button does. */
  readonly button: string;
  /** Where no leads. */
  readonly back: string;
  /** Sent along. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** A question before something that cannot be taken back, as a page: it works without scripts, and from the keyboard. */
export function Confirm({ lang, title, text, button, back, fields = {} }: ConfirmProps) {
  return (
    <form class="panel confirm" method="post">
      <div class="confirm-head">
        <Icon name="exclamation-triangle-fill" size={24} class="callout-icon-warn" />
        <h1>{title}</h1>
      </div>
      <ul>{text.map((line) => <li key={line}>{line}</li>)}</ul>
      {Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      <div class="confirm-foot">
        <LinkButton href={back}>{trackerClassTexts(lang).cancel}</LinkButton>
        <Button type="submit" kind="danger">{button}</Button>
      </div>
    </form>
  );
}
