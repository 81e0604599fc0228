import { isFiltered, type NetworkQuery, withoutFilters } from "../../lib/core/network_query.ts";
import { visibleText } from "../../lib/core/visible_text.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import { trackerTexts } from "../../lib/i18n/tracker.ts";
import { LinkButton } from "../button.tsx";
import { EmptyState } from "../empty_state.tsx";
import { searchAddress } from "./search_address.ts";

/** Why nothing was found, and what finds more. */
export function FoundNothing({ lang, query }: { readonly lang: Language; readonly query: NetworkQuery }) {
  const { nothing, empty, filters } = networkTexts(lang);
  if (isFiltered(query)) {
    return (
      <EmptyState drawing="network" title={nothing.titleFiltered} text={nothing.helpFiltered}>
        <LinkButton href={searchAddress(withoutFilters(query))}>{filters.clear}</LinkButton>
      </EmptyState>
    );
  }
  if (query.q !== "") {
    return <EmptyState drawing="network" title={nothing.title(visibleText(query.q))} text={nothing.help} />;
  }
  const t = trackerTexts(lang);
  return (
    <EmptyState drawing="network" title={empty.title} text={t.search.nothing}>
      <LinkButton href="/join" kind="primary" icon="qr-code">{t.join.title}</LinkButton>
    </EmptyState>
  );
}
