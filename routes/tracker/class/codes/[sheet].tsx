import { page } from "fresh";
import { LinkButton } from "../../../../components/button.tsx";
import { EmptyState } from "../../../../components/empty_state.tsx";
import { PageHead } from "../../../../components/frame.tsx";
import { CodeCards } from "../../../../components/tracker/code_cards.tsx";
import PrintButton from "../../../../islands/PrintButton.tsx";
import { isolated } from "../../../../lib/core/visible_text.ts";
import { formats } from "../../../../lib/i18n/formats.ts";
import { trackerClassTexts } from "../../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../../define.ts";
import { teacherOf } from "../../../teacher_gate.ts";
import { joinLinks } from "../../../tracker_pages.ts";
import { OneCode } from "../(_components)/one_code.tsx";

export const handler = defineTracker.handlers({
  GET: ({ state, params, url }) => {
    teacherOf(state);
    const sheet = state.sheets.get(params.sheet ?? "");
    const t = trackerClassTexts(state.lang).sheet;
    const [first] = sheet?.lines ?? [];
    const title = sheet === undefined
      ? t.gone
      : sheet.kind === "reset" && first
      ? t.title.reset(isolated(first.name))
      : t.title.invited;
    state.title = title;
    const lines = sheet?.lines.map((line) => ({ ...line, links: joinLinks(line.code, url, state.tracker) }));
    return page({ title, lines, goodUntil: sheet?.goodUntil ?? 0 }, { status: sheet ? 200 : 404 });
  },
});

export default defineTracker.page<typeof handler>(({ data: { title, lines, goodUntil }, state: { lang } }) => {
  const t = trackerClassTexts(lang).sheet;
  if (lines === undefined) {
    return (
      <EmptyState drawing="lost" heading="h1" title={title} text={t.goneHelp}>
        <LinkButton href="/class/people">{t.done}</LinkButton>
      </EmptyState>
    );
  }
  const [first, ...others] = lines;
  const date = formats(lang).date(goodUntil);
  return (
    <div class="sheet">
      <PageHead title={title}>
        <LinkButton href="/class/people" icon="chevron-left">{t.done}</LinkButton>
        <PrintButton label={t.print} />
      </PageHead>
      <p class="muted sheet-note" role="status">{others.length === 0 ? t.noteOne(date) : t.note(date)}</p>
      {first && others.length === 0 ? <OneCode lang={lang} line={first} /> : <CodeCards lang={lang} lines={lines} />}
    </div>
  );
});
