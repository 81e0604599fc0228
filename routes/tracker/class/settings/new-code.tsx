import { page } from "fresh";
import { Confirm } from "../../../../components/tracker/confirm.tsx";
import { doneAt } from "../../../../components/tracker/done_note.tsx";
import { trackerClassTexts } from "../../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../../define.ts";
import { teacherOf } from "../../../teacher_gate.ts";

export const handler = defineTracker.handlers({
  GET: ({ state }) => {
    state.title = trackerClassTexts(state.lang).confirm.newCode.title;
    return page();
  },
  POST: async (ctx) => {
    await teacherOf(ctx.state).room.renewCode();
    return ctx.redirect(doneAt("/class/people", "new-code"), 303);
  },
});

export default defineTracker.page<typeof handler>(({ state: { lang } }) => (
  <Confirm {...trackerClassTexts(lang).confirm.newCode} lang={lang} back="/class/people" />
));
