import { page } from "fresh";
import { z } from "zod";
import { CancelledCallout } from "../../components/cancelled_callout.tsx";
import { PageHead } from "../../components/frame.tsx";
import { TRANSFER_ACTIONS, type TransferAction } from "../../components/transfer_actions.tsx";
import TransferList from "../../islands/TransferList.tsx";
import { canPause, canResume, HISTORY_PAGE, SHOWN, transferLists } from "../../lib/core/transfer_list.ts";
import { transfersTexts } from "../../lib/i18n/transfers.ts";
import type { LocalPeerParts } from "../api/local_parts.ts";
import { parseInput } from "../http.ts";
import { definePeer } from "../define.ts";
import { readForm } from "../form.ts";

const querySchema = z.object({
  /** Of the finished ones. */
  page: z.coerce.number().int().min(1).max(1_000).catch(1),
  /** A download that was cancelled without JavaScript, and can still go on. */
  cancelled: z.string().optional().catch(undefined),
});

const formSchema = z.object({ action: z.enum(TRANSFER_ACTIONS), id: z.string().max(64).default("") });

export const handler = definePeer.handlers({
  GET: ({ state, url }) => {
    state.title = transfersTexts(state.lang).title;
    const { page: number, cancelled } = querySchema.parse(Object.fromEntries(url.searchParams));
    const { unfinished, finished } = transferLists(state.peer.downloads.list());
    const end = number * HISTORY_PAGE;
    return page({
      page: number,
      unfinished: unfinished.slice(0, SHOWN),
      finished: finished.slice(end - HISTORY_PAGE, end),
      hasOlder: finished.length > end,
      cancelled: unfinished.find(({ id }) => id === cancelled),
    });
  },
  POST: async (ctx) => {
    const { action, id } = parseInput(formSchema, Object.fromEntries(await readForm(ctx.req)));
    await perform(ctx.state.peer, action, id);
    return ctx.redirect(action === "cancel" ? `/transfers?cancelled=${encodeURIComponent(id)}` : "/transfers", 303);
  },
});

/** What a button of the page asks for where no script does it. Cancelling pauses first: the page then offers the rest. */
async function perform({ downloads, finished }: LocalPeerParts, action: TransferAction, id: string): Promise<void> {
  switch (action) {
    case "pause":
    case "cancel":
      await downloads.pause(id);
      return;
    case "resume":
    case "retry":
      downloads.resume(id);
      return;
    case "discard":
    case "forget":
      return await downloads.cancel(id);
    case "reveal":
      return await finished.reveal(id);
    case "pause-all":
      await Promise.all(downloads.list().filter(canPause).map(({ id }) => downloads.pause(id)));
      return;
    case "resume-all":
      for (const { id } of downloads.list().filter(canResume)) downloads.resume(id);
      return;
    case "clear":
      for (const { id, status } of downloads.list()) if (status === "complete") await downloads.cancel(id);
      return;
    default:
      action satisfies never;
  }
}

export default definePeer.page<typeof handler>(({ data, state: { lang } }) => (
  <>
    <PageHead title={transfersTexts(lang).title} />
    {data.cancelled && <CancelledCallout lang={lang} download={data.cancelled} />}
    <TransferList
      lang={lang}
      unfinished={data.unfinished}
      finished={data.finished}
      page={data.page}
      hasOlder={data.hasOlder}
    />
  </>
));
