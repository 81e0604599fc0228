import { page } from "fresh";
import { z } from "zod";
import { LinkButton } from "../../../components/button.tsx";
import { PageHead } from "../../../components/frame.tsx";
import { visibleText } from "../../../lib/core/visible_text.ts";
import { formats } from "../../../lib/i18n/formats.ts";
import { trackerClassTexts } from "../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../define.ts";
import { teacherOf } from "../../teacher_gate.ts";

const A_PAGE = 50;
const beforeSchema = z.string().regex(/^\d{1,15}$/).transform(Number).optional().catch(undefined);

export const handler = defineTracker.handlers({
  GET: ({ state, url }) => {
    state.title = trackerClassTexts(state.lang).log.title;
    const before = beforeSchema.parse(url.searchParams.get("before") ?? undefined);
    const lines = teacherOf(state).room.audit(A_PAGE + 1, before);
    return page({
      lines: lines.slice(0, A_PAGE),
      older: lines.length > A_PAGE ? lines[A_PAGE - 1]!.id : undefined,
      isFirst: before === undefined,
    });
  },
});

export default defineTracker.page<typeof handler>(({ data: { lines, older, isFirst }, state: { lang, tracker } }) => {
  const t = trackerClassTexts(lang).log;
  const f = formats(lang);
  const wordsOf = (action: string) => (Object.hasOwn(t.actions, action) ? t.actions[action] : undefined) ?? action;
  return (
    <>
      <PageHead title={t.title} />
      <section class="panel">
        <p class="panel-body muted">{lines.length === 0 ? t.none : t.text}</p>
        <ol class="log">
          {lines.map(({ id, at, action, about, by }) => (
            <li key={id}>
              <time class="muted" dateTime={new Date(at).toISOString()} title={f.fullDate(at)}>
                {f.date(at, tracker.now())}
              </time>
              <div>
                {about === "" ? wordsOf(action) : t.about(wordsOf(action))}{" "}
                {about !== "" && <strong class="name">{visibleText(about)}</strong>}
              </div>
              <div class="log-by">
                <span class="muted">{t.by}</span> <bdi>{by === "teacher" ? t.teacher : visibleText(by)}</bdi>
              </div>
            </li>
          ))}
        </ol>
        {(older !== undefined || !isFirst) && (
          <div class="results-end">
            {!isFirst && <a href="?">{t.newest}</a>}
            {older !== undefined && <LinkButton href={`?before=${older}`} icon="chevron-right">{t.older}</LinkButton>}
          </div>
        )}
      </section>
    </>
  );
});
