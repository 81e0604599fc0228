import { page } from "fresh";
import { PageHead } from "../../components/frame.tsx";
import { Panel } from "../../components/panel.tsx";
import JoinLink from "../../islands/JoinLink.tsx";
import { visibleText } from "../../lib/core/visible_text.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../define.ts";
import { invitationFor } from "../teacher_gate.ts";
import { addressesFor } from "../tracker_pages.ts";
import { JoinCode } from "./(_components)/join_code.tsx";
import { JoinPanel } from "./(_components)/join_panel.tsx";

export const handler = defineTracker.handlers({
  GET: ({ state, url }) => {
    const info = state.tracker.teacher?.room.info();
    const title = info === undefined
      ? trackerTexts(state.lang).join.title
      : trackerClassTexts(state.lang).visitor.title(visibleText(info.name));
    state.title = title;
    const addresses = addressesFor(url, state.tracker);
    return page({ title, addresses, enrolment: info?.enrolment, invitation: invitationFor(state, url) });
  },
});

/** For the projector: how to come, as large as the screen allows. The code only for the teacher. */
export default defineTracker.page<typeof handler>(({ data, state: { lang, program } }) => {
  const { title, addresses, enrolment, invitation } = data;
  const t = trackerClassTexts(lang);
  return (
    <div class="join-large">
      <PageHead title={title}>
        {enrolment !== undefined && <a class="muted" href="/class">{t.join.forTeacher}</a>}
      </PageHead>
      {invitation
        ? (
          <div class="panel">
            <JoinCode lang={lang} invitation={invitation} />
          </div>
        )
        : (
          <>
            {enrolment !== undefined && (
              <Panel title={t.visitor.plain} class="join-how">
                <div class="panel-body">
                  <JoinLink lang={lang} program={program} />
                  <p>{t.visitor.intro[enrolment]}</p>
                  <ol>{t.visitor.steps.map((step) => <li key={step}>{step}</li>)}</ol>
                  <p class="muted">{t.visitor.browser}</p>
                </div>
              </Panel>
            )}
            <div class="panel">
              <JoinPanel lang={lang} program={program} addresses={addresses} />
            </div>
          </>
        )}
    </div>
  );
});
