import type { UploadBatch } from "../../lib/core/local_messages.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { formats } from "../../lib/i18n/formats.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button, LinkButton } from "../button.tsx";
import { Field } from "../field.tsx";
import { Callout } from "../panel.tsx";
import { listLink, type ListQuery, PAGE_SIZE } from "./list_query.ts";
import type { Directory } from "./recipients.ts";
import { VisibilityChoice } from "./visibility_choice.tsx";

/** What the page needs where no script drives it. */

export interface ClassProps {
  readonly lang: Language;
  readonly directory: Directory | undefined;
}

export interface PlainRecipientsProps {
  readonly lang: Language;
  readonly directory: Directory | undefined;
  /** Ids of people and groups. */
  readonly chosen: readonly string[];
}

/** The choice of names where no script drives it, as the fields `who`. */
export function PlainRecipients({ lang, directory, chosen }: PlainRecipientsProps) {
  const t = filesTexts(lang).permission;
  if (!directory || directory.recipients.length === 0) return null;
  const recipients = directory.recipients.toSorted((a, b) => a.name.localeCompare(b.name, lang, { numeric: true }));
  const { groups, people } = classTexts(lang);
  const kinds = [["group", groups.title], ["person", people]] as const;
  return (
    <Field id="who" label={t.people} help={t.peopleHelp}>
      <select id="who" class="form-select" name="who" multiple size={6} aria-describedby="who-help">
        {kinds.filter(([kind]) => recipients.some((one) => one.kind === kind)).map(([kind, label]) => (
          <optgroup key={kind} label={label}>
            {recipients.filter((one) =>
              one.kind === kind
            ).map(({ id, name }) => <option key={id} value={id} selected={chosen.includes(id)}>{name}</option>)}
          </optgroup>
        ))}
      </select>
    </Field>
  );
}

/** Adds files and chooses who sees them in one step. */
export function AddForm({ lang, directory }: ClassProps) {
  const t = filesTexts(lang).add.form;
  return (
    <form class="panel plain-form" method="post" action="/files" encType="multipart/form-data">
      <h2>{t.title}</h2>
      <Field id="add-files" label={t.files}>
        <input id="add-files" class="form-control" type="file" name="files" multiple required />
      </Field>
      <VisibilityChoice
        lang={lang}
        value="public"
        className={directory?.className}
        legend={t.who}
        showLegend
        offersLater
      />
      <div>
        <Button kind="primary" type="submit">{t.submit}</Button>
      </div>
    </form>
  );
}

/** Chooses who sees files that were added before. */
export function ChooseForm({ lang, directory, batch }: ClassProps & { readonly batch: UploadBatch }) {
  const t = filesTexts(lang);
  return (
    <form class="panel plain-form" method="post" action="/files">
      <input type="hidden" name="batch" value={batch.batch} />
      <h2>{batch.files === 1 ? t.details.who : t.permission.titleMany(t.permission.these(batch.files))}</h2>
      <p class="muted mb-0">
        <bdi class="name">{formats(lang).list(batch.entries.map(({ name }) => name))}</bdi>
      </p>
      <VisibilityChoice lang={lang} value="public" className={directory?.className} legend={t.details.who}>
        <PlainRecipients lang={lang} directory={directory} chosen={[]} />
      </VisibilityChoice>
      <div class="plain-actions">
        <Button kind="primary" type="submit" name="do" value="share">{t.permission.save}</Button>
        <LinkButton href="/files">{frameTexts(lang).buttons.cancel}</LinkButton>
      </div>
    </form>
  );
}

export interface PagesProps {
  readonly lang: Language;
  readonly query: ListQuery;
  readonly offset: number;
  readonly shown: number;
  readonly total: number;
}

/** To the pages before and after. */
export function Pages({ lang, query, offset, shown, total }: PagesProps) {
  if (total <= shown) return null;
  const t = filesTexts(lang).table;
  const { count } = formats(lang);
  return (
    <nav class="list-pages" aria-label={t.pages}>
      {offset > 0 && (
        <LinkButton href={listLink(query, Math.max(0, offset - PAGE_SIZE))} icon="chevron-left">
          {t.previous}
        </LinkButton>
      )}
      <span class="muted">{t.range(count(offset + 1), count(offset + shown), count(total))}</span>
      {offset + shown < total && <LinkButton href={listLink(query, offset + PAGE_SIZE)}>{t.next}</LinkButton>}
    </nav>
  );
}

/** What a form has done, as the address after it tells. */
export const DONE = ["added", "kept", "saved", "deleted", "restored", "discarded"] as const;

export interface DoneProps {
  readonly lang: Language;
  readonly done: typeof DONE[number];
  /** What is sent to take it back. */
  readonly undo?: { readonly action: string; readonly fields: Readonly<Record<string, string>> } | undefined;
}

export function Done({ lang, done, undo }: DoneProps) {
  return (
    <Callout kind="done" role="status">
      <form class="plain-actions" method="post" action={undo?.action}>
        <span>{filesTexts(lang).notices[done]}</span>
        {Object.entries(undo?.fields ?? {}).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {undo && <Button small type="submit">{frameTexts(lang).notices.undo}</Button>}
      </form>
    </Callout>
  );
}
