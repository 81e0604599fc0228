import type { Found } from "../../lib/core/found_groups.ts";
import type { Status } from "../../lib/core/local_messages.ts";
import { isFiltered, networkAddress, withoutFilters } from "../../lib/core/network_query.ts";
import { isolated } from "../../lib/core/visible_text.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import { LinkButton } from "../button.tsx";
import { EmptyState } from "../empty_state.tsx";
import { Icon } from "../icon.tsx";

export interface ResultsStateProps {
  readonly lang: Language;
  readonly found: Found;
  /** Different contents among the results. */
  readonly amount: number;
  readonly tracker: Status["tracker"]["state"];
  /** Something newer is waited for. */
  readonly isBusy: boolean;
}

/** What stands above the results: how many there are, or why there are none and what helps. */
export function ResultsState({ lang, found, amount, tracker, isBusy }: ResultsStateProps) {
  const t = networkTexts(lang);
  const { query, failure, cursor } = found;
  if (failure) return <SearchFailed lang={lang} found={found} tracker={tracker} />;
  if (amount === 0) return <NothingFound lang={lang} found={found} isBusy={isBusy} />;
  const words = t.found(amount, cursor !== undefined);
  return (
    <div class="panel-head found-head">
      <p role="status">{query.q.trim() === "" ? words : t.foundFor(words, isolated(query.q.trim()))}</p>
      {isBusy && <span class="muted found-busy">{t.searching}</span>}
      <FromCache lang={lang} found={found} isBusy={isBusy} />
    </div>
  );
}

type StateProps = Pick<ResultsStateProps, "lang" | "found" | "isBusy">;

/** That the tracker does not answer, once that is known. */
function FromCache({ lang, found: { from }, isBusy }: StateProps) {
  if (from !== "cache" || isBusy) return null;
  return (
    <span class="tag" data-kind="warn">
      <Icon name="wifi-off" size={12} /> <span>{networkTexts(lang).fromCache}</span>
    </span>
  );
}

function NothingFound({ lang, found, isBusy }: StateProps) {
  const { query } = found;
  const away = <FromCache lang={lang} found={found} isBusy={isBusy} />;
  const { empty, nothing, filters } = networkTexts(lang);
  const isNarrow = isFiltered(query);
  if (query.q.trim() === "" && !isNarrow) {
    return (
      <div role="status">
        {away}
        <EmptyState drawing="network" title={empty.title} text={empty.help}>
          <LinkButton href="/files" icon="plus-lg" kind="primary">{empty.action}</LinkButton>
        </EmptyState>
      </div>
    );
  }
  return (
    <div role="status">
      {away}
      <EmptyState
        drawing="network"
        title={isNarrow ? nothing.titleFiltered : nothing.title(isolated(query.q.trim()))}
        text={isNarrow ? nothing.helpFiltered : nothing.help}
      >
        {isNarrow && (
          <a class="btn btn-primary" href={networkAddress(withoutFilters(query))} data-clear>{filters.clear}</a>
        )}
      </EmptyState>
    </div>
  );
}

function SearchFailed({ lang, found: { query, failure }, tracker }: Omit<ResultsStateProps, "amount" | "isBusy">) {
  const { away, failed } = networkTexts(lang);
  const errors: Readonly<Record<string, string>> = errorsTexts(lang);
  const isAway = failure!.code === "unreachable";
  const title = isAway ? tracker === "none" ? away.none : away.title : failed.title;
  return (
    <div role="alert">
      <EmptyState
        drawing="lost"
        title={title}
        text={isAway ? away.help : errors[failure!.code] ?? errors.internal!}
      >
        <a class="btn btn-primary" href={networkAddress(query)} data-retry>{away.retry}</a>
        {isAway && <LinkButton href="/settings" icon="gear">{away.settings}</LinkButton>}
      </EmptyState>
    </div>
  );
}
