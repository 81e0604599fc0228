import type { Config } from "../lib/core/config.ts";
import { asEssaimError, type EssaimError } from "../lib/core/errors.ts";
import { pickLanguage } from "../lib/i18n/language.ts";
import type { LocalPeerParts } from "./api/local.ts";
import { FROM_SOURCE, type PeerPageState } from "./define.ts";
import { problem } from "./http.ts";
import { lazyPages } from "./lazy_pages.ts";

export interface PeerPagesOptions {
  readonly peer: LocalPeerParts;
  /** As it is now: it may be changed while the program runs. */
  ui(): Config["ui"];
  /** See `PageState.program`. */
  readonly program?: string | undefined;
  onError(error: EssaimError, request: Request): void;
}

/** What also a locked interface shows. */
const OPEN_TO_ALL = /^\/(?:assets\/|favicon\.svg$)/;

/** The pages of one's own computer. `locked`: only the one that says how to open them. */
export function peerPages(
  { peer, ui, program = FROM_SOURCE, onError }: PeerPagesOptions,
): (request: Request, locked: boolean) => Promise<Response> {
  const answer = lazyPages<PeerPageState>({
    of: "peer",
    state: (request) => {
      const { language, theme } = ui();
      return { peer, program, theme, lang: pickLanguage(request.headers.get("accept-language"), language) };
    },
    onError,
  });
  return async (request, locked) => {
    try {
      return await answer(locked ? allowedWhenLocked(request) : request);
    } catch (caught) {
      const error = asEssaimError(caught);
      onError(error, request);
      return problem(error);
    }
  };
}

function allowedWhenLocked(request: Request): Request {
  const url = new URL(request.url);
  if (OPEN_TO_ALL.test(url.pathname)) return request;
  return new Request(new URL("/locked", url), { headers: request.headers });
}
