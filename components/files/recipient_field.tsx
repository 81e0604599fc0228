import type { JSX } from "preact";
import type { PermissionChoice, PermissionEvent } from "./permission_choice.ts";
import type { Recipient } from "./recipients.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Icon } from "../icon.tsx";

export interface RecipientFieldProps {
  readonly lang: Language;
  readonly choice: PermissionChoice;
  /** Said while nobody is chosen. */
  readonly nobody: string;
  /** What was typed finds these. */
  readonly found: readonly Recipient[];
  tell(event: PermissionEvent): void;
}

/** People and groups: what is typed finds names, the arrows mark one, Enter adds it as a chip. */
export function RecipientField({ lang, choice, nobody, found, tell }: RecipientFieldProps) {
  const t = filesTexts(lang).permission;
  const onKeyDown = (event: JSX.TargetedKeyboardEvent<HTMLInputElement>) => {
    const told = eventOf(event, choice);
    if (told === undefined) return;
    event.preventDefault();
    tell(told);
  };
  return (
    <div class="recipients">
      {choice.chosen.length > 0
        ? (
          <ul class="recipient-chips">
            {choice.chosen.map(({ id, name, kind }) => (
              <li key={id} class="recipient-chip">
                <Icon name={kind === "group" ? "people" : "person"} />
                <bdi>{name}</bdi>
                <button
                  type="button"
                  class="recipient-remove"
                  aria-label={t.remove(name)}
                  title={t.remove(name)}
                  onClick={() => tell({ kind: "removed", id })}
                >
                  <Icon name="x-lg" size={12} />
                </button>
              </li>
            ))}
          </ul>
        )
        : <p class="muted small mb-2">{nobody}</p>}
      <input
        id="recipient"
        class="form-control"
        type="text"
        role="combobox"
        autocomplete="off"
        placeholder={t.find}
        aria-label={t.find}
        aria-expanded={found.length > 0}
        aria-controls="recipients-found"
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `recipient-${choice.active}` : undefined}
        value={choice.typed}
        onInput={(event) => tell({ kind: "typed", text: event.currentTarget.value })}
        onKeyDown={onKeyDown}
      />
      <ul class="recipients-found" id="recipients-found" role="listbox" aria-label={t.found}>
        {found.map((one, index) => (
          <li
            key={one.id}
            id={`recipient-${index}`}
            role="option"
            aria-selected={index === choice.active}
            onClick={() => tell({ kind: "added", id: one.id })}
          >
            <Icon name={one.kind === "group" ? "people" : "person"} />
            <bdi>{one.name}</bdi>
            {one.kind === "group" && (
              <span class="muted">{t.group(frameTexts(lang).units.people(one.members.length))}</span>
            )}
          </li>
        ))}
      </ul>
      <p class="muted small mb-0" role="status">{found.length === 0 && choice.typed !== "" ? t.nobodyFound : ""}</p>
    </div>
  );
}

function eventOf({ key, ctrlKey, metaKey }: KeyboardEvent, { typed }: PermissionChoice): PermissionEvent | undefined {
  if (ctrlKey || metaKey) return undefined;
  if (key === "ArrowDown") return { kind: "moved", by: 1 };
  if (key === "ArrowUp") return { kind: "moved", by: -1 };
  if (key === "Enter") return { kind: "added" };
  return key === "Backspace" && typed === "" ? { kind: "removed-last" } : undefined;
}
