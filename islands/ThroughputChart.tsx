import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Sparkline } from "../components/sparkline.tsx";
import { api } from "../lib/client/api.ts";
import { type Chart, drawChart } from "../lib/client/chart.ts";
import { live, startLive } from "../lib/client/live.ts";
import type { Throughput } from "../lib/core/local_messages.ts";
import { dashboardTexts } from "../lib/i18n/dashboard.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";

export interface ThroughputChartProps {
  readonly lang: Language;
  readonly throughput: Throughput;
}

/** Bytes a second received and sent over the last minutes, moving on as they are measured. */
export default function ThroughputChart({ lang, throughput: first }: ThroughputChartProps) {
  const t = dashboardTexts(lang);
  const { rate } = formats(lang);
  const data = useSignal(first);
  const isDrawn = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>();
  const returns = live.returns.value;
  const show = (throughput: Throughput) => {
    data.value = throughput;
    chart.current?.show(columns(throughput));
  };

  useEffect(() => {
    startLive();
    const gone = new AbortController();
    const colours = [{ colour: "--es-chart-down" }, { colour: "--es-chart-up", isDashed: true }];
    void drawChart(box.current!, { series: colours, format: rate, signal: gone.signal }).then((made) => {
      chart.current = made;
      made.show(columns(data.value));
      isDrawn.value = true;
    }).catch(() => {}); // the drawing of the server stays
    return () => gone.abort();
  }, []);
  useEffect(() =>
    live.rates.subscribe((rates) => {
      if (!rates) return;
      const { everyMs, down, up } = data.value;
      show({ everyMs, down: [...down.slice(1), rates.down], up: [...up.slice(1), rates.up] });
    }), []);
  useEffect(() => {
    if (returns > 0) api.get<Throughput>("/api/throughput").then(show, () => {});
  }, [returns]);

  const { down, up } = data.value;
  return (
    <div class="chart" role="img" aria-label={t.chart(rate(down.at(-1) ?? 0), rate(up.at(-1) ?? 0))}>
      {!isDrawn.value && (
        <Sparkline
          series={[{ values: up, class: "line-up" }, { values: down, class: "line-down" }]}
        />
      )}
      <div class="chart-box" ref={box} />
    </div>
  );
}

/** Seconds before now, and both rates. */
function columns({ everyMs, down, up }: Throughput): readonly (readonly number[])[] {
  return [down.map((_, index) => (index + 1 - down.length) * everyMs / 1000), down, up];
}
