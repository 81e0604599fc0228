import { page } from "fresh";
import { Confirm } from "../../../../../components/tracker/confirm.tsx";
import { personAddress } from "../../../../../components/tracker/roster_table.tsx";
import { isolated } from "../../../../../lib/core/visible_text.ts";
import { trackerClassTexts } from "../../../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../../../define.ts";
import { personOf, teacherOf } from "../../../../teacher_gate.ts";

export const handler = defineTracker.handlers({
  GET: ({ state, params }) => {
    const person = personOf(teacherOf(state).room, params.user);
    state.title = trackerClassTexts(state.lang).confirm.reset.title(isolated(person.name));
    return page({ person });
  },
  POST: async (ctx) => {
    const { room } = teacherOf(ctx.state);
    const { user, name } = personOf(room, ctx.params.user);
    const { code } = await room.reset(user);
    const sheet = ctx.state.sheets.add({ kind: "reset", lines: [{ name, code }] });
    return ctx.redirect(`/class/codes/${sheet}`, 303);
  },
});

export default defineTracker.page<typeof handler>(({ data: { person }, state: { lang } }) => {
  const t = trackerClassTexts(lang).confirm.reset;
  return <Confirm {...t} lang={lang} title={t.title(isolated(person.name))} back={personAddress(person.user)} />;
});
