import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

export type Order = "asc" | "desc";

export interface SortHeadProps {
  readonly label: string;
  /** The order of this column when the table is sorted by it. */
  readonly order?: Order | undefined;
  /** Right-aligned figures. */
  readonly numeric?: boolean;
  readonly class?: string;
  /** Where to go without JavaScript: the same page sorted by this column. */
  readonly href: string;
  onSort?(): void;
}

const ARIA_SORT = { asc: "ascending", desc: "descending" } as const;

/** Head of a column that can be sorted by. */
export function SortHead({ label, order, numeric, class: extra = "", href, onSort }: SortHeadProps) {
  const sort = onSort && ((event: Event) => {
    event.preventDefault();
    onSort();
  });
  return (
    <th
      scope="col"
      role="columnheader"
      class={`${numeric ? "num" : ""} ${extra}`}
      aria-sort={order && ARIA_SORT[order]}
    >
      <a class="sort" href={href} onClick={sort}>
        {label}
        <Icon name={order === "desc" ? "arrow-down" : "arrow-up"} size={12} />
      </a>
    </th>
  );
}

export function Head({ children, numeric, class: extra = "" }: {
  readonly children: ComponentChildren;
  readonly numeric?: boolean;
  readonly class?: string;
}) {
  return <th scope="col" class={`${numeric ? "num" : ""} ${extra}`}>{children}</th>;
}
