import { page } from "fresh";
import { PageHead } from "../../components/frame.tsx";
import { Panel } from "../../components/panel.tsx";
import ConnectPanel from "../../islands/ConnectPanel.tsx";
import { asEssaimError } from "../../lib/core/errors.ts";
import { doctorTexts } from "../../lib/i18n/doctor.ts";
import { definePeer } from "../define.ts";
import { readForm } from "../form.ts";

const AFTER = "/settings#connect";

/** Answers the plain forms about addresses typed by hand; they are part of Settings otherwise. */
export const handler = definePeer.handlers({
  GET: (ctx) => ctx.redirect(AFTER, 303),
  POST: async (ctx) => {
    const { peer: { known }, lang } = ctx.state;
    ctx.state.title = doctorTexts(lang).connect.title;
    const form = await readForm(ctx.req);
    const address = form.get("address") ?? "";
    const removed = form.get("remove");
    try {
      if (removed !== null) known.remove(removed);
      else await known.connect(address, ctx.req.signal);
      return ctx.redirect(AFTER, 303);
    } catch (caught) {
      const { code, status } = asEssaimError(caught);
      if (code === "internal") throw caught;
      if (removed !== null && code === "not-found") return ctx.redirect(AFTER, 303);
      return page({ typed: address, failed: code }, { status });
    }
  },
});

export default definePeer.page<typeof handler>(({ data, state: { lang, peer } }) => {
  const t = doctorTexts(lang).connect;
  const { typed, failed } = data as { typed: string; failed: string };
  const known = peer.known.list().filter(({ kind }) => kind === "by-hand");
  return (
    <div class="narrow">
      <PageHead title={t.title} />
      <Panel title={t.title}>
        <div class="panel-body">
          <ConnectPanel lang={lang} known={known} typed={typed} failed={failed} />
        </div>
      </Panel>
    </div>
  );
});
