import { visibleText } from "../../lib/core/visible_text.ts";
import type { FoundShare } from "../../lib/core/messages.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";

export interface FileFactsProps {
  readonly lang: Language;
  /** Of one content, newest first. */
  readonly shares: readonly FoundShare[];
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is known of a file: its size, who shares it since when and under which names, how often it was fetched. */
export function FileFacts({ lang, shares, size, now }: FileFactsProps) {
  const t = trackerTexts(lang).file;
  const f = formats(lang);
  const [first] = shares;
  const owners = [...new Map(shares.map(({ ownerId, owner }) => [ownerId, owner]))];
  const otherNames = [...new Set(shares.map(({ name }) => name))].slice(1);
  const times = shares.reduce((sum, { downloads = 0 }) => sum + downloads, 0);
  return (
    <dl class="about">
      <div>
        <dt>{t.size}</dt>
        <dd title={t.bytes(size)}>{f.bytes(size)}</dd>
      </div>
      <div>
        <dt>{t.owners}</dt>
        <dd class="fact-list">
          {owners.map(([id, name]) => (
            <a key={id} class="name" href={`/search?${new URLSearchParams({ owner: name })}`}>
              <bdi>{visibleText(name)}</bdi>
            </a>
          ))}
        </dd>
      </div>
      <div>
        <dt>{t.shared}</dt>
        <dd>
          <time dateTime={first!.at} title={f.fullDate(first!.at)}>{f.date(first!.at, now)}</time>
        </dd>
      </div>
      <div>
        <dt>{t.fetched}</dt>
        <dd>{t.times(times)}</dd>
      </div>
      {otherNames.length > 0 && (
        <div>
          <dt>{t.alsoCalled}</dt>
          <dd class="fact-list">{otherNames.map((name) => <bdi key={name} class="name">{visibleText(name)}</bdi>)}</dd>
        </div>
      )}
    </dl>
  );
}
