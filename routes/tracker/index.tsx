import { page } from "fresh";
import { z } from "zod";
import { PageHead } from "../../components/frame.tsx";
import { Panel } from "../../components/panel.tsx";
import TrackerActivity from "../../islands/TrackerActivity.tsx";
import TrackerChart from "../../islands/TrackerChart.tsx";
import TrackerMostFetched from "../../islands/TrackerMostFetched.tsx";
import TrackerNumbers from "../../islands/TrackerNumbers.tsx";
import TrackerPeers from "../../islands/TrackerPeers.tsx";
import { HISTORY_RANGES } from "../../lib/core/history.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { defineTracker } from "../define.ts";
import { addressesFor } from "../tracker_pages.ts";
import { invitationFor } from "../teacher_gate.ts";
import { JoinPanel } from "./(_components)/join_panel.tsx";

const ACTIVITY_SHOWN = 12;
const rangeSchema = z.enum(HISTORY_RANGES).catch("hour");

export const handler = defineTracker.handlers({
  GET: (ctx) => {
    const { state, url } = ctx;
    const { tracker, lang } = state;
    // It follows by a connection that the port for members does not have.
    if (url.protocol === "https:") return ctx.redirect("/class", 303);
    state.title = trackerTexts(lang).nav.dashboard;
    return page({
      board: tracker.figures.board(),
      activity: tracker.figures.activity(ACTIVITY_SHOWN, undefined),
      history: tracker.figures.history(rangeSchema.parse(url.searchParams.get("range"))),
      addresses: addressesFor(url, tracker),
      invitation: invitationFor(state, url),
      madeAt: tracker.now(),
    });
  },
});

export default defineTracker.page<typeof handler>(({ data, state: { lang, program } }) => {
  const t = trackerTexts(lang);
  const { board, activity, history, addresses, invitation, madeAt } = data;
  return (
    <div class="board">
      <PageHead title={t.title} />
      <TrackerNumbers lang={lang} board={board} />
      <div class="board-main">
        <TrackerChart lang={lang} history={history} />
        <div class="board-lists">
          <Panel title={t.activity.title}>
            <TrackerActivity lang={lang} activity={activity} madeAt={madeAt} limit={ACTIVITY_SHOWN} />
          </Panel>
          <Panel title={t.most.title}>
            <TrackerMostFetched lang={lang} board={board} />
          </Panel>
        </div>
      </div>
      <div class="board-side">
        <Panel title={t.join.title} aside={addresses.length > 0 && <a href="/join">{t.join.large}</a>}>
          <div class="panel-body">
            <JoinPanel lang={lang} program={program} addresses={addresses} invitation={invitation} />
          </div>
        </Panel>
        <Panel title={t.peers.title}>
          <TrackerPeers lang={lang} board={board} />
        </Panel>
      </div>
    </div>
  );
});
