import type { ClassView } from "../../lib/core/local_messages.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";

export interface ClassFactsProps {
  readonly lang: Language;
  readonly joined: NonNullable<ClassView["joined"]>;
}

const NAMED = 60;

/** The class, who this user is there and until when, and who else is in it. */
export function ClassFacts({ lang, joined: { name, me, until, people } }: ClassFactsProps) {
  const t = classTexts(lang);
  const names = people.map(({ name }) => name).sort((a, b) => a.localeCompare(b, lang));
  return (
    <dl class="class-facts">
      <dt>{t.className}</dt>
      <dd>
        <bdi>{name}</bdi>
      </dd>
      <dt>{t.me}</dt>
      <dd>
        <bdi>{me}</bdi>
      </dd>
      <dt>{t.until}</dt>
      <dd>
        <time dateTime={until}>{formats(lang).fullDate(until)}</time> <span class="muted">{t.untilHelp}</span>
      </dd>
      <dt>{t.people}</dt>
      <dd>
        {names.length === 0 ? <span class="muted">{t.alone}</span> : (
          <details>
            <summary>{t.peopleCount(names.length)}</summary>
            <ul class="people">
              {names.slice(0, NAMED).map((name) => (
                <li key={name}>
                  <bdi>{name}</bdi>
                </li>
              ))}
              {names.length > NAMED && <li class="muted">{t.morePeople(names.length - NAMED)}</li>}
            </ul>
          </details>
        )}
      </dd>
    </dl>
  );
}
