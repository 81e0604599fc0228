import type { FoundGroup } from "../../lib/core/found_groups.ts";
import { type NetworkQuery, sortedBy } from "../../lib/core/network_query.ts";
import type { SearchSort } from "../../lib/core/search_order.ts";
import { isolated, visibleText } from "../../lib/core/visible_text.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import { FileIcon } from "../file_icon.tsx";
import { FileName } from "../file_name.tsx";
import { Head, SortHead } from "../table.tsx";
import { searchAddress } from "./search_address.ts";

export interface FoundTableProps {
  readonly lang: Language;
  readonly query: NetworkQuery;
  readonly groups: readonly FoundGroup[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Names and owners listed in a row before "and others". */
const LISTED = 2;

/** Found files, equal ones once; each name leads to the page of its file. */
export function FoundTable({ lang, query, groups, now }: FoundTableProps) {
  const t = networkTexts(lang);
  const head = (sort: Exclude<SearchSort, "relevance">, numeric = false) => (
    <SortHead
      label={t.columns[sort]}
      numeric={numeric}
      class={`found-${sort}-head`}
      order={query.sort === sort ? query.order : undefined}
      href={searchAddress(sortedBy(query, sort))}
    />
  );
  return (
    <table class="data-table found-table">
      <caption class="visually-hidden">{t.caption}</caption>
      <thead>
        <tr>
          {head("name")}
          {head("size", true)}
          <Head>{t.columns.owner}</Head>
          {head("copies", true)}
          {head("date")}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => <FoundRow key={`${group.kind} ${group.id}`} lang={lang} group={group} now={now} />)}
      </tbody>
    </table>
  );
}

interface FoundRowProps {
  readonly lang: Language;
  readonly group: FoundGroup;
  readonly now: number;
}

function FoundRow({ lang, group, now }: FoundRowProps) {
  const t = networkTexts(lang);
  const f = formats(lang);
  const { id, kind, size, owners, copies, at, names: [name, ...others] } = group;
  const listed = others.slice(0, LISTED).map(isolated);
  return (
    <tr class="found">
      <th scope="row">
        <div class="found-name">
          <FileIcon name={name} kind={kind} />
          <div>
            <a class="found-open" href={`/files/${id}`}>
              <FileName name={name} />
            </a>
            {others.length > 0 && <p class="muted found-also">{t.alsoCalled(listed, others.length - listed.length)}</p>}
          </div>
        </div>
      </th>
      <td class="num">{f.bytes(size)}</td>
      <td class="found-owners">
        {owners.slice(0, LISTED).map(({ id, name }, place) => (
          <span key={id}>
            {place > 0 && ", "}
            <bdi class="name">{visibleText(name)}</bdi>
          </span>
        ))}
        {owners.length > LISTED && ` ${t.moreOwners(owners.length - LISTED)}`}
      </td>
      <td class="num found-copies" data-none={copies === 0 || undefined}>
        {f.count(copies)}
        <span class="found-unit">{t.copiesUnit(copies)}</span>
      </td>
      <td class="found-date">
        <time dateTime={at} title={f.fullDate(at)}>{f.date(at, now)}</time>
      </td>
    </tr>
  );
}
