import { page } from "fresh";
import { Button, LinkButton } from "../../../../../components/button.tsx";
import { describedBy, Field } from "../../../../../components/field.tsx";
import { PageHead } from "../../../../../components/frame.tsx";
import { doneAt } from "../../../../../components/tracker/done_note.tsx";
import { personAddress } from "../../../../../components/tracker/roster_table.tsx";
import { asEssaimError } from "../../../../../lib/core/errors.ts";
import { isolated } from "../../../../../lib/core/visible_text.ts";
import { trackerClassTexts } from "../../../../../lib/i18n/tracker_class.ts";
import { defineTracker, type TrackerPageState } from "../../../../define.ts";
import { readForm } from "../../../../form.ts";
import { NAME_FAULTS, personOf, teacherOf } from "../../../../teacher_gate.ts";

/** A name that cannot be, to be corrected. */
interface Refused {
  readonly typed: string;
  readonly fault: string;
}

/** Takes back who was removed: under its own name, or where somebody has taken that meanwhile, under another one. */
export const handler = defineTracker.handlers({
  GET: ({ state, params }) => page(dataOf(state, params.user)),
  POST: async (ctx) => {
    const { state, params } = ctx;
    const { room } = teacherOf(state);
    const person = personOf(room, params.user);
    const typed = (await readForm(ctx.req)).get("name")?.trim();
    try {
      await room.restore(person.user, typed);
    } catch (caught) {
      const error = asEssaimError(caught);
      if (!NAME_FAULTS.has(error.code)) throw error;
      const fault = error.code === "name-taken" ? trackerClassTexts(state.lang).settings.nameTaken : undefined;
      const refused = {
        typed: typed ?? person.name,
        fault: fault ?? trackerClassTexts(state.lang).settings.badName,
      };
      return page(dataOf(state, params.user, refused), { status: error.status });
    }
    return ctx.redirect(doneAt(personAddress(person.user), "restored"), 303);
  },
});

function dataOf(state: TrackerPageState, user: string | undefined, refused?: Refused) {
  const person = personOf(teacherOf(state).room, user);
  const title = trackerClassTexts(state.lang).confirm.restore.title(isolated(person.name));
  state.title = title;
  return { person, title, refused };
}

export default defineTracker.page<typeof handler>(({ data: { person, title, refused }, state: { lang } }) => {
  const t = trackerClassTexts(lang);
  const { text, name } = t.confirm.restore;
  return (
    <div class="person">
      <PageHead title={title} />
      <form class="panel panel-body settings" method="post">
        <p class="muted">{text}</p>
        <Field id="name" label={name} {...refused && { error: refused.fault }}>
          <input
            class={`form-control ${refused ? "is-invalid" : ""}`}
            type="text"
            name="name"
            required
            maxLength={64}
            autocomplete="off"
            spellcheck={false}
            value={refused?.typed ?? person.name}
            {...describedBy("name", false, refused)}
          />
        </Field>
        <div class="button-row">
          <LinkButton href={personAddress(person.user)}>{t.cancel}</LinkButton>
          <Button type="submit" kind="primary">{t.people.restore}</Button>
        </div>
      </form>
    </div>
  );
});
