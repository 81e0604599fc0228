import { FILE_TYPES } from "../../lib/core/file_type.ts";
import {
  isFiltered,
  networkAddress,
  type NetworkQuery,
  SIZE_RANGES,
  withoutFilters,
} from "../../lib/core/network_query.ts";
import { SEARCH_SORTS } from "../../lib/core/search_order.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import { Button } from "../button.tsx";
import { Icon } from "../icon.tsx";

export interface NetworkFormProps {
  readonly lang: Language;
  readonly query: NetworkQuery;
  /** Offered while the owner's name is typed. */
  readonly owners: readonly string[];
  /** Of the page that shows a search; another program's differs. */
  readonly address?: (query: NetworkQuery) => string;
}

/** The search with its filters: a form that works by itself, and whose events an island may take over. */
export function NetworkForm({ lang, query, owners, address = networkAddress }: NetworkFormProps) {
  const t = networkTexts(lang);
  const action = address(query).split("?")[0];
  return (
    <form class="network-form" role="search" method="get" action={action} aria-label={t.search.label}>
      <div class="network-search">
        <Icon name="search" />
        <input
          class="form-control"
          type="search"
          name="q"
          value={query.q}
          maxLength={200}
          placeholder={t.search.placeholder}
          aria-label={t.search.label}
          aria-keyshortcuts="/"
          title={t.search.hint}
          autocomplete="off"
          spellcheck={false}
          data-search
        />
        <Button kind="primary" type="submit">{t.search.button}</Button>
      </div>
      <fieldset class="chips">
        <legend class="visually-hidden">{t.filters.label}</legend>
        <TypeChip lang={lang} query={query} />
        <SizeChip lang={lang} query={query} />
        <OwnerChip lang={lang} query={query} owners={owners} />
        <label class="chip" data-on={query.available || undefined}>
          <input class="form-check-input" type="checkbox" name="available" value="1" checked={query.available} />
          {t.filters.available}
        </label>
        {isFiltered(query) && (
          <a class="btn btn-bare btn-sm" href={address(withoutFilters(query))} data-clear>
            <Icon name="x-lg" size={12} />
            {t.filters.clear}
          </a>
        )}
        <SortChip lang={lang} query={query} />
      </fieldset>
    </form>
  );
}

type ChipProps = Pick<NetworkFormProps, "lang" | "query">;

function TypeChip({ lang, query: { type } }: ChipProps) {
  const { filters: t } = networkTexts(lang);
  return (
    <label class="chip" data-on={type !== "" || undefined}>
      <span class="visually-hidden">{t.type}</span>
      <select name="type" value={type}>
        <option value="" selected={type === ""}>{t.types.any}</option>
        {FILE_TYPES.map((value) => <option key={value} value={value} selected={type === value}>{t.types[value]}
        </option>)}
      </select>
    </label>
  );
}

function SizeChip({ lang, query: { size } }: ChipProps) {
  const { filters: t } = networkTexts(lang);
  const f = formats(lang);
  const name = ({ min, max }: { readonly min?: number; readonly max?: number }) => {
    if (min === undefined) return t.sizes.below(f.bytes(max!));
    return max === undefined ? t.sizes.above(f.bytes(min)) : t.sizes.between(f.bytes(min), f.bytes(max));
  };
  return (
    <label class="chip" data-on={size !== "" || undefined}>
      <span class="visually-hidden">{t.size}</span>
      <select name="size" value={size}>
        <option value="" selected={size === ""}>{t.sizes.any}</option>
        {Object.entries(SIZE_RANGES).map(([value, range]) => (
          <option key={value} value={value} selected={size === value}>{name(range)}</option>
        ))}
      </select>
    </label>
  );
}

function OwnerChip({ lang, query: { owner }, owners }: NetworkFormProps) {
  const { filters: t } = networkTexts(lang);
  return (
    <label class="chip" data-on={owner !== "" || undefined}>
      <span>{t.owner}</span>
      <input
        type="text"
        name="owner"
        value={owner}
        maxLength={64}
        placeholder={t.anyOwner}
        list="network-owners"
        autocomplete="off"
        spellcheck={false}
      />
      <datalist id="network-owners">
        {owners.map((name) => <option key={name} value={name} />)}
      </datalist>
    </label>
  );
}

function SortChip({ lang, query: { sort, order } }: ChipProps) {
  const { sort: t } = networkTexts(lang);
  return (
    <span class="sort-chip">
      <label class="chip">
        <span>{t.label}</span>
        <select name="sort" value={sort}>
          {SEARCH_SORTS.map((value) => <option key={value} value={value} selected={sort === value}>{t[value]}</option>)}
        </select>
      </label>
      {sort !== "relevance" && (
        <Button
          kind="bare"
          type="submit"
          name="order"
          value={order === "asc" ? "desc" : "asc"}
          icon={order === "asc" ? "sort-up" : "sort-down"}
          label={t.reverse[order]}
        />
      )}
    </span>
  );
}
