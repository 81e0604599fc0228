/** A hexagon with its point up, radius 9, around (x, y); the same three as in static/favicon.svg. */
function hexagon(x: number, y: number): string {
  const dx = 7.794; // 9 · cos 30°
  return `M${x} ${y - 9}l${dx} 4.5v9l-${dx} 4.5l-${dx} -4.5v-9z`;
}

/** The mark of Essaim: three hexagons sharing edges, one filled, a chunk on its way through a swarm. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg class="brand-mark" width={size} height={size} viewBox="0 0 36 36" aria-hidden="true">
      <path class="mark-line" d={hexagon(10.206, 24.75) + hexagon(25.794, 24.75)} />
      <path class="mark-fill" d={hexagon(18, 11.25)} />
    </svg>
  );
}
