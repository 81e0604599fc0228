import { page } from "fresh";
import { PageHead } from "../../../../components/frame.tsx";
import { LinkButton } from "../../../../components/button.tsx";
import { Panel } from "../../../../components/panel.tsx";
import { doneAt, DoneNote } from "../../../../components/tracker/done_note.tsx";
import { EnrolmentForm } from "../../../../components/tracker/enrolment_form.tsx";
import { ClassNameForm } from "../../../../components/tracker/class_name_form.tsx";
import { PasswordPanel } from "../../../../components/tracker/password_panel.tsx";
import { enrolmentSchema } from "../../../../lib/core/class_messages.ts";
import { EssaimError } from "../../../../lib/core/errors.ts";
import { displayNameSchema } from "../../../../lib/core/messages.ts";
import { passwordFault } from "../../../../lib/core/teacher_access.ts";
import { trackerClassTexts } from "../../../../lib/i18n/tracker_class.ts";
import { defineTracker, type TrackerPageState } from "../../../define.ts";
import { readForm } from "../../../form.ts";
import { parseInput } from "../../../http.ts";
import { teacherOf } from "../../../teacher_gate.ts";

/** What was typed and cannot be, by the form's name. */
type Faults = { readonly name?: string; readonly password?: string };

/** Each form of the page says in `change` which it is. */
export const handler = defineTracker.handlers({
  GET: ({ state }) => page(dataOf(state)),
  POST: async (ctx) => {
    const { state } = ctx;
    const { room, password } = teacherOf(state);
    const t = trackerClassTexts(state.lang).settings;
    const form = await readForm(ctx.req);
    switch (form.get("change")) {
      case "name": {
        const name = displayNameSchema.safeParse(form.get("name"));
        if (!name.success) return page(dataOf(state, { name: t.badName }), { status: 400 });
        await room.renameClass(name.data);
        return ctx.redirect(doneAt("/class/settings", "saved"), 303);
      }
      case "enrolment":
        await room.setEnrolment(parseInput(enrolmentSchema, form.get("enrolment")));
        return ctx.redirect(doneAt("/class/settings", "saved"), 303);
      case "password": {
        if (!isHere(state)) throw new EssaimError("bad-input", t.onlyHere);
        const chosen = form.get("password") ?? "";
        const fault = passwordFault(chosen) ?? (chosen === form.get("again") ? undefined : "different");
        if (fault !== undefined) return page(dataOf(state, { password: t[fault] }), { status: 400 });
        await password.set(chosen);
        room.note("password-set", "", "teacher");
        return ctx.redirect(doneAt("/class/settings", "password-set"), 303);
      }
      default:
        throw new EssaimError("bad-input", "There is no such form.");
    }
  },
});

function isHere({ access }: TrackerPageState): boolean {
  return access?.kind === "teacher" && access.at === "this-computer";
}

function dataOf(state: TrackerPageState, faults: Faults = {}) {
  const teacher = teacherOf(state);
  state.title = trackerClassTexts(state.lang).settings.title;
  return {
    faults,
    info: teacher.room.info(),
    password: {
      isHere: isHere(state),
      isSet: teacher.password.mark() !== undefined,
      addresses: teacher.secureAddresses(),
      fingerprint: teacher.fingerprint(),
    },
  };
}

export default defineTracker.page<typeof handler>(({ data: { faults, info, password }, state: { lang }, url }) => {
  const t = trackerClassTexts(lang);
  return (
    <div class="narrow">
      <PageHead title={t.settings.title} />
      <DoneNote lang={lang} url={url} />
      <div class="settings">
        <ClassNameForm lang={lang} name={info.name} fault={faults.name} />
        <EnrolmentForm lang={lang} enrolment={info.enrolment} />
        <Panel title={t.settings.code}>
          <div class="panel-body">
            <p class="muted">{t.settings.codeHelp}</p>
            <div class="button-row">
              <LinkButton href="/join" icon="qr-code">{t.settings.showCode}</LinkButton>
              <LinkButton href="/class/settings/new-code" icon="arrow-clockwise">{t.join.makeNew}</LinkButton>
            </div>
          </div>
        </Panel>
        <PasswordPanel lang={lang} {...password} fault={faults.password} />
      </div>
    </div>
  );
});
