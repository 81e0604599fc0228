import { VERSION } from "../lib/core/version.ts";
import type { IconName } from "./icon_names.ts";

export type { IconName };

export interface IconProps {
  readonly name: IconName;
  /** In pixels. */
  readonly size?: 12 | 16 | 20 | 24;
  readonly class?: string;
  /** What it says to those who do not see it; without one it is an ornament next to a text. */
  readonly label?: string;
}

/** One symbol of `/assets/icons.svg`, in the colour of the text around it. */
export function Icon({ name, size = 16, class: extra = "", label }: IconProps) {
  return (
    <svg
      class={`icon ${extra}`}
      width={size}
      height={size}
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : "true"}
    >
      <use href={`/assets/icons.svg?v=${VERSION}#${name}`} />
    </svg>
  );
}
