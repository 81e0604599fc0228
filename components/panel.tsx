import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface PanelProps {
  readonly title: string;
  /** At the end of the head: a link or a figure. */
  readonly aside?: ComponentChildren;
  readonly class?: string;
  readonly id?: string;
  readonly children: ComponentChildren;
}

/** A titled surface. */
export function Panel({ title, aside, class: extra = "", id, children }: PanelProps) {
  return (
    <section id={id} class={`panel ${extra}`}>
      <div class="panel-head">
        <h2>{title}</h2>
        {aside && <div>{aside}</div>}
      </div>
      {children}
    </section>
  );
}

const CALLOUT_ICONS = {
  info: "info-circle",
  done: "check-circle-fill",
  warn: "exclamation-triangle-fill",
  error: "exclamation-circle-fill",
} as const satisfies Record<string, IconName>;

export interface CalloutProps {
  readonly kind: keyof typeof CALLOUT_ICONS;
  /** Announced when it appears by itself. */
  readonly role?: "status" | "alert";
  readonly children: ComponentChildren;
}

/** A message that is part of a page. */
export function Callout({ kind, role, children }: CalloutProps) {
  return (
    <div class="callout" data-kind={kind} role={role}>
      <Icon name={CALLOUT_ICONS[kind]} class={`callout-icon-${kind}`} />
      <div>{children}</div>
    </div>
  );
}
