import { page } from "fresh";
import { Button, LinkButton } from "../../../../components/button.tsx";
import { EmptyState } from "../../../../components/empty_state.tsx";
import { PageHead } from "../../../../components/frame.tsx";
import { Head } from "../../../../components/table.tsx";
import { doneAt, DoneNote } from "../../../../components/tracker/done_note.tsx";
import { isolated, visibleText } from "../../../../lib/core/visible_text.ts";
import { formats } from "../../../../lib/i18n/formats.ts";
import { trackerClassTexts } from "../../../../lib/i18n/tracker_class.ts";
import { fileIdOr404 } from "../../../api/tracker.ts";
import { defineTracker } from "../../../define.ts";
import { readForm } from "../../../form.ts";
import { teacherOf } from "../../../teacher_gate.ts";

const SHORT_ID = 12;

export const handler = defineTracker.handlers({
  GET: ({ state }) => {
    state.title = trackerClassTexts(state.lang).files.title;
    return page({ files: teacherOf(state).takenDown(), now: state.tracker.now() });
  },
  /** Allows one again. */
  POST: async (ctx) => {
    const form = await readForm(ctx.req);
    teacherOf(ctx.state).allowAgain(fileIdOr404(form.get("file") ?? undefined));
    return ctx.redirect(doneAt("/class/files", "allowed-again"), 303);
  },
});

export default defineTracker.page<typeof handler>(({ data: { files, now }, state: { lang }, url }) => {
  const t = trackerClassTexts(lang).files;
  const f = formats(lang);
  return (
    <>
      <PageHead title={t.title} />
      <DoneNote lang={lang} url={url} />
      <section class="panel">
        {files.length === 0
          ? (
            <EmptyState drawing="files" title={t.none} text={t.noneHelp}>
              <LinkButton href="/search" icon="search">{t.search}</LinkButton>
            </EmptyState>
          )
          : (
            <>
              <p class="panel-body muted">{t.text}</p>
              <table class="data-table">
                <thead>
                  <tr>
                    <Head>{t.name}</Head>
                    <Head>{t.since}</Head>
                    <Head class="taken-id">{t.id}</Head>
                    <Head>
                      <span class="visually-hidden">{t.actions}</span>
                    </Head>
                  </tr>
                </thead>
                <tbody>
                  {files.map(({ fileId, name, at }) => (
                    <tr key={fileId}>
                      <th scope="row" class="name">{visibleText(name)}</th>
                      <td>
                        <time dateTime={new Date(at).toISOString()} title={f.fullDate(at)}>{f.date(at, now)}</time>
                      </td>
                      <td class="taken-id">
                        <code title={fileId}>{fileId.slice(0, SHORT_ID)}</code>
                      </td>
                      <td class="num">
                        <form method="post">
                          <input type="hidden" name="file" value={fileId} />
                          <Button type="submit" small aria-label={t.allowOf(isolated(name))}>{t.allow}</Button>
                        </form>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          )}
      </section>
    </>
  );
});
