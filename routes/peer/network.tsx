import { page } from "fresh";
import { z } from "zod";
import { PageHead } from "../../components/frame.tsx";
import NetworkSearch from "../../islands/NetworkSearch.tsx";
import { asEssaimError } from "../../lib/core/errors.ts";
import type { Found } from "../../lib/core/found_groups.ts";
import { fileIdSchema, shareIdSchema } from "../../lib/core/ids.ts";
import type { FileDetails } from "../../lib/core/local_messages.ts";
import { type NetworkQuery, readNetworkQuery, searchParametersOf } from "../../lib/core/network_query.ts";
import { searchRequestSchema } from "../../lib/core/search_request.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import type { LocalPeerParts } from "../api/local_parts.ts";
import { definePeer } from "../define.ts";
import { readForm } from "../form.ts";
import { parseInput } from "../http.ts";

const RESULTS = 50;
/** Nobody looks longer at an empty window; the page then says that the tracker does not answer. */
const ANSWER_WITHIN_MS = 3_000;
/** What neighbours said is shown instead, when there is any; the page then asks again. */
const CACHE_AFTER_MS = 500;

const formSchema = z.object({
  action: z.enum(["download", "ask"]),
  fileId: fileIdSchema,
  shareId: shareIdSchema.optional(),
  /** Where the form stood. */
  from: z.string().max(2_000).regex(/^\/network(?:\?|$)/).default("/network"),
});

export const handler = definePeer.handlers({
  GET: async ({ req, state, url }) => {
    state.title = networkTexts(state.lang).title;
    const query = readNetworkQuery(url.searchParams);
    const cursor = url.searchParams.get("cursor") ?? undefined;
    const id = fileIdSchema.safeParse(url.searchParams.get("file")).data;
    const signal = AbortSignal.any([req.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const [first, details] = await Promise.all([
      search(state.peer, query, cursor, signal),
      id && detailsOf(state.peer, id, signal),
    ]);
    const { tracker, class: joined } = state.peer.status();
    const isInClass = joined !== null && !joined.removed;
    return page({ first, file: id && { id, details }, tracker: tracker.state, isInClass });
  },
  POST: async (ctx) => {
    const { action, from, ...wanted } = parseInput(formSchema, Object.fromEntries(await readForm(ctx.req)));
    if (action === "download") await ctx.state.peer.downloads.add(wanted, ctx.req.signal);
    return ctx.redirect(from, 303);
  },
});

async function search(
  { files }: LocalPeerParts,
  query: NetworkQuery,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Found> {
  const request = searchRequestSchema.parse(Object.fromEntries(searchParametersOf(query, RESULTS, cursor)));
  try {
    const found = await files.search(request, signal, CACHE_AFTER_MS);
    return { query, results: found.results, cursor: found.cursor, from: found.from, failure: undefined };
  } catch (caught) {
    const { code, message } = asEssaimError(caught);
    const failure = { code: signal.aborted ? "unreachable" : code, detail: message };
    return { query, results: [], cursor: undefined, from: "tracker", failure };
  }
}

/** Undefined when they cannot be had now: the page asks again. */
async function detailsOf(
  { files }: LocalPeerParts,
  id: FileDetails["id"],
  signal: AbortSignal,
): Promise<FileDetails | undefined> {
  try {
    return await files.details(id, signal);
  } catch {
    return undefined;
  }
}

export default definePeer.page<typeof handler>(({ data, state: { lang } }) => (
  <>
    <PageHead title={networkTexts(lang).title} />
    <NetworkSearch
      lang={lang}
      first={data.first}
      tracker={data.tracker}
      isInClass={data.isInClass}
      file={data.file}
    />
  </>
));
