import type uPlot from "uplot";
import { type Chart, evenly, mountChart } from "./chart.ts";

export interface HistoryChartOptions {
  /** Text of an amount of bytes. */
  bytes(amount: number): string;
  /** Text of a moment (seconds since 1970) on the axis, which covers `span` seconds. */
  time(seconds: number, span: number): string;
  readonly signal: AbortSignal;
}

/** Narrower, the axis would repeat itself. */
const LABEL_PX = 72;
const STEPS = 4;
const LEAST_BYTES = 1_000;
const LEAST_PEERS = 4;

/** Peers as an area in steps, before it bytes as bars. Columns: seconds since 1970, peers, bytes. */
export function drawHistory(
  element: HTMLElement,
  { bytes, time, signal }: HistoryChartOptions,
): Promise<Chart> {
  return mountChart(element, signal, ({ uPlot, colour, font }) => {
    const axis = { font, stroke: () => colour("--es-muted"), ticks: { show: false } } satisfies uPlot.Axis;
    const none = { show: false } as const;
    return {
      padding: [8, 0, 0, 0],
      scales: {
        x: { time: true },
        bytes: { range: (_chart, _least, most) => [0, Math.max(LEAST_BYTES, most * 1.1)] },
        peers: { range: (_chart, _least, most) => [0, Math.max(LEAST_PEERS, most * 1.25)] },
      },
      axes: [
        {
          ...axis,
          size: 28,
          space: LABEL_PX,
          grid: none,
          values: (chart, splits) => splits.map((at) => time(at, chart.scales.x!.max! - chart.scales.x!.min!)),
        },
        {
          ...axis,
          scale: "bytes",
          size: 68,
          gap: 8,
          grid: { stroke: () => colour("--es-line"), width: 1 },
          splits: (chart) => evenly(chart.scales.bytes!.max ?? 1, STEPS),
          values: (_chart, splits) => splits.map(bytes),
        },
        {
          ...axis,
          stroke: () => colour("--es-chart-up"),
          scale: "peers",
          side: 1,
          size: 36,
          gap: 8,
          grid: none,
          splits: (chart) => evenly(chart.scales.peers!.max ?? 1, STEPS).filter(Number.isInteger),
          values: (_chart, splits) => splits.map(String),
        },
      ],
      series: [
        {},
        {
          scale: "peers",
          stroke: () => colour("--es-chart-up"),
          fill: () => colour("--es-honey-soft"),
          width: 1.5,
          paths: uPlot.paths.stepped!({ align: 1 }),
          points: none,
        },
        {
          scale: "bytes",
          fill: () => colour("--es-chart-down"),
          paths: uPlot.paths.bars!({ size: [0.8, 24], align: 1, radius: 0.15 }),
          points: none,
        },
      ],
    };
  });
}
