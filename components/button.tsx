import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "size"> {
  /** `primary`: the one next step of a page. `bare`: in rows and corners. */
  readonly kind?: "primary" | "quiet" | "bare" | "danger";
  readonly icon?: IconName;
  readonly small?: boolean;
  /** Shows only the icon; the word is then what screen readers and the tooltip say. */
  readonly label?: string;
}

export function Button({ kind = "quiet", icon, small, label, children, class: extra, ...rest }: ButtonProps) {
  const classes = ["btn", `btn-${kind}`, small && "btn-sm", label && "btn-icon", extra].filter(Boolean).join(" ");
  return (
    <button type="button" class={classes} aria-label={label} title={label} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface LinkButtonProps {
  readonly href: string;
  readonly kind?: ButtonProps["kind"];
  readonly icon?: IconName;
  readonly small?: boolean;
  readonly children: ComponentChildren;
}

/** A link that looks like a button, for what leads elsewhere. */
export function LinkButton({ href, kind = "quiet", icon, small, children }: LinkButtonProps) {
  return (
    <a class={`btn btn-${kind} ${small ? "btn-sm" : ""}`} href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}
