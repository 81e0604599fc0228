import type { ShareRow } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";

export interface FileFactsProps {
  readonly lang: Language;
  readonly row: ShareRow;
  /** Undefined where the tracker does not say. */
  readonly copies: number | undefined;
  readonly fetched: number | undefined;
}

/** What is known of one own share. */
export function FileFacts({ lang, row, copies, fetched }: FileFactsProps) {
  const t = filesTexts(lang);
  const f = formats(lang);
  const { kind, size, files, chunks, at, path } = row;
  const facts: readonly (readonly [label: string, value: string])[] = [
    [t.details.size, kind === "folder" ? `${t.add.form.count(files)}, ${f.bytes(size)}` : f.bytes(size)],
    [t.details.chunks, f.count(chunks)],
    [t.details.copies, copies === undefined ? t.table.unknown : f.count(copies)],
    [t.details.fetched, fetched === undefined ? t.table.unknown : t.details.times(fetched)],
  ];
  return (
    <dl class="file-facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div>
        <dt>{t.details.since}</dt>
        <dd>
          <time dateTime={at} title={f.fullDate(at)}>{f.date(at)}</time>
        </dd>
      </div>
      <div class="file-facts-path">
        <dt>{t.details.path}</dt>
        <dd>
          <bdi class="name">{path}</bdi>
        </dd>
      </div>
    </dl>
  );
}
