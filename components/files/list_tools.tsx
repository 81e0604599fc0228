import type { ShareSort } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button } from "../button.tsx";
import { Icon } from "../icon.tsx";
import { COLUMNS } from "./columns.ts";
import type { ListQuery } from "./list_query.ts";

export interface ListToolsProps {
  readonly lang: Language;
  readonly query: ListQuery;
  /** What stands in the filter field. */
  readonly typed: string;
  /** Files that have the words. */
  readonly found: number;
  readonly total: number;
  readonly selected: number;
  /** Undefined where no script drives the page: the form is sent. */
  onFilter?(words: string): void;
  onSort?(sort: ShareSort): void;
  onTurn?(): void;
  onWho?(): void;
  onDelete?(): void;
  onClear?(): void;
}

/** Above the list: filter, how many files there are, sorting where there are no heads, and what to do with those chosen. */
export function ListTools(props: ListToolsProps) {
  const { lang, query, typed, found, total, selected, onFilter, onWho, onDelete, onClear } = props;
  const t = filesTexts(lang);
  return (
    <div class="list-tools">
      <form method="get" action="/files" class="list-filter" onSubmit={onFilter && ((event) => event.preventDefault())}>
        <Icon name="search" />
        <input
          class="form-control"
          type="search"
          name="q"
          maxLength={200}
          autocomplete="off"
          placeholder={t.table.filter}
          aria-label={t.table.filter}
          value={typed}
          onInput={onFilter && ((event) => onFilter(event.currentTarget.value))}
        />
        {query.sort !== "at" && <input type="hidden" name="sort" value={query.sort} />}
      </form>
      <p class="list-count muted" role="status">
        {query.q === "" ? t.table.total(found) : t.table.found(found, total)}
      </p>
      {selected > 0 && (
        <div class="selection">
          <strong role="status">{t.selection.count(selected)}</strong>
          <Button small icon="people" onClick={onWho}>{t.selection.who}</Button>
          <Button small icon="trash3" onClick={onDelete}>{t.details.delete}</Button>
          <Button small kind="bare" onClick={onClear}>{t.selection.clear}</Button>
        </div>
      )}
      <SortChoice {...props} />
    </div>
  );
}

/** On narrow screens, where the list has no heads. */
function SortChoice({ lang, query, onSort, onTurn }: ListToolsProps) {
  const t = filesTexts(lang).table;
  return (
    <div class="list-sort needs-script">
      <select
        class="form-select"
        aria-label={t.sortBy}
        value={query.sort}
        onChange={onSort && ((event) => onSort(event.currentTarget.value as ShareSort))}
      >
        {COLUMNS.flatMap(({ sort, label }) =>
          sort ? [<option key={sort} value={sort}>{t[label] as string}</option>] : []
        )}
      </select>
      <Button
        icon={query.order === "asc" ? "sort-up" : "sort-down"}
        label={query.order === "asc" ? t.ascending : t.descending}
        onClick={onTurn}
      />
    </div>
  );
}
