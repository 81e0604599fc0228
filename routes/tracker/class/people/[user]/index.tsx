import { page } from "fresh";
import { Button, LinkButton } from "../../../../../components/button.tsx";
import { PageHead } from "../../../../../components/frame.tsx";
import { Callout, Panel } from "../../../../../components/panel.tsx";
import { ComputerList } from "../../../../../components/tracker/computer_list.tsx";
import { doneAt, DoneNote } from "../../../../../components/tracker/done_note.tsx";
import { NameField } from "../../../../../components/tracker/name_field.tsx";
import { personAddress, TakeBack } from "../../../../../components/tracker/roster_table.tsx";
import { visibleText } from "../../../../../lib/core/visible_text.ts";
import { trackerClassTexts } from "../../../../../lib/i18n/tracker_class.ts";
import { defineTracker, type TrackerPageState } from "../../../../define.ts";
import { readForm } from "../../../../form.ts";
import { personOf, type RefusedName, refusedName, teacherOf } from "../../../../teacher_gate.ts";

export const handler = defineTracker.handlers({
  GET: ({ state, params }) => page(dataOf(state, params.user)),
  /** Renames. */
  POST: async (ctx) => {
    const { state, params } = ctx;
    const { room } = teacherOf(state);
    const { user } = personOf(room, params.user);
    const name = ((await readForm(ctx.req)).get("name") ?? "").trim();
    try {
      room.rename(user, name);
    } catch (error) {
      const refused = refusedName(error, name, state.lang);
      return page(dataOf(state, params.user, refused), { status: refused.status });
    }
    return ctx.redirect(doneAt(personAddress(user), "renamed"), 303);
  },
});

function dataOf(state: TrackerPageState, user: string | undefined, refused?: RefusedName) {
  const teacher = teacherOf(state);
  const person = personOf(teacher.room, user);
  state.title = visibleText(person.name);
  const present = teacher.present();
  const computers = person.devices.map((device) => ({
    ...device,
    present: present.get(device.peerId),
    lastSeen: teacher.lastSeen(device.peerId),
  }));
  return { person, computers, refused, now: state.tracker.now() };
}

export default defineTracker.page<typeof handler>(({ data, state: { lang }, url }) => {
  const { person, computers, refused, now } = data;
  const t = trackerClassTexts(lang);
  const name = visibleText(person.name);
  const here = personAddress(person.user);
  const isRemoved = person.state === "removed";
  return (
    <div class="person">
      <PageHead title={name}>
        <LinkButton href="/class/people" icon="chevron-left">{t.people.title}</LinkButton>
      </PageHead>
      <DoneNote lang={lang} url={url} />
      {isRemoved && <Callout kind="info">{t.person.removedNote}</Callout>}
      <Panel title={t.person.computers}>
        <ComputerList
          lang={lang}
          computers={computers}
          now={now}
          {...!isRemoved && { removeAddress: (peer) => `${here}/computers/${peer}` }}
        />
      </Panel>
      {isRemoved && (
        <Panel title={t.person.restore}>
          <div class="panel-body">
            <p class="muted">{t.person.restoreHelp}</p>
            <TakeBack lang={lang} user={person.user} name={name} />
          </div>
        </Panel>
      )}
      {!isRemoved && (
        <>
          <section class="panel">
            <form class="panel-body one-field" method="post">
              <NameField
                id="name"
                label={t.person.rename}
                help={t.person.renameHelp}
                name={refused?.typed ?? person.name}
                fault={refused?.fault}
              />
              <Button type="submit">{t.person.renameButton}</Button>
            </form>
          </section>
          <div class="person-actions">
            <Panel title={t.person.reset}>
              <div class="panel-body">
                <p class="muted">{t.person.resetHelp}</p>
                <LinkButton href={`${here}/reset`} icon="arrow-counterclockwise">{t.person.resetButton}</LinkButton>
              </div>
            </Panel>
            <Panel title={t.person.remove}>
              <div class="panel-body">
                <p class="muted">{t.person.removeHelp}</p>
                <LinkButton href={`${here}/remove`} icon="trash3">{t.person.removeButton}</LinkButton>
              </div>
            </Panel>
          </div>
        </>
      )}
    </div>
  );
});
