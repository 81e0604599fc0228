import { visibleText } from "../../lib/core/visible_text.ts";
import type { FileId } from "../../lib/core/ids.ts";
import type { Source } from "../../lib/core/messages.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { EmptyState } from "../empty_state.tsx";
import { Icon } from "../icon.tsx";

export interface FileSourcesProps {
  readonly lang: Language;
  readonly id: FileId;
  readonly kind: "file" | "folder";
  readonly sources: readonly Source[];
}

/** Listed at once; the others can be unfolded. */
const AT_FIRST = 6;

/** The computers that have a file now, each with a link to fetch it from there. */
export function FileSources({ lang, id, kind, sources }: FileSourcesProps) {
  const t = trackerTexts(lang).file;
  if (sources.length === 0) return <EmptyState drawing="lost" title={t.nobody} text={t.nobodyHelp} />;
  const ordered = inOrder(sources);
  const others = ordered.slice(AT_FIRST);
  return (
    <>
      {kind === "file" && <p class="file-sources-help muted">{t.sourcesHelp}</p>}
      <SourceList lang={lang} id={id} kind={kind} sources={ordered.slice(0, AT_FIRST)} />
      {others.length > 0 && (
        <details class="file-sources-more">
          <summary>{trackerTexts(lang).peers.more(others.length)}</summary>
          <SourceList lang={lang} id={id} kind={kind} sources={others} />
        </details>
      )}
    </>
  );
}

function SourceList({ lang, id, kind, sources }: FileSourcesProps) {
  return (
    <ul class="file-sources">
      {sources.map((source) => <SourceRow key={source.peerId} {...{ lang, id, kind, source }} />)}
    </ul>
  );
}

function inOrder(sources: readonly Source[]): Source[] {
  return sources.toSorted((a, b) => Number(hasAll(b)) - Number(hasAll(a)) || a.name.localeCompare(b.name));
}

function SourceRow({ lang, id, kind, source }: Omit<FileSourcesProps, "sources"> & { readonly source: Source }) {
  const t = trackerTexts(lang).file;
  const { name, have, of } = source;
  const shown = visibleText(name);
  return (
    <li>
      <Icon name="person" />
      <bdi class="name-line file-source-name">{shown}</bdi>
      <span class="muted file-source-part">
        {hasAll(source) ? t.all : of > 0 ? formats(lang).percent(have / of) : ""}
      </span>
      {hasAll(source) && kind === "file" && (
        <a class="btn btn-sm btn-quiet" href={contentAddress(id, source)} aria-label={t.downloadFrom(shown)}>
          <Icon name="download" />
          <span class="file-source-word">{t.download}</span>
        </a>
      )}
    </li>
  );
}

/** Where any program fetches the whole file from this peer. */
export function contentAddress(id: FileId, { host, port }: Source): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/v1/files/${id}/content`;
}

export function hasAll({ have, of }: Source): boolean {
  return have > 0 && have === of;
}
