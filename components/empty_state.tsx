import type { ComponentChildren } from "preact";

export type Drawing = "files" | "network" | "transfers" | "activity" | "lost";

export interface EmptyStateProps {
  readonly drawing: Drawing;
  readonly title: string;
  readonly text?: string;
  /** `h1` where it is the whole page. */
  readonly heading?: "h1" | "h2";
  /** Buttons of the next step. */
  readonly children?: ComponentChildren;
}

/** What a list shows while it has nothing: why, and the next step. */
export function EmptyState({ drawing, title, text, heading: Heading = "h2", children }: EmptyStateProps) {
  return (
    <div class="empty">
      <HexagonDrawing of={drawing} />
      <Heading>{title}</Heading>
      {text && <p>{text}</p>}
      {children && <div class="actions">{children}</div>}
    </div>
  );
}

/** A hexagon with its point up, radius 16. */
function cell(x: number, y: number): string {
  return `M${x} ${y - 16}l13.86 8v16l-13.86 8l-13.86 -8v-16z`;
}

/** Four cells of a comb around what the list is about. */
const CELLS: Record<
  Drawing,
  { readonly lines: readonly [number, number][]; readonly filled: readonly [number, number][] }
> = {
  files: { lines: [[32, 44], [87.4, 44], [45.9, 20], [73.6, 20]], filled: [[59.7, 44]] },
  network: { lines: [[32, 44], [59.7, 44], [87.4, 44], [73.6, 20]], filled: [[45.9, 20]] },
  transfers: { lines: [[32, 44], [45.9, 20], [73.6, 20]], filled: [[59.7, 44], [87.4, 44]] },
  activity: { lines: [[32, 44], [59.7, 44], [87.4, 44]], filled: [[73.6, 20]] },
  lost: { lines: [[32, 44], [87.4, 44], [45.9, 20], [73.6, 20]], filled: [] },
};

function HexagonDrawing({ of }: { readonly of: Drawing }) {
  const { lines, filled } = CELLS[of];
  return (
    <svg class="empty-drawing" width="120" height="64" viewBox="0 0 120 64" aria-hidden="true">
      <path
        d={lines.map(([x, y]) => cell(x, y)).join("")}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
        stroke-dasharray={of === "lost" ? "3 3" : undefined}
      />
      <path
        d={filled.map(([x, y]) => cell(x, y)).join("")}
        class="mark-fill"
      />
    </svg>
  );
}
