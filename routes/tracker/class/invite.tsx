import { page } from "fresh";
import { Button } from "../../../components/button.tsx";
import { Field } from "../../../components/field.tsx";
import { PageHead } from "../../../components/frame.tsx";
import { Callout } from "../../../components/panel.tsx";
import { asEssaimError } from "../../../lib/core/errors.ts";
import type { RosterProblem } from "../../../lib/core/roster.ts";
import { isolated } from "../../../lib/core/visible_text.ts";
import { errorsTexts } from "../../../lib/i18n/errors.ts";
import { frameTexts } from "../../../lib/i18n/frame.ts";
import { trackerClassTexts } from "../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../define.ts";
import { NAME_FIELDS, readNameList } from "../../name_list.ts";
import { teacherOf } from "../../teacher_gate.ts";

interface Data {
  readonly typed: string;
  /** Why nothing was done. */
  readonly wrong?: { readonly text: string; readonly detail?: string; readonly problems?: readonly RosterProblem[] };
}

const LIST_FAULTS: ReadonlySet<string> = new Set(["bad-input", "bad-name", "name-taken", "too-large", "conflict"]);

export const handler = defineTracker.handlers({
  GET: ({ state }) => {
    state.title = trackerClassTexts(state.lang).invite.title;
    return page<Data>({ typed: "" });
  },
  POST: async (ctx) => {
    const { state } = ctx;
    const { room } = teacherOf(state);
    const t = trackerClassTexts(state.lang).invite;
    state.title = t.title;
    let typed = "";
    let above = 0;
    try {
      const list = await readNameList(ctx.req);
      ({ typed, linesAbove: above = 0 } = list);
      if (list.csv.trim() === "") return page<Data>({ typed, wrong: { text: t.empty } }, { status: 400 });
      const lines = await room.importRoster(list.csv);
      if (lines.length === 0) return page<Data>({ typed, wrong: { text: t.nobody } });
      return ctx.redirect(`/class/codes/${state.sheets.add({ kind: "invited", lines })}`, 303);
    } catch (caught) {
      const error = asEssaimError(caught);
      if (!LIST_FAULTS.has(error.code)) throw error;
      const problems = (error.details?.problems as readonly RosterProblem[] | undefined)?.map((problem) => ({
        ...problem,
        line: problem.line - above,
        ...problem.first !== undefined && { first: problem.first - above },
      }));
      const wrong = problems
        ? { text: t.correct, problems }
        : { text: errorsTexts(state.lang)[error.code], detail: error.message };
      return page<Data>({ typed, wrong }, { status: error.status });
    }
  },
});

export default defineTracker.page<typeof handler>(({ data, state: { lang } }) => {
  const { typed, wrong } = data as Data;
  const t = trackerClassTexts(lang).invite;
  return (
    <div class="narrow">
      <PageHead title={t.title} />
      {wrong && (
        <Callout kind="error" role="alert">
          <p>
            <strong>{t.wrong}</strong>. {wrong.text}
          </p>
          {wrong.problems && (
            <ul class="mb-0">
              {wrong.problems.map(({ line, text, why, first }) => (
                <li key={line}>
                  {why === "duplicate" ? t.twice(line, isolated(text), first ?? line) : t.noName(line, isolated(text))}
                </li>
              ))}
            </ul>
          )}
          {wrong.detail && (
            <details class="muted">
              <summary>{frameTexts(lang).notices.details}</summary>
              <span lang="en">{wrong.detail}</span>
            </details>
          )}
        </Callout>
      )}
      <form class="panel panel-body settings" method="post" encType="multipart/form-data">
        <p class="muted">{t.text}</p>
        <Field id="names" label={t.names} help={t.namesHelp}>
          <textarea
            id="names"
            class="form-control"
            name={NAME_FIELDS.names}
            rows={10}
            spellcheck={false}
            autocomplete="off"
            aria-describedby="names-help"
            value={typed}
          />
        </Field>
        <Field id="list" label={t.file} help={t.fileHelp}>
          <input
            id="list"
            class="form-control"
            type="file"
            name={NAME_FIELDS.file}
            accept=".csv,.txt,text/csv,text/plain"
            aria-describedby="list-help"
          />
        </Field>
        <p class="muted">{t.again}</p>
        <div>
          <Button type="submit" kind="primary">{t.button}</Button>
        </div>
      </form>
    </div>
  );
});
