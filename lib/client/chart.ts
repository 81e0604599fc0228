import type uPlot from "uplot";

export interface ChartOptions {
  /** One for each column after the first; colours are CSS variables, so that they follow the theme. */
  readonly series: readonly { readonly colour: string; readonly isDashed?: boolean }[];
  /** Text of a value on the axis. */
  format(value: number): string;
  /** Takes it away. */
  readonly signal: AbortSignal;
}

export interface Chart {
  /** The x values, then each series, all of the same length. */
  show(columns: readonly (readonly number[])[]): void;
}

/** What charts have in common. `colour` reads a CSS variable of the theme. */
export interface ChartKit {
  readonly uPlot: typeof uPlot;
  readonly font: string;
  colour(variable: string): string;
}

/** A line chart that fills its element, in the colours of the theme. */
export function drawChart(element: HTMLElement, { series, format, signal }: ChartOptions): Promise<Chart> {
  return mountChart(element, signal, ({ colour, font }) => ({
    padding: [8, 0, 4, 0],
    scales: { x: { time: false }, y: { range: (_chart, _least, most) => [0, Math.max(1_000, most * 1.1)] } },
    axes: [
      { show: false },
      {
        size: 76,
        font,
        gap: 8,
        stroke: () => colour("--es-muted"),
        ticks: { show: false },
        grid: { stroke: () => colour("--es-line"), width: 1 },
        splits: (chart) => evenly(chart.scales.y!.max ?? 1),
        values: (_chart, splits) => splits.map(format),
      },
    ],
    series: [
      {},
      ...series.map(({ colour: variable, isDashed }) => ({
        stroke: () => colour(variable),
        width: 2,
        points: { show: false },
        ...isDashed && { dash: [6, 4] },
      })),
    ],
  }));
}

/** A chart that fills its element and is drawn again in the colours of each theme. Loads the library at the first call. */
export async function mountChart(
  element: HTMLElement,
  signal: AbortSignal,
  describe: (kit: ChartKit) => Omit<uPlot.Options, "width" | "height">,
): Promise<Chart> {
  const { default: UPlot } = await import("uplot");
  const colour = (variable: string) => getComputedStyle(element).getPropertyValue(variable).trim();
  const size = () => ({ width: element.clientWidth || 300, height: element.clientHeight || 180 });
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const options = { legend: { show: false }, cursor: { show: false }, ...describe({ uPlot: UPlot, colour, font }) };
  const nothing: readonly (readonly number[])[] = options.series.map(() => []);
  const chart = new UPlot({ ...options, ...size() }, nothing as uPlot.AlignedData, element);
  const redraw = () => chart.redraw(false);

  const resized = new ResizeObserver(() => chart.setSize(size()));
  resized.observe(element);
  const themed = new MutationObserver(redraw);
  themed.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw, { signal });
  const end = () => {
    resized.disconnect();
    themed.disconnect();
    chart.destroy();
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });

  return {
    show(columns) {
      if (!signal.aborted) chart.setData(columns as uPlot.AlignedData);
    },
  };
}

/** About so many round steps up to a value. */
export function evenly(most: number, steps = 3): number[] {
  const rough = most / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.8)!;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}
