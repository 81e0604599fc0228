export interface SparklineProps {
  /** From the back to the front: values, oldest first, and the class that colours them. */
  readonly series: readonly { readonly values: readonly number[]; readonly class: string }[];
}

const WIDTH = 600;
const HEIGHT = 100;

/** Values over time without axes; fills its box. For pages without JavaScript, and until the chart is there. */
export function Sparkline({ series }: SparklineProps) {
  const most = Math.max(1, ...series.flatMap(({ values }) => values));
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {series.map(({ values, class: name }) => (
        <polyline
          key={name}
          class={name}
          fill="none"
          points={points(values, most)}
          vector-effect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}

function points(values: readonly number[], most: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  const height = (value: number) => HEIGHT - 2 - (value / most) * (HEIGHT - 4);
  return values.map((value, index) => `${(index * step).toFixed(1)},${height(value).toFixed(1)}`).join(" ");
}
