import type { HistoryReply } from "../../lib/core/messages.ts";

const WIDTH = 600;
const HEIGHT = 100;

/** Bytes over time as bars without axes; fills its box. For pages without JavaScript, and until the chart is there. */
export function HistoryBars({ history: { buckets } }: { readonly history: HistoryReply }) {
  const most = Math.max(1, ...buckets.map(({ bytes }) => bytes));
  const step = WIDTH / buckets.length;
  return (
    <svg class="history-bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {buckets.map(({ bytes }, index) => {
        const height = bytes / most * HEIGHT;
        return bytes > 0 && (
          <rect
            key={index}
            x={(index * step).toFixed(2)}
            y={(HEIGHT - height).toFixed(2)}
            width={(step * .8).toFixed(2)}
            height={height.toFixed(2)}
          />
        );
      })}
    </svg>
  );
}
