import { page } from "fresh";
import { computerName } from "../../../../../../components/tracker/computer_list.tsx";
import { Confirm } from "../../../../../../components/tracker/confirm.tsx";
import { doneAt } from "../../../../../../components/tracker/done_note.tsx";
import { personAddress } from "../../../../../../components/tracker/roster_table.tsx";
import { EssaimError } from "../../../../../../lib/core/errors.ts";
import type { RosterUser } from "../../../../../../lib/core/teacher_roster.ts";
import { isolated } from "../../../../../../lib/core/visible_text.ts";
import { trackerClassTexts } from "../../../../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../../../../define.ts";
import { personOf, teacherOf } from "../../../../../teacher_gate.ts";

export const handler = defineTracker.handlers({
  GET: ({ state, params }) => {
    const person = personOf(teacherOf(state).room, params.user);
    const computer = computerName(state.lang, placeOf(person, params.peer));
    const title = trackerClassTexts(state.lang).confirm.computer.title(computer, isolated(person.name));
    state.title = title;
    return page({ person, title });
  },
  POST: async (ctx) => {
    const { room } = teacherOf(ctx.state);
    const person = personOf(room, ctx.params.user);
    await room.removeDevice(person.devices[placeOf(person, ctx.params.peer)]!.peerId);
    return ctx.redirect(doneAt(personAddress(person.user), "computer-removed"), 303);
  },
});

function placeOf({ devices }: RosterUser, peer: string | undefined): number {
  const place = devices.findIndex(({ peerId }) => peerId === peer);
  if (place >= 0) return place;
  throw new EssaimError("not-found", "There is no such computer in the class.");
}

export default defineTracker.page<typeof handler>(({ data: { person, title }, state: { lang } }) => {
  const { text, button } = trackerClassTexts(lang).confirm.computer;
  return <Confirm {...{ lang, title, text, button }} back={personAddress(person.user)} />;
});
