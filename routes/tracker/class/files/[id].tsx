import { page } from "fresh";
import { Confirm } from "../../../../components/tracker/confirm.tsx";
import { doneAt } from "../../../../components/tracker/done_note.tsx";
import { isolated } from "../../../../lib/core/visible_text.ts";
import { trackerClassTexts } from "../../../../lib/i18n/tracker_class.ts";
import { fileIdOr404 } from "../../../api/tracker.ts";
import { defineTracker, type TrackerPageState } from "../../../define.ts";
import { teacherOf } from "../../../teacher_gate.ts";
import { callerOf, originOf, type PageRequest } from "../../../tracker_pages.ts";

type Asked = PageRequest & { readonly state: TrackerPageState; readonly params: Record<string, string> };

/** The question whether to take down a file, and yes. */
export const handler = defineTracker.handlers({
  GET: (ctx) => {
    const { id, name } = fileOf(ctx);
    const title = trackerClassTexts(ctx.state.lang).confirm.takeDown.title(isolated(name));
    ctx.state.title = title;
    return page({ id, title });
  },
  POST: (ctx) => {
    const { id, name } = fileOf(ctx);
    teacherOf(ctx.state).takeDown(id, name);
    return ctx.redirect(doneAt("/class/files", "taken-down"), 303);
  },
});

function fileOf(asked: Asked) {
  const { id, shares } = asked.state.tracker.ask.file(
    fileIdOr404(asked.params["id"]),
    callerOf(asked),
    originOf(asked),
  );
  return { id, name: shares[0]!.name };
}

export default defineTracker.page<typeof handler>(({ data: { id, title }, state: { lang } }) => {
  const { text, button } = trackerClassTexts(lang).confirm.takeDown;
  return <Confirm {...{ lang, title, text, button }} back={`/files/${id}`} />;
});
