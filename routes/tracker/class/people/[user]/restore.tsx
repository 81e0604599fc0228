import { page } from "fresh";
import { Button, LinkButton } from "../../../../../components/button.tsx";
import { PageHead } from "../../../../../components/frame.tsx";
import { doneAt } from "../../../../../components/tracker/done_note.tsx";
import { NameField } from "../../../../../components/tracker/name_field.tsx";
import { personAddress } from "../../../../../components/tracker/roster_table.tsx";
import { isolated } from "../../../../../lib/core/visible_text.ts";
import { trackerClassTexts } from "../../../../../lib/i18n/tracker_class.ts";
import { defineTracker, type TrackerPageState } from "../../../../define.ts";
import { readForm } from "../../../../form.ts";
import { personOf, type RefusedName, refusedName, teacherOf } from "../../../../teacher_gate.ts";

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
    } catch (error) {
      const refused = refusedName(error, typed ?? person.name, state.lang);
      return page(dataOf(state, params.user, refused), { status: refused.status });
    }
    return ctx.redirect(doneAt(personAddress(person.user), "restored"), 303);
  },
});

function dataOf(state: TrackerPageState, user: string | undefined, refused?: RefusedName) {
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
        <NameField id="name" label={name} name={refused?.typed ?? person.name} fault={refused?.fault} />
        <div class="button-row">
          <LinkButton href={personAddress(person.user)}>{t.cancel}</LinkButton>
          <Button type="submit" kind="primary">{t.people.restore}</Button>
        </div>
      </form>
    </div>
  );
});
