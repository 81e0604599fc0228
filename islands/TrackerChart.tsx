import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { HistoryBars } from "../components/tracker/history_bars.tsx";
import { historyDay, HistoryTable, historyTime } from "../components/tracker/history_table.tsx";
import { api } from "../lib/client/api.ts";
import type { Chart } from "../lib/client/chart.ts";
import { drawHistory } from "../lib/client/history_chart.ts";
import { startTrackerLive, trackerLive } from "../lib/client/tracker_live.ts";
import type { HistoryReply } from "../lib/core/messages.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { trackerTexts } from "../lib/i18n/tracker.ts";

export interface TrackerChartProps {
  readonly lang: Language;
  readonly history: HistoryReply;
}

type Range = HistoryReply["range"];
const RANGES: readonly Range[] = ["hour", "day", "week"];
/** Peers are counted into the history every second. */
const SOON_MS = 1_500;
/** The last bucket moves on even when nothing happens. */
const AGAIN_MS = 60_000;
const DAY_SECONDS = 86_400;

/** What was given over the last hour, day or week, and how many peers there were; also as a table. */
export default function TrackerChart({ lang, history: first }: TrackerChartProps) {
  const t = trackerTexts(lang).chart;
  const f = formats(lang);
  const history = useSignal(first);
  const isDrawn = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>();
  const due = useRef<ReturnType<typeof setTimeout>>();
  const { transferred: given, peers: present } = trackerLive.board.value?.stats ?? {};
  const returns = trackerLive.returns.value;

  const ask = (range: Range) =>
    api.get<HistoryReply>(`/api/history?range=${range}`).then((reply) => {
      history.value = reply;
      chart.current?.show(columns(reply));
    }, () => {}); // what is shown stays; the page says that the connection is lost

  useEffect(() => {
    startTrackerLive();
    const gone = new AbortController();
    const time = (at: number, span: number) =>
      span > DAY_SECONDS && isMidnight(at) ? historyDay(lang, at) : historyTime(lang, at, "day");
    void drawHistory(box.current!, { bytes: f.bytes, time, signal: gone.signal }).then((made) => {
      chart.current = made;
      made.show(columns(history.value));
      isDrawn.value = true;
    }).catch(() => {}); // the bars of the server stay
    const timer = setInterval(() => void ask(history.value.range), AGAIN_MS);
    gone.signal.addEventListener("abort", () => {
      clearInterval(timer);
      clearTimeout(due.current);
    });
    return () => gone.abort();
  }, []);
  useEffect(() => {
    if (returns === 0 || due.current !== undefined) return;
    due.current = setTimeout(() => {
      due.current = undefined;
      void ask(history.value.range);
    }, SOON_MS);
  }, [given, present, returns]);

  const choose = (event: Event, range: Range) => {
    event.preventDefault();
    void ask(range).then(() => globalThis.history.replaceState(null, "", range === "hour" ? "/" : `/?range=${range}`));
  };

  const { range, buckets } = history.value;
  const total = buckets.reduce((sum, { bytes }) => sum + bytes, 0);
  const most = Math.max(...buckets.map(({ peers }) => peers));
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{t.title}</h2>
        <form class="ranges" aria-label={t.range} method="get" action="/">
          {RANGES.map((name) => (
            <button
              key={name}
              type="submit"
              name="range"
              value={name}
              aria-pressed={name === range}
              onClick={(event) => choose(event, name)}
            >
              {t.ranges[name]}
            </button>
          ))}
        </form>
      </div>
      <div class="panel-body">
        <div class="chart history" role="img" aria-label={t.summary[range](f.bytes(total), most)}>
          {!isDrawn.value && <HistoryBars history={history.value} />}
          <div class="chart-box" ref={box} />
        </div>
        <div class="chart-foot">
          <details class="chart-table">
            <summary>{t.table}</summary>
            <HistoryTable lang={lang} history={history.value} />
          </details>
          <p class="legend muted">
            <span class="legend-item legend-given">{t.given}</span>
            <span class="legend-item legend-peers">{t.peers}</span>
          </p>
        </div>
      </div>
    </section>
  );
}

function isMidnight(seconds: number): boolean {
  const time = new Date(seconds * 1000);
  return time.getHours() === 0 && time.getMinutes() === 0;
}

/** With the end of the last bucket, to which it is drawn. */
function columns({ from, everySeconds, buckets }: HistoryReply): readonly (readonly number[])[] {
  const start = Date.parse(from) / 1000;
  const end = { peers: buckets.at(-1)!.peers, bytes: 0 };
  return [
    [...buckets, end].map((_, index) => start + index * everySeconds),
    [...buckets, end].map(({ peers }) => peers),
    [...buckets, end].map(({ bytes }) => bytes),
  ];
}
