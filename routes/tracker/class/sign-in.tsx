import { page } from "fresh";
import { Button } from "../../../components/button.tsx";
import { describedBy, Field } from "../../../components/field.tsx";
import { PageHead } from "../../../components/frame.tsx";
import { Callout } from "../../../components/panel.tsx";
import { MAX_PASSWORD_LENGTH } from "../../../lib/core/teacher_access.ts";
import { localPath } from "../../../lib/core/public_access.ts";
import { trackerClassTexts } from "../../../lib/i18n/tracker_class.ts";
import { defineTracker, type TrackerPageState } from "../../define.ts";
import { readForm } from "../../form.ts";
import { sessionCookie } from "../../teacher_gate.ts";
import { cameOf } from "../../tracker_pages.ts";

interface Data {
  /** Where to go afterwards. */
  readonly from: string;
  readonly isSet: boolean;
  readonly fault?: string;
}

export const handler = defineTracker.handlers({
  GET: (ctx) => {
    const from = localPath(ctx.url.searchParams.get("from") ?? "/class");
    if (ctx.state.access?.kind === "teacher") return ctx.redirect(from, 303);
    return page<Data>(dataOf(ctx.state, from));
  },
  POST: async (ctx) => {
    const { state } = ctx;
    const form = await readForm(ctx.req);
    const from = localPath(form.get("from") ?? "/class");
    const { sessions, room } = state.tracker.teacher!;
    const { remoteAddress, encrypted } = cameOf(ctx);
    if (!encrypted) return ctx.redirect("/class", 303); // at the tracker's own computer, where none is needed
    const result = await sessions.signIn(form.get("password") ?? "", remoteAddress);
    const t = trackerClassTexts(state.lang).signIn;
    switch (result.kind) {
      case "signed-in": {
        room.note("signed-in", "", remoteAddress);
        const headers = { location: from, "set-cookie": sessionCookie(result.token) };
        return new Response(null, { status: 303, headers });
      }
      case "wrong":
        room.note("sign-in-failed", "", remoteAddress);
        return page<Data>(dataOf(state, from, t.wrong), { status: 403 });
      case "limited": {
        const seconds = Math.ceil(result.retryAfterMs / 1000);
        const headers = { "retry-after": String(seconds) };
        return page<Data>(dataOf(state, from, t.limited(seconds)), { status: 429, headers });
      }
      case "unset":
        return page<Data>(dataOf(state, from), { status: 403 });
      default:
        return result satisfies never;
    }
  },
});

function dataOf(state: TrackerPageState, from: string, fault?: string): Data {
  state.title = trackerClassTexts(state.lang).signIn.title;
  const isSet = state.tracker.teacher!.password.mark() !== undefined;
  return { from, isSet, ...fault !== undefined && { fault } };
}

export default defineTracker.page<typeof handler>(({ data, state: { lang, program } }) => {
  const { from, isSet, fault } = data as Data;
  const t = trackerClassTexts(lang).signIn;
  return (
    <div class="narrow sign-in">
      <PageHead title={t.title} />
      {isSet
        ? (
          <form class="panel panel-body settings" method="post" action="/class/sign-in">
            <input type="hidden" name="from" value={from} />
            <Field id="password" label={t.password} {...fault !== undefined && { error: fault }}>
              <input
                class={`form-control ${fault === undefined ? "" : "is-invalid"}`}
                type="password"
                name="password"
                required
                autofocus
                maxLength={MAX_PASSWORD_LENGTH}
                autocomplete="current-password"
                {...describedBy("password", false, fault)}
              />
            </Field>
            <div>
              <Button type="submit" kind="primary">{t.button}</Button>
            </div>
          </form>
        )
        : (
          <Callout kind="warn">
            <p>
              <strong>{t.unset}</strong>
            </p>
            <p>
              {t.unsetHelp} <code>{program} tracker-password</code>
            </p>
          </Callout>
        )}
    </div>
  );
});
