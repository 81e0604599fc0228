import type { ClassView, Group } from "../../lib/core/local_messages.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button } from "../button.tsx";
import { Field } from "../field.tsx";

type Joined = NonNullable<ClassView["joined"]>;

/** Groups where no script drives the page: one form each. */
export function PlainGroups({ lang, joined }: { readonly lang: Language; readonly joined: Joined }) {
  const t = classTexts(lang).groups;
  return (
    <>
      {joined.groups.map((group) => (
        <details key={group.id}>
          <summary>
            <bdi>{group.name}</bdi>
          </summary>
          <GroupForm lang={lang} people={joined.people} group={group} />
        </details>
      ))}
      <details>
        <summary>{t.add}</summary>
        <GroupForm lang={lang} people={joined.people} group={undefined} />
      </details>
    </>
  );
}

interface GroupFormProps {
  readonly lang: Language;
  readonly people: Joined["people"];
  readonly group: Group | undefined;
}

function GroupForm({ lang, people, group }: GroupFormProps) {
  const t = classTexts(lang).groups;
  const id = group?.id ?? "new";
  return (
    <form class="plain-form" method="post" action="/class">
      <input type="hidden" name="id" value={group?.id ?? ""} />
      <Field id={`group-name-${id}`} label={t.name}>
        <input
          id={`group-name-${id}`}
          class="form-control"
          type="text"
          name="name"
          maxLength={64}
          required
          value={group?.name ?? ""}
        />
      </Field>
      <Field id={`group-users-${id}`} label={t.members}>
        <select id={`group-users-${id}`} class="form-select" name="users" multiple size={6}>
          {people.map(({ id, name }) => <option key={id} value={id} selected={group?.users.includes(id)}>{name}
          </option>)}
        </select>
      </Field>
      <div class="plain-actions">
        <Button type="submit" name="do" value="group">{t.save}</Button>
        {group && <Button kind="danger" type="submit" name="do" value="remove-group">{t.remove(group.name)}</Button>}
      </div>
    </form>
  );
}
