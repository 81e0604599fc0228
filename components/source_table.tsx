import { sourceLook } from "../lib/core/chunk_cells.ts";
import type { Download } from "../lib/core/local_messages.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { transfersTexts } from "../lib/i18n/transfers.ts";
import { visibleText } from "../lib/core/visible_text.ts";

export interface SourceTableProps {
  readonly lang: Language;
  readonly download: Download;
  /** Place of each peer in the drawing of the chunks, which gives its colour. */
  readonly places?: ReadonlyMap<string, number> | undefined;
}

/** Who gave how much, and how fast at the moment; the legend of the drawing of the chunks. */
export function SourceTable({ lang, download: { sources }, places }: SourceTableProps) {
  const t = transfersTexts(lang).sources;
  const f = formats(lang);
  if (sources.length === 0) return <p class="muted">{t.none}</p>;
  return (
    <table class="source-table">
      <caption class="visually-hidden">{t.title}</caption>
      <thead>
        <tr>
          <th scope="col">{t.name}</th>
          <th scope="col" class="num">{t.bytes}</th>
          <th scope="col" class="num">{t.rate}</th>
        </tr>
      </thead>
      <tbody>
        {sources.map(({ peerId, name, bytes, rate }) => (
          <tr key={peerId}>
            <th scope="row">
              <SourceSwatch place={places?.get(peerId)} />
              <bdi class="name">{visibleText(name)}</bdi>
            </th>
            <td class="num">{f.bytes(bytes)}</td>
            <td class="num">{rate > 0 ? f.rate(rate) : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A cell as it is drawn for that source. */
export function SourceSwatch({ place }: { readonly place: number | undefined }) {
  if (place === undefined) return null;
  const { hue, pattern } = sourceLook(place);
  return (
    <svg class="swatch" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <rect class={`owner-${hue}`} width="12" height="12" rx="3" />
      {pattern !== "plain" && <path class="swatch-line" d={`M0 12L12 0${pattern === "crossed" ? "M0 0L12 12" : ""}`} />}
    </svg>
  );
}
