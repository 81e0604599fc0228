import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { Button } from "../../components/button.tsx";
import { Field } from "../../components/field.tsx";
import { nextChoice, openChoice, type PermissionEvent, suggestions } from "../../components/files/permission_choice.ts";
import { RecipientField } from "../../components/files/recipient_field.tsx";
import type { Directory } from "../../components/files/recipients.ts";
import { api, ClientError } from "../../lib/client/api.ts";
import { notices } from "../../lib/client/notices.ts";
import type { ClassView, Group } from "../../lib/core/local_messages.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";

type Joined = NonNullable<ClassView["joined"]>;

export interface GroupEditorProps {
  readonly lang: Language;
  readonly joined: Joined;
  onChange(groups: readonly Group[]): void;
}

/** The groups of this computer's user: one at a time is changed. Part of `ClassPanel`. */
export default function GroupEditor({ lang, joined, onChange }: GroupEditorProps) {
  const t = classTexts(lang).groups;
  /** Id of the group being changed; "" for a new one. */
  const editing = useSignal<string | undefined>(undefined);
  const { groups, people } = joined;
  const saved = (group: Group) => {
    const others = groups.filter(({ id }) => id !== group.id);
    onChange([...others, group].sort((a, b) => a.name.localeCompare(b.name, lang)));
    editing.value = undefined;
    notices.done(t.saved);
  };
  const remove = async ({ id, name }: Group) => {
    try {
      await api.delete(`/api/groups/${id}`);
      onChange(groups.filter((group) => group.id !== id));
      editing.value = undefined;
      notices.done(t.removed(name));
    } catch (error) {
      notices.failed(error, errorsTexts(lang));
    }
  };
  return (
    <div class="groups">
      <p class="muted">{t.text}</p>
      {groups.length === 0 && <p>{t.none}</p>}
      <ul class="group-list">
        {groups.map((group) => (
          <li key={group.id}>
            {editing.value === group.id
              ? (
                <GroupForm
                  lang={lang}
                  people={people}
                  group={group}
                  onSaved={saved}
                  onRemove={() => void remove(group)}
                  onCancel={() => editing.value = undefined}
                />
              )
              : (
                <div class="group-line">
                  <span>
                    <bdi>{group.name}</bdi> <span class="muted">{t.count(group.users.length)}</span>
                  </span>
                  <Button
                    small
                    kind="bare"
                    icon="pencil"
                    label={t.edit(group.name)}
                    onClick={() => editing.value = group.id}
                  />
                </div>
              )}
          </li>
        ))}
      </ul>
      {editing.value === ""
        ? (
          <GroupForm
            lang={lang}
            people={people}
            group={undefined}
            onSaved={saved}
            onCancel={() => editing.value = undefined}
          />
        )
        : <Button small icon="people" onClick={() => editing.value = ""}>{t.add}</Button>}
    </div>
  );
}

interface GroupFormProps {
  readonly lang: Language;
  readonly people: Joined["people"];
  readonly group: Group | undefined;
  onSaved(group: Group): void;
  onRemove?(): void;
  onCancel(): void;
}

function GroupForm({ lang, people, group, onSaved, onRemove, onCancel }: GroupFormProps) {
  const t = classTexts(lang).groups;
  const directory: Directory = {
    className: "",
    recipients: people.map(({ id, name }) => ({ kind: "person", id, name })),
  };
  const name = useSignal(group?.name ?? "");
  const choice = useSignal(openChoice({ visibility: "private", allow: group?.users ?? [] }, directory));
  const failed = useSignal<string | undefined>(undefined);
  const isSaving = useSignal(false);
  const tell = (event: PermissionEvent) => choice.value = nextChoice(choice.value, event, directory);
  const save = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isSaving.value) return;
    isSaving.value = true;
    failed.value = undefined;
    const change = { name: name.value.trim(), users: choice.value.chosen.map(({ id }) => id) };
    try {
      onSaved(
        group
          ? await api.patch<Group>(`/api/groups/${group.id}`, change)
          : await api.post<Group>("/api/groups", change),
      );
    } catch (error) {
      failed.value = error instanceof ClientError ? error.code : "internal";
    }
    isSaving.value = false;
  };
  const texts: Readonly<Record<string, string>> = {
    ...errorsTexts(lang),
    conflict: t.taken,
    "name-taken": t.isPerson,
  };
  return (
    <form class="group-form" onSubmit={save}>
      <Field
        id="group-name"
        label={t.name}
        error={failed.value === undefined ? "" : texts[failed.value] ?? ""}
      >
        <input
          id="group-name"
          class="form-control"
          type="text"
          maxLength={64}
          required
          autocomplete="off"
          dir="auto"
          value={name.value}
          autofocus
          onInput={(event) => name.value = event.currentTarget.value}
        />
      </Field>
      <div class="field">
        <span class="form-label">{t.members}</span>
        <RecipientField
          lang={lang}
          choice={choice.value}
          nobody={filesTexts(lang).permission.nobodyYet}
          found={suggestions(choice.value, directory)}
          tell={tell}
        />
      </div>
      {onRemove && <p class="muted small mb-0">{t.removeHelp}</p>}
      <div class="group-actions">
        <Button kind="primary" small type="submit" aria-disabled={isSaving.value}>{t.save}</Button>
        <Button small kind="bare" onClick={onCancel}>{frameTexts(lang).buttons.cancel}</Button>
        {group && onRemove && (
          <Button small kind="danger" icon="trash3" onClick={onRemove}>{t.remove(group.name)}</Button>
        )}
      </div>
    </form>
  );
}
