import { visibleRows } from "./history_rows.ts";
import type { HistoryReply } from "../../lib/core/messages.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { Head } from "../table.tsx";

const LOCALES = { en: "en-GB", fr: "fr-FR" } as const;
const DAY = { weekday: "short", day: "numeric" } as const;
const TIME = { hour: "2-digit", minute: "2-digit" } as const;

/** What the chart shows, to be read. */
export function HistoryTable({ lang, history }: { readonly lang: Language; readonly history: HistoryReply }) {
  const t = trackerTexts(lang).chart;
  const f = formats(lang);
  const rows = visibleRows(history);
  if (rows.length === 0) return <p class="muted">{t.nothing}</p>;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={t.title}>
      <table class="data-table">
        <thead>
          <tr>
            <Head>{t.from}</Head>
            <Head numeric>{t.given}</Head>
            <Head numeric>{t.downloads}</Head>
            <Head numeric>{t.shared}</Head>
            <Head numeric>{t.peers}</Head>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, bytes, downloads, shared, peers }) => (
            <tr key={at}>
              <th scope="row" class="history-from">{historyTime(lang, at, history.range)}</th>
              <td class="num">{f.bytes(bytes)}</td>
              <td class="num">{f.count(downloads)}</td>
              <td class="num">{f.count(shared)}</td>
              <td class="num">{f.count(peers)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** "Thu 19". */
export function historyDay(lang: Language, at: number): string {
  return new Intl.DateTimeFormat(LOCALES[lang], DAY).format(at * 1000);
}

/** "14:05", with the day where there are several. */
export function historyTime(lang: Language, at: number, range: HistoryReply["range"]): string {
  return new Intl.DateTimeFormat(LOCALES[lang], range === "week" ? { ...DAY, ...TIME } : TIME).format(at * 1000);
}
