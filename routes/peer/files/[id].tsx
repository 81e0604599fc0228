import { page } from "fresh";
import { Button, LinkButton } from "../../../components/button.tsx";
import { directoryOf } from "../../../components/class/directory.ts";
import { FileFacts } from "../../../components/files/file_facts.tsx";
import { DONE, Done, PlainRecipients } from "../../../components/files/plain_forms.tsx";
import { LONGEST_NAME, RenameForm } from "../../../components/files/rename_form.tsx";
import { ShareLinksPart } from "../../../components/files/share_links.tsx";
import { VisibilityChoice } from "../../../components/files/visibility_choice.tsx";
import { PageHead } from "../../../components/frame.tsx";
import { viewClass } from "../../../lib/app/class_view.ts";
import { asEssaimError, EssaimError } from "../../../lib/core/errors.ts";
import { parseShareId, type ShareId } from "../../../lib/core/ids.ts";
import {
  shareChangeSchema,
  type ShareCounts,
  type ShareLinks,
  type ShareRow,
} from "../../../lib/core/local_messages.ts";
import { errorsTexts } from "../../../lib/i18n/errors.ts";
import { filesTexts } from "../../../lib/i18n/files.ts";
import type { LocalPeerParts } from "../../api/local.ts";
import { readChosen } from "../../chosen.ts";
import { definePeer } from "../../define.ts";
import { readForm } from "../../form.ts";
import { parseInput } from "../../http.ts";

interface Data {
  readonly row: ShareRow;
  readonly counts: ShareCounts;
  readonly links: ShareLinks;
  readonly done?: typeof DONE[number] | undefined;
  /** What was typed and refused, and why. */
  readonly refused?: { readonly name: string; readonly code: EssaimError["code"] };
}

export const handler = definePeer.handlers({
  GET: async ({ state, url, params, req }) => {
    const data = await dataOf(state.peer, parseShareId(params.id!), req.signal);
    state.title = data.row.name;
    return page<Data>({ ...data, done: DONE.find((done) => done === url.searchParams.get("done")) });
  },
  POST: async (ctx) => {
    const { peer } = ctx.state;
    const id = parseShareId(ctx.params.id!);
    const form = await readForm(ctx.req);
    try {
      return ctx.redirect(await act(peer, id, form), 303);
    } catch (caught) {
      const { code, status } = asEssaimError(caught);
      if (form.get("do") !== "rename" || code === "internal" || code === "not-found") throw caught;
      const data = await dataOf(peer, id, ctx.req.signal);
      ctx.state.title = data.row.name;
      return page<Data>({ ...data, refused: { name: form.get("name") ?? "", code } }, { status });
    }
  },
});

async function dataOf({ myFiles, membership }: LocalPeerParts, id: ShareId, signal: AbortSignal): Promise<Data> {
  await membership.refreshPeople();
  const row = myFiles.row(id);
  return { row, links: myFiles.links(id), counts: await myFiles.counts([id], signal) };
}

/** Does what the form says; the address that says so. */
async function act({ myFiles }: LocalPeerParts, id: ShareId, form: URLSearchParams): Promise<string> {
  switch (form.get("do")) {
    case "rename":
      await myFiles.change(id, parseInput(shareChangeSchema, { name: form.get("name")?.slice(0, LONGEST_NAME) ?? "" }));
      return `/files/${id}?done=saved`;
    case "who":
      await myFiles.change(id, readChosen(form));
      return `/files/${id}?done=saved`;
    case "delete":
      await myFiles.remove(id, "trash");
      return `/files?done=deleted&undo=${id}`;
    case "restore":
      await myFiles.restore(id);
      return `/files/${id}?done=restored`;
    default:
      throw new EssaimError("bad-input", "The form does not say what to do with the file.");
  }
}

/** One own share: what is known of it and what can be done with it, also without JavaScript. */
export default definePeer.page<typeof handler>(({ data, state: { lang, peer } }) => {
  const { row, counts, links, done, refused } = data as Data;
  const t = filesTexts(lang);
  const count = counts[row.shareId];
  const action = `/files/${row.shareId}`;
  const directory = directoryOf(viewClass(peer));
  return (
    <div class="file-page">
      <PageHead title={row.name}>
        <LinkButton href="/files" icon="chevron-left">{t.details.back}</LinkButton>
      </PageHead>
      {done && <Done lang={lang} done={done} />}
      <div class="file-parts">
        <div>
          <div class="panel">
            <FileFacts lang={lang} row={row} copies={count?.peers} fetched={count?.fetched} />
          </div>
          <form class="panel plain-form" method="post" action={action}>
            <input type="hidden" name="do" value="who" />
            <VisibilityChoice
              lang={lang}
              value={row.visibility}
              className={directory?.className}
              legend={t.details.who}
              showLegend
            >
              <PlainRecipients lang={lang} directory={directory} chosen={[...row.users, ...row.groups]} />
            </VisibilityChoice>
            {directory && <p class="muted mb-0">{t.permission.narrowedHelp}</p>}
            <div>
              <Button type="submit">{t.permission.save}</Button>
            </div>
          </form>
          <div class="panel">
            <RenameForm
              lang={lang}
              action={action}
              name={refused?.name ?? row.name}
              error={refused && errorsTexts(lang)[refused.code]}
            />
          </div>
          <form class="panel plain-actions" method="post" action={action}>
            <input type="hidden" name="do" value="delete" />
            <span class="muted details-fate">{row.owned ? t.details.deleteOwned : t.details.deleteElsewhere}</span>
            <Button kind="danger" icon="trash3" type="submit">{t.details.delete}</Button>
          </form>
        </div>
        <div class="panel file-part">
          <ShareLinksPart lang={lang} links={links} />
        </div>
      </div>
    </div>
  );
});
