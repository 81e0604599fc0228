import { page } from "fresh";
import { Confirm } from "../../../../../components/tracker/confirm.tsx";
import { doneAt } from "../../../../../components/tracker/done_note.tsx";
import { personAddress } from "../../../../../components/tracker/roster_table.tsx";
import { isolated } from "../../../../../lib/core/visible_text.ts";
import { trackerClassTexts } from "../../../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../../../define.ts";
import { personOf, teacherOf } from "../../../../teacher_gate.ts";

export const handler = defineTracker.handlers({
  GET: ({ state, params }) => {
    const person = personOf(teacherOf(state).room, params.user);
    state.title = trackerClassTexts(state.lang).confirm.remove.title(isolated(person.name));
    return page({ person });
  },
  POST: async (ctx) => {
    const { room } = teacherOf(ctx.state);
    await room.remove(personOf(room, ctx.params.user).user);
    return ctx.redirect(doneAt("/class/people", "removed"), 303);
  },
});

export default defineTracker.page<typeof handler>(({ data: { person }, state: { lang } }) => {
  const t = trackerClassTexts(lang).confirm.remove;
  return <Confirm {...t} lang={lang} title={t.title(isolated(person.name))} back={personAddress(person.user)} />;
});
