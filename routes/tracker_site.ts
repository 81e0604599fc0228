import { asEssaimError, type EssaimError } from "../lib/core/errors.ts";
import type { Caller } from "../lib/core/permission.ts";
import { type PublicAccess, publicAccess } from "../lib/core/public_access.ts";
import { type Api, problem } from "./http.ts";
import type { Answer } from "./pages.tsx";
import { refusal, safe } from "./public_access.ts";

export interface TrackerSiteOptions {
  readonly api: Api;
  readonly pages: Answer;
  /** `tracker.public_url` */
  readonly publicUrl: string;
  onError(error: EssaimError, request: Request): void;
}

export interface TrackerSite {
  answer(request: Request, remoteAddress: string): Promise<Response>;
  /** Whether a request may go on; also for WebSockets. */
  access(request: Request): PublicAccess;
}

const IS_API = /^\/(?:api\/|metrics$)/;

/** Everything that the tracker answers over plain HTTP. */
export function trackerSite({ api, pages, publicUrl, onError }: TrackerSiteOptions): TrackerSite {
  const access = ({ headers }: Request) =>
    publicAccess({ host: headers.get("host") ?? "", origin: headers.get("origin") }, publicUrl);
  const page = (request: Request, remoteAddress: string) => {
    const remoteAddr = { transport: "tcp", hostname: remoteAddress, port: 0 } as const;
    return pages(request, { remoteAddr, completed: Promise.resolve() }).catch((caught) => {
      const error = asEssaimError(caught);
      onError(error, request);
      return problem(error);
    });
  };
  return {
    access,
    async answer(request, remoteAddress) {
      const allowed = access(request);
      if (!allowed.allow) return safe(refusal(allowed));
      const caller: Caller = { kind: "anonymous", address: remoteAddress };
      const isApi = IS_API.test(new URL(request.url).pathname);
      return safe(await (isApi ? api(request, caller) : page(request, remoteAddress)));
    },
  };
}
