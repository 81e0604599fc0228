import { page } from "fresh";
import { z } from "zod";
import { Button, LinkButton } from "../../../../components/button.tsx";
import { EmptyState } from "../../../../components/empty_state.tsx";
import { PageHead } from "../../../../components/frame.tsx";
import { Icon } from "../../../../components/icon.tsx";
import { DoneNote } from "../../../../components/tracker/done_note.tsx";
import { RosterTable } from "../../../../components/tracker/roster_table.tsx";
import {
  isCalled,
  isShown,
  ROSTER_FILTERS,
  type RosterFilter,
  rosterRows,
} from "../../../../lib/core/teacher_roster.ts";
import { formats } from "../../../../lib/i18n/formats.ts";
import { trackerClassTexts } from "../../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../../define.ts";
import { invitationFor, teacherOf } from "../../../teacher_gate.ts";
import { JoinCode } from "../../(_components)/join_code.tsx";

const A_PAGE = 100;
const MAX_NAME = 64;

const askedSchema = z.object({
  show: z.enum(ROSTER_FILTERS).catch("all"),
  q: z.string().max(MAX_NAME).catch(""),
  page: z.coerce.number().int().min(1).max(1_000).catch(1),
});

export const handler = defineTracker.handlers({
  GET: ({ state, url }) => {
    const { tracker, lang } = state;
    const teacher = teacherOf(state);
    state.title = trackerClassTexts(lang).people.title;
    const { show, q, page: number } = askedSchema.parse(Object.fromEntries(url.searchParams));
    const rows = rosterRows(teacher.room.roster(), teacher);
    const found = rows.filter((row) => isShown(row, show) && isCalled(row, q));
    const pages = Math.max(1, Math.ceil(found.length / A_PAGE));
    const current = Math.min(number, pages);
    return page({
      ...{ show, q, current, pages, now: tracker.now() },
      rows: found.slice((current - 1) * A_PAGE, current * A_PAGE),
      amounts: Object.fromEntries(
        ROSTER_FILTERS.map((filter) => [filter, rows.filter((row) => isShown(row, filter)).length]),
      ) as Record<RosterFilter, number>,
      invitation: invitationFor(state, url)!,
    });
  },
});

export default defineTracker.page<typeof handler>(({ data, state: { lang }, url }) => {
  const { rows, amounts, show, q, current, pages, now, invitation } = data;
  const t = trackerClassTexts(lang);
  const f = formats(lang);
  const at = (changes: { show?: RosterFilter; q?: string; page?: number }) => addressOf({ show, q, ...changes });
  return (
    <>
      <PageHead title={t.people.title}>
        <span class="muted">{t.people.summary(amounts.all, amounts.here)}</span>
        <LinkButton href="/class/invite" kind="primary" icon="plus-lg">{t.invite.title}</LinkButton>
      </PageHead>
      <DoneNote lang={lang} url={url} />
      <details class="panel class-code">
        <summary class="panel-head">
          <h2>{t.join.show}</h2>
        </summary>
        <div class="panel-body">
          <JoinCode lang={lang} invitation={invitation} />
        </div>
      </details>
      <section class="panel">
        <div class="panel-head roster-tools">
          <nav aria-label={t.people.filters}>
            <ul class="chips">
              {ROSTER_FILTERS.map((filter) => (
                <li key={filter}>
                  <a
                    class="chip"
                    href={at({ show: filter })}
                    data-on={filter === show || undefined}
                    aria-current={filter === show || undefined}
                  >
                    {t.people.filter[filter]} <span class="muted">{f.count(amounts[filter])}</span>
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <form class="roster-search" role="search" method="get" aria-label={t.people.search}>
            {show !== "all" && <input type="hidden" name="show" value={show} />}
            <input
              class="form-control"
              type="search"
              name="q"
              value={q}
              maxLength={MAX_NAME}
              placeholder={t.people.search}
              aria-label={t.people.search}
              autocomplete="off"
            />
            <Button type="submit" icon="search" label={t.people.find} />
          </form>
        </div>
        {rows.length > 0
          ? <RosterTable lang={lang} rows={rows} now={now} />
          : amounts.all + amounts.removed === 0
          ? <EmptyState drawing="network" title={t.people.none} text={t.people.noneHelp} />
          : (
            <EmptyState drawing="network" title={t.people.noMatch} text={q === "" ? "" : t.people.noMatchHelp}>
              <LinkButton href={addressOf({})}>{t.people.showAll}</LinkButton>
            </EmptyState>
          )}
        {pages > 1 && (
          <nav class="paging" aria-label={t.people.page(current, pages)}>
            {current > 1 && (
              <a href={at({ page: current - 1 })}>
                <Icon name="chevron-left" size={12} /> {t.people.previous}
              </a>
            )}
            <span class="muted">{t.people.page(current, pages)}</span>
            {current < pages && (
              <a href={at({ page: current + 1 })}>
                {t.people.next} <Icon name="chevron-right" size={12} />
              </a>
            )}
          </nav>
        )}
      </section>
    </>
  );
});

interface Asked {
  readonly show?: RosterFilter;
  readonly q?: string;
  readonly page?: number;
}

/** Relative, since Fresh marks every link to the path of the page as the current one. */
function addressOf({ show = "all", q = "", page = 1 }: Asked): string {
  return `?${new URLSearchParams({
    ...show !== "all" && { show },
    ...q !== "" && { q },
    ...page > 1 && { page: String(page) },
  })}`;
}
