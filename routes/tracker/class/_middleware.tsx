import { HttpError } from "fresh";
import { trackerClassTexts } from "../../../lib/i18n/tracker_class.ts";
import { defineTracker } from "../../define.ts";
import { SIGN_IN_PATH } from "../../teacher_gate.ts";
import { OnlyForTeacher } from "./(_components)/only_for_teacher.tsx";

const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Lets the teacher in, leads whoever may become it to the password, and explains to everybody else how to come. */
export default defineTracker.middleware(async (ctx) => {
  const { req, url, state: { access, tracker, lang } } = ctx;
  if (access === undefined || tracker.teacher === undefined) throw new HttpError(404);
  if (access.kind === "refused") {
    ctx.state.title = trackerClassTexts(lang).refused.title;
    const addresses = tracker.teacher.secureAddresses();
    return await ctx.render(
      <OnlyForTeacher lang={lang} why={access.why} addresses={addresses} port={url.port} />,
      { status: 403 },
    );
  }
  const isReading = READING.has(req.method);
  if (!isReading && !comesFromOwnPage(req, url)) throw new HttpError(403);
  if (access.kind === "sign-in" && url.pathname !== SIGN_IN_PATH) {
    if (!isReading) throw new HttpError(401);
    return ctx.redirect(`${SIGN_IN_PATH}?${new URLSearchParams({ from: url.pathname + url.search })}`, 303);
  }
  return await ctx.next();
});

/** What changes something for a whole class must say that it was asked on a page of ours; every browser does. */
function comesFromOwnPage({ headers }: Request, { origin }: URL): boolean {
  const site = headers.get("sec-fetch-site");
  return headers.get("origin") === origin && (site === null || site === "same-origin");
}
