import type { FoundGroup } from "../../lib/core/found_groups.ts";
import type { FoundState } from "../../lib/core/local_messages.ts";
import { networkAddress, type NetworkQuery, sortedBy } from "../../lib/core/network_query.ts";
import type { SearchSort } from "../../lib/core/search_order.ts";
import { isolated, visibleText } from "../../lib/core/visible_text.ts";
import { formats } from "../../lib/i18n/formats.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import { FileIcon } from "../file_icon.tsx";
import { FileName } from "../file_name.tsx";
import { VISIBILITY_ICONS } from "../files/visibility_choice.tsx";
import { Icon, type IconName } from "../icon.tsx";
import { SortHead } from "../table.tsx";
import { FoundAction } from "./found_action.tsx";

/** A group with its state of this moment. */
export interface FoundNow {
  readonly group: FoundGroup;
  readonly state: FoundState;
  readonly isBusy?: boolean;
}

export interface FoundTableProps {
  readonly lang: Language;
  readonly query: NetworkQuery;
  readonly rows: readonly FoundNow[];
  /** Whether this computer is in a class: then owners who are not are marked. */
  readonly isInClass: boolean;
  /** Something newer is waited for. */
  readonly isBusy?: boolean;
  onSort?(sort: SearchSort): void;
}

/** Names and owners listed in a row before "and others". */
const LISTED = 2;

/** What was found, equal content once. */
export function FoundTable({ lang, query, rows, isInClass, isBusy, onSort }: FoundTableProps) {
  const t = networkTexts(lang);
  const head = (sort: Exclude<SearchSort, "relevance">, numeric = false) => (
    <SortHead
      label={t.columns[sort]}
      order={query.sort === sort ? query.order : undefined}
      numeric={numeric}
      class={`found-${sort}-head`}
      href={networkAddress(sortedBy(query, sort))}
      {...onSort && { onSort: () => onSort(sort) }}
    />
  );
  return (
    <table class="data-table found-table" aria-busy={isBusy || undefined}>
      <caption class="visually-hidden">{t.caption}</caption>
      <thead>
        <tr>
          {head("name")}
          {head("size", true)}
          <th scope="col">{t.columns.owner}</th>
          {head("copies", true)}
          {head("date")}
          <th scope="col">
            <span class="visually-hidden">{t.columns.action}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <FoundRow
            key={`${row.group.kind} ${row.group.id}`}
            lang={lang}
            query={query}
            isInClass={isInClass}
            {...row}
          />
        ))}
      </tbody>
    </table>
  );
}

interface FoundRowProps extends FoundNow {
  readonly lang: Language;
  readonly query: NetworkQuery;
  readonly isInClass: boolean;
}

function FoundRow({ lang, query, isInClass, group, state, isBusy }: FoundRowProps) {
  const t = networkTexts(lang);
  const f = formats(lang);
  const { id, kind, names, size, owners, visibility, copies, at } = group;
  const [name, ...others] = names;
  const listed = others.slice(0, LISTED).map(isolated);
  return (
    <tr class="found" data-result={id} data-state={state.kind}>
      <th scope="row">
        <div class="found-name">
          <FileIcon name={name} kind={kind} />
          <div>
            <a
              class="found-open"
              href={networkAddress(query, id)}
              data-file={id}
              aria-label={t.details.open(isolated(name))}
            >
              <FileName name={name} />
            </a>
            {others.length > 0 && <p class="muted found-also">{t.alsoCalled(listed, others.length - listed.length)}</p>}
            {visibility !== "public" && (
              <p class="muted" title={t.details.permission}>
                <Icon name={VISIBILITY_ICONS[visibility]} size={12} /> {t.details.visibility[visibility]}
              </p>
            )}
            <StateTag lang={lang} state={state.kind} />
          </div>
        </div>
      </th>
      <td class="num">{f.bytes(size)}</td>
      <td class="found-owners">
        {owners.slice(0, LISTED).map(({ id, name, isMember, seenAt }, place) => (
          <span key={id}>
            {place > 0 && ", "}
            <bdi class="name">{visibleText(name)}</bdi>
            {isInClass && isMember === false && (
              <>
                {" "}
                <span class="muted">{frameTexts(lang).notInClass}</span>
              </>
            )}
            {seenAt !== undefined && (
              <>
                {" "}
                <span class="muted found-seen">
                  <time dateTime={seenAt} title={f.fullDate(seenAt)}>{t.seen(f.date(seenAt))}</time>
                </span>
              </>
            )}
          </span>
        ))}
        {owners.length > LISTED && <>{" "}{t.moreOwners(owners.length - LISTED)}</>}
      </td>
      <td class="num found-copies" data-none={copies === 0 || undefined}>
        {f.count(copies)}
        <span class="found-unit">{t.copiesUnit(copies)}</span>
      </td>
      <td class="found-date">
        <time dateTime={at} title={f.fullDate(at)}>{f.date(at)}</time>
      </td>
      <td class="found-action">
        <FoundAction lang={lang} group={group} state={state} isBusy={isBusy} from={networkAddress(query)} />
      </td>
    </tr>
  );
}

const STATE_ICONS: Partial<Record<FoundState["kind"], IconName>> = {
  mine: "share",
  here: "check-circle-fill",
  "no-source": "wifi-off",
};

/** What it is to this computer; nothing where the button says it all. */
function StateTag({ lang, state }: { readonly lang: Language; readonly state: FoundState["kind"] }) {
  const icon = STATE_ICONS[state];
  if (!icon) return null;
  return (
    <p class="found-state" data-state={state}>
      <Icon name={icon} size={12} /> {networkTexts(lang).states[state]}
    </p>
  );
}
