import { page } from "fresh";
import { PageHead } from "../../components/frame.tsx";
import { Panel } from "../../components/panel.tsx";
import ClassPanel from "../../islands/ClassPanel.tsx";
import DashboardTiles from "../../islands/DashboardTiles.tsx";
import RecentActivity from "../../islands/RecentActivity.tsx";
import ThroughputChart from "../../islands/ThroughputChart.tsx";
import TransfersNow from "../../islands/TransfersNow.tsx";
import { viewClass } from "../../lib/app/class_view.ts";
import { isFirstRun, type SetUpSoFar } from "../../lib/core/first_run.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import { dashboardTexts } from "../../lib/i18n/dashboard.ts";
import type { LocalPeerParts } from "../api/local.ts";
import { definePeer } from "../define.ts";

function setUpSoFar({ settings, membership, downloads, status }: LocalPeerParts): SetUpSoFar {
  return {
    ...status(),
    welcome: settings.config.ui.welcome,
    hasClass: membership.standing !== undefined,
    downloads: downloads.list().length,
  };
}

const ACTIVITY_SHOWN = 12;

export const handler = definePeer.handlers({
  GET: (ctx) => {
    const { state } = ctx;
    const { peer, lang } = state;
    if (isFirstRun(setUpSoFar(peer))) return ctx.redirect("/welcome", 303);
    state.title = dashboardTexts(lang).title;
    return page({
      status: peer.status(),
      peers: peer.neighbours.list(),
      downloads: peer.downloads.list().filter(({ status }) => status !== "complete"),
      activity: peer.activity.list(ACTIVITY_SHOWN),
      throughput: peer.throughput.read(),
    });
  },
});

export default definePeer.page<typeof handler>(({ data, state: { lang, peer } }) => {
  const view = viewClass(peer);
  const t = dashboardTexts(lang);
  const { status, peers, downloads, activity, throughput } = data;
  const rates = { down: throughput.down.at(-1) ?? 0, up: throughput.up.at(-1) ?? 0 };
  const isNew = status.shares === 0 && status.pending === 0 && downloads.length === 0 && activity.length === 0;
  return (
    <>
      <PageHead title={t.title} />
      <div class="dashboard">
        <DashboardTiles lang={lang} status={status} peers={peers} rates={rates} />
        <div class="dashboard-main">
          {!view.joined && (
            <Panel title={classTexts(lang).join.title}>
              <div class="panel-body">
                <ClassPanel
                  lang={lang}
                  view={view}
                  typed={{ link: "", tracker: "", heard: "", name: status.peer.name }}
                  after="/"
                />
              </div>
            </Panel>
          )}
          <Panel title={t.transfers} aside={<a href="/transfers">{t.allTransfers}</a>}>
            <TransfersNow lang={lang} downloads={downloads} isNew={isNew} />
          </Panel>
          <Panel title={t.throughput} aside={<Legend lang={lang} ms={throughput.everyMs * throughput.down.length} />}>
            <div class="panel-body">
              <ThroughputChart lang={lang} throughput={throughput} />
            </div>
          </Panel>
        </div>
        <Panel title={t.activity} class="dashboard-side">
          <RecentActivity lang={lang} activity={activity} limit={ACTIVITY_SHOWN} />
        </Panel>
      </div>
    </>
  );
});

function Legend({ lang, ms }: { readonly lang: "fr" | "en"; readonly ms: number }) {
  const t = dashboardTexts(lang);
  return (
    <span class="legend muted">
      <span class="legend-item legend-down">{t.receiving}</span>
      <span class="legend-item legend-up">{t.sending}</span>
      <span>{t.lastMinutes(ms)}</span>
    </span>
  );
}
