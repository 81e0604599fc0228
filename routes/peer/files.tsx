import { page } from "fresh";
import { directoryOf } from "../../components/class/directory.ts";
import { PageHead } from "../../components/frame.tsx";
import { listOf, PAGE_SIZE } from "../../components/files/list_query.ts";
import { AddForm, ChooseForm, DONE, Done, type DoneProps, Pages } from "../../components/files/plain_forms.tsx";
import { Callout } from "../../components/panel.tsx";
import { FirstSteps } from "../../components/welcome/first_steps.tsx";
import MyFiles from "../../islands/MyFiles.tsx";
import { viewClass } from "../../lib/app/class_view.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { batchIdSchema, chosenVisibilitySchema } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { welcomeTexts } from "../../lib/i18n/welcome.ts";
import type { LocalPeerParts } from "../api/local.ts";
import { readChosen } from "../chosen.ts";
import { definePeer } from "../define.ts";
import { readForm } from "../form.ts";
import { parseInput } from "../http.ts";

export const handler = definePeer.handlers({
  GET: async ({ state, url }) => {
    const { peer, lang } = state;
    state.title = filesTexts(lang).title;
    await peer.membership.refreshPeople();
    const { offset, ...query } = listOf(url.searchParams);
    const pending = peer.uploads.list();
    return page({
      query,
      pending,
      first: peer.myFiles.page({ ...query, offset, limit: PAGE_SIZE }),
      status: peer.status(),
      choosing: pending.find(({ batch }) => batch === url.searchParams.get("choose")),
      isFirst: url.searchParams.has("first"),
      done: DONE.find((done) => done === url.searchParams.get("done")),
      directory: directoryOf(viewClass(peer)),
      /** A share or batch whose end can be taken back. */
      undo: url.searchParams.get("undo")?.match(/^[0-9a-f]{16,32}$/)?.[0],
    });
  },
  /** The forms without JavaScript. */
  POST: async (ctx) => {
    const { peer } = ctx.state;
    const isAdding = ctx.req.headers.get("content-type")?.startsWith("multipart/form-data");
    return ctx.redirect(isAdding ? await add(peer, ctx.req) : await decide(peer, await readForm(ctx.req)), 303);
  },
});

/** Files with the choice who sees them; the address that says how it went. */
async function add(peer: LocalPeerParts, request: Request): Promise<string> {
  const { batch, fields } = await peer.uploads.fromForm(request);
  if (batch === undefined) return "/files";
  const visibility = fields.get("visibility") ?? "later";
  if (visibility === "later") return "/files?done=kept";
  if (visibility === "private") return `/files?choose=${batch}`; // names are chosen then
  await peer.uploads.share(batch, parseInput(chosenVisibilitySchema, { visibility }));
  return "/files?done=added";
}

/** What becomes of files that were added before. */
async function decide(peer: LocalPeerParts, form: URLSearchParams): Promise<string> {
  const batch = parseInput(batchIdSchema, form.get("batch"));
  switch (form.get("do")) {
    case "share":
      await peer.uploads.share(batch, readChosen(form));
      return "/files?done=added";
    case "discard":
      await peer.uploads.discard(batch);
      return `/files?done=discarded&undo=${batch}`;
    case "restore":
      await peer.uploads.restore(batch);
      return "/files";
    default:
      throw new EssaimError("bad-input", "The form does not say what to do with the added files.");
  }
}

export default definePeer.page<typeof handler>(({ data, state: { lang, peer } }) => {
  const { first, query, choosing, done, undo, directory, isFirst, ...shown } = data;
  return (
    <>
      <PageHead title={filesTexts(lang).title} />
      {isFirst && <FirstFile lang={lang} />}
      {done && <Done lang={lang} done={done} undo={undo === undefined ? undefined : undoOf(undo)} />}
      {choosing && <ChooseForm lang={lang} directory={directory} batch={choosing} />}
      <noscript>
        <AddForm lang={lang} directory={directory} />
      </noscript>
      <MyFiles
        lang={lang}
        first={first}
        query={query}
        status={shown.status}
        pending={shown.pending}
        directory={directory}
        sharedFolder={peer.shares.sharedFolder}
      />
      <noscript>
        <Pages lang={lang} query={query} offset={first.offset} shown={first.shares.length} total={first.total} />
      </noscript>
    </>
  );
});

/** The last of the first steps is taken on this page. */
function FirstFile({ lang }: { readonly lang: Language }) {
  const t = welcomeTexts(lang).file;
  return (
    <section class="first-file" aria-label={t.title}>
      <FirstSteps lang={lang} now="file" />
      <Callout kind="info">
        <p>
          <strong>{t.title}.</strong> {t.text} <a href="/">{t.skip}</a>
        </p>
      </Callout>
    </section>
  );
}

/** A batch has 16 digits, a share 32. */
function undoOf(id: string): DoneProps["undo"] {
  return id.length === 16
    ? { action: "/files", fields: { do: "restore", batch: id } }
    : { action: `/files/${id}`, fields: { do: "restore" } };
}
