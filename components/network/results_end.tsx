import type { Failure, Found } from "../../lib/core/found_groups.ts";
import { networkAddress } from "../../lib/core/network_query.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";

export interface ResultsEndProps {
  readonly lang: Language;
  readonly found: Found;
  readonly amount: number;
  /** No more are shown, though there are more. */
  readonly isFull: boolean;
  /** The next page is waited for. */
  readonly isBusy: boolean;
  /** Why the next page could not be had. */
  readonly failure: Failure | undefined;
}

/** Below the results: the way to the next page. */
export function ResultsEnd({ lang, found: { query, cursor }, amount, isFull, isBusy, failure }: ResultsEndProps) {
  const t = networkTexts(lang);
  const errors: Readonly<Record<string, string>> = errorsTexts(lang);
  if (cursor === undefined) return null;
  if (isFull) return <p class="results-end muted">{t.enough(formats(lang).count(amount))}</p>;
  return (
    <div class="results-end" data-results-end>
      {failure && <p role="alert">{errors[failure.code] ?? errors.internal}</p>}
      <a
        class="btn btn-quiet"
        href={nextPage(networkAddress(query), cursor)}
        data-more
        aria-disabled={isBusy || undefined}
      >
        {isBusy ? t.searching : t.showMore}
      </a>
    </div>
  );
}

function nextPage(address: string, cursor: string): string {
  return `${address}${address.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
}
