import { describedBy, Field } from "../field.tsx";

export interface NameFieldProps {
  /** Unique in the page. */
  readonly id: string;
  readonly label: string;
  readonly help?: string;
  /** As it is, or as it was typed. */
  readonly name: string;
  readonly fault: string | undefined;
}

/** The name of a person or of the class, sent as `name`. */
export function NameField({ id, label, help, name, fault }: NameFieldProps) {
  return (
    <Field id={id} label={label} {...help !== undefined && { help }} {...fault !== undefined && { error: fault }}>
      <input
        class={`form-control ${fault === undefined ? "" : "is-invalid"}`}
        type="text"
        name="name"
        required
        maxLength={64}
        autocomplete="off"
        spellcheck={false}
        value={name}
        {...describedBy(id, help, fault)}
      />
    </Field>
  );
}
