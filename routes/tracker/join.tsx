import { page } from "fresh";
import { PageHead } from "../../components/frame.tsx";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { defineTracker } from "../define.ts";
import { addressesFor } from "../tracker_pages.ts";
import { JoinPanel } from "./(_components)/join_panel.tsx";

export const handler = defineTracker.handlers({
  GET: ({ state, url }) => {
    state.title = trackerTexts(state.lang).join.title;
    return page({ addresses: addressesFor(url, state.tracker) });
  },
});

/** For the projector: how to come, as large as the screen allows. */
export default defineTracker.page<typeof handler>(({ data, state: { lang } }) => (
  <div class="join-large">
    <PageHead title={trackerTexts(lang).join.title} />
    <div class="panel">
      <JoinPanel lang={lang} addresses={data.addresses} />
    </div>
  </div>
));
