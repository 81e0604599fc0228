import type { RosterRow } from "../../lib/core/teacher_roster.ts";
import { visibleText } from "../../lib/core/visible_text.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { Button } from "../button.tsx";
import { Icon, type IconName } from "../icon.tsx";
import { Head } from "../table.tsx";

export interface RosterTableProps {
  readonly lang: Language;
  readonly rows: readonly RosterRow[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The people of a class: who is here, on how many computers, and what can be done about each. */
export function RosterTable({ lang, rows, now }: RosterTableProps) {
  const { columns, caption } = trackerClassTexts(lang).people;
  return (
    <table class="data-table roster">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <Head>{columns.name}</Head>
          <Head>{columns.state}</Head>
          <Head numeric class="roster-computers">{columns.computers}</Head>
          <Head class="roster-since">{columns.since}</Head>
          <Head class="roster-actions">
            <span class="visually-hidden">{columns.actions}</span>
          </Head>
        </tr>
      </thead>
      <tbody>{rows.map((row) => <Row key={row.user} lang={lang} row={row} now={now} />)}</tbody>
    </table>
  );
}

function Row({ lang, row, now }: { readonly lang: Language; readonly row: RosterRow; readonly now: number }) {
  const t = trackerClassTexts(lang).people;
  const f = formats(lang);
  const { user, state, computers, since, lastSeen } = row;
  const name = visibleText(row.name);
  const page = personAddress(user);
  return (
    <tr data-state={state}>
      <th scope="row">
        <a class="name" href={page}>{name}</a>
      </th>
      <td>
        <span class="presence" data-state={state}>{t.states[state]}</span>
        {lastSeen !== undefined && (
          <span class="muted roster-seen" title={f.fullDate(lastSeen)}>{t.seen(f.date(lastSeen, now))}</span>
        )}
      </td>
      <td class="num roster-computers">{f.count(computers)}</td>
      <td class="roster-since">
        <time dateTime={new Date(since).toISOString()} title={f.fullDate(since)}>{f.date(since, now)}</time>
      </td>
      <td class="roster-actions">
        {state === "removed" ? <TakeBack lang={lang} user={user} name={name} /> : (
          <>
            <IconLink href={`${page}/reset`} icon="arrow-counterclockwise" label={t.reset(name)} />
            <IconLink href={`${page}/remove`} icon="trash3" label={t.remove(name)} />
          </>
        )}
      </td>
    </tr>
  );
}

export interface TakeBackProps {
  readonly lang: Language;
  /** Who was removed. */
  readonly user: RosterRow["user"];
  /** As it may be shown. */
  readonly name: string;
}

/** Nothing is asked before it: whoever is taken back can be removed again. */
export function TakeBack({ lang, user, name }: TakeBackProps) {
  const t = trackerClassTexts(lang).people;
  return (
    <form method="post" action={`${personAddress(user)}/restore`}>
      <Button type="submit" small icon="person" aria-label={t.restoreOf(name)}>{t.restore}</Button>
    </form>
  );
}

function IconLink({ href, icon, label }: { readonly href: string; readonly icon: IconName; readonly label: string }) {
  return (
    <a class="btn btn-bare btn-icon" href={href} aria-label={label} title={label}>
      <Icon name={icon} />
    </a>
  );
}

export function personAddress(user: RosterRow["user"]): string {
  return `/class/people/${user}`;
}
