import { page } from "fresh";
import { LinkButton } from "../../components/button.tsx";
import { PageHead } from "../../components/frame.tsx";
import { NetworkForm } from "../../components/network/network_form.tsx";
import { FoundNothing } from "../../components/tracker/found_nothing.tsx";
import { FoundTable } from "../../components/tracker/found_table.tsx";
import { searchAddress } from "../../components/tracker/search_address.ts";
import TrackerAutoSearch from "../../islands/TrackerAutoSearch.tsx";
import { groupFound } from "../../lib/core/found_groups.ts";
import type { FoundShare } from "../../lib/core/messages.ts";
import { readNetworkQuery, searchParametersOf } from "../../lib/core/network_query.ts";
import { searchRequestSchema } from "../../lib/core/search_request.ts";
import { visibleText } from "../../lib/core/visible_text.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { defineTracker } from "../define.ts";
import { parseInput } from "../http.ts";
import { callerOf } from "../tracker_pages.ts";

const A_PAGE = 50;

export const handler = defineTracker.handlers({
  GET: (ctx) => {
    const { state: { tracker, lang }, url } = ctx;
    const query = readNetworkQuery(url.searchParams);
    const cursor = url.searchParams.get("cursor") ?? undefined;
    const asked = Object.fromEntries(searchParametersOf(query, A_PAGE, cursor));
    const reply = tracker.ask.search(parseInput(searchRequestSchema, asked), callerOf(ctx));
    ctx.state.title = visibleText(query.q) || trackerTexts(lang).search.title;
    return page({
      ...{ query, cursor: reply.cursor, isFirst: cursor === undefined, now: tracker.now() },
      groups: groupFound(reply.results.map((share) => ({ ...share, state: stateOf(share) }))),
      owners: tracker.figures.present().peers.map(({ name }) => visibleText(name)),
    });
  },
});

function stateOf({ peers }: FoundShare) {
  return { kind: peers > 0 ? "available" : "no-source" } as const;
}

export default defineTracker.page<typeof handler>(({ data, state: { lang } }) => {
  const { query, groups, cursor, isFirst, now, owners } = data;
  const t = trackerTexts(lang).search;
  const network = networkTexts(lang);
  const found = network.found(groups.length, cursor !== undefined || !isFirst);
  return (
    <>
      <PageHead title={t.title} />
      <div class="network">
        <NetworkForm lang={lang} query={query} owners={[...new Set(owners)]} address={searchAddress} />
        <TrackerAutoSearch />
        <section class="panel">
          <div class="panel-head found-head">
            <p role="status">{query.q === "" ? found : network.foundFor(found, visibleText(query.q))}</p>
          </div>
          {groups.length === 0
            ? <FoundNothing lang={lang} query={query} />
            : <FoundTable lang={lang} query={query} groups={groups} now={now} />}
          {(cursor !== undefined || !isFirst) && (
            <div class="results-end">
              {!isFirst && <a href={searchAddress(query)}>{t.first}</a>}
              {cursor !== undefined && (
                <LinkButton href={searchAddress(query, cursor)} icon="chevron-right">{t.next}</LinkButton>
              )}
            </div>
          )}
        </section>
      </div>
    </>
  );
});
