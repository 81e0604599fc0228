import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

export interface FieldProps {
  /** Unique in the page; the control inside carries it. */
  readonly id: string;
  readonly label: string;
  readonly help?: ComponentChildren;
  /** Shown next to the control and read with it. */
  readonly error?: string;
  readonly children: ComponentChildren;
}

/** A label, its control, what helps to fill it, and what is wrong with it. */
export function Field({ id, label, help, error, children }: FieldProps) {
  return (
    <div class="field">
      <label class="form-label" for={id}>{label}</label>
      {children}
      {error && (
        <div class="field-error" id={`${id}-error`} role="alert">
          <Icon name="exclamation-circle-fill" /> {error}
        </div>
      )}
      {help && <div class="form-text" id={`${id}-help`}>{help}</div>}
    </div>
  );
}

/** What a control inside a `Field` needs so that help and error are read with it. */
export function describedBy(id: string, help: unknown, error: unknown) {
  const ids = [error ? `${id}-error` : "", help ? `${id}-help` : ""].filter(Boolean).join(" ");
  return { id, "aria-describedby": ids || undefined, "aria-invalid": error ? true : undefined };
}

export interface SwitchProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly help?: ComponentChildren;
  readonly checked: boolean;
  readonly disabled?: boolean;
  onChange?(checked: boolean): void;
}

/** Yes or no, with its words beside it. */
export function Switch({ id, name, label, help, checked, disabled, onChange }: SwitchProps) {
  return (
    <div class="form-check form-switch">
      <input
        class="form-check-input"
        type="checkbox"
        role="switch"
        name={name}
        value="true"
        checked={checked}
        disabled={disabled}
        {...describedBy(id, help, undefined)}
        onChange={onChange && ((event) => onChange(event.currentTarget.checked))}
      />
      <label class="form-check-label" for={id}>{label}</label>
      {help && <div class="form-text" id={`${id}-help`}>{help}</div>}
    </div>
  );
}
