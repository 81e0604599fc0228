import { PageHead } from "../../components/frame.tsx";
import { Panel } from "../../components/panel.tsx";
import ConnectPanel from "../../islands/ConnectPanel.tsx";
import DoctorPanel from "../../islands/DoctorPanel.tsx";
import { doctorTexts } from "../../lib/i18n/doctor.ts";
import { page } from "fresh";
import { definePeer } from "../define.ts";

export const handler = definePeer.handlers({
  GET: ({ state }) => {
    state.title = doctorTexts(state.lang).title;
    return page({ view: state.peer.doctor.view() });
  },
  /** Without JavaScript the answer comes when all was looked at. */
  POST: async (ctx) => {
    await ctx.state.peer.doctor.run();
    return ctx.redirect("/doctor", 303);
  },
});

export default definePeer.page<typeof handler>(({ data, state: { lang, peer } }) => {
  const t = doctorTexts(lang);
  const known = peer.known.list().filter(({ kind }) => kind === "by-hand");
  return (
    <div class="narrow">
      <PageHead title={t.title} />
      <Panel title={t.panel}>
        <div class="panel-body">
          <DoctorPanel lang={lang} view={data.view} />
        </div>
      </Panel>
      <Panel title={t.connect.title} id="connect">
        <div class="panel-body">
          <ConnectPanel lang={lang} known={known} />
        </div>
      </Panel>
    </div>
  );
});
