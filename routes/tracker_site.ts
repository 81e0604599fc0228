import { asEssaimError, EssaimError } from "../lib/core/errors.ts";
import type { Caller } from "../lib/core/permission.ts";
import { type PublicAccess, publicAccess } from "../lib/core/public_access.ts";
import { type RateLimit, RateLimits } from "../lib/core/rate_limit.ts";
import { type Api, problem } from "./http.ts";
import type { Answer } from "./pages.tsx";
import { refusal, safe } from "./public_access.ts";
import type { TeacherGate } from "./teacher_gate.ts";

export interface TrackerSiteOptions {
  /** For anyone, over plain HTTP. */
  readonly api: Api;
  /** For members, over TLS; joining and renewing also for whoever shows no certificate. */
  readonly memberApi: Api;
  readonly pages: Answer;
  readonly gate: Pick<TeacherGate, "mayPass">;
  /** `tracker.public_url` */
  readonly publicUrl: string;
  /** Monotonic milliseconds. */
  now(): number;
  onError(error: EssaimError, request: Request): void;
}

export interface TrackerSite {
  /** Over plain HTTP. */
  answer(request: Request, remoteAddress: string): Promise<Response>;
  /** Over TLS. Whoever shows no certificate gets no further than joining, and the teacher's password. */
  answerSecurely(request: Request, caller: Exclude<Caller, { kind: "local" }>): Promise<Response>;
  /** Whether a request may go on; also for WebSockets. */
  access(request: Request): PublicAccess;
}

const IS_API = /^\/(?:api\/|metrics$)/;
const IS_AUTHORITY = /^\/api\/(?:join|renew)$/;
/** A peer asks several times a second while its user types; a whole class may come from one address. */
const OF_A_MEMBER: RateLimit = { burst: 300, perSecond: 30 };
const OF_AN_ADDRESS: RateLimit = { burst: 3_000, perSecond: 200 };
/**
 * What a millisecond of answering counts, in questions: a member has a tenth of the tracker's time, an address over plain
 * HTTP a quarter. Searching a hundred thousand shares takes some milliseconds.
 */
const PER_MS = { member: 0.3, anonymous: 0.8 };

/** Everything that the tracker answers. */
export function trackerSite(
  { api, memberApi, pages, gate, publicUrl, now, onError }: TrackerSiteOptions,
): TrackerSite {
  const members = new RateLimits(OF_A_MEMBER);
  const addresses = new RateLimits(OF_AN_ADDRESS);
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
  const refused = (request: Request, caller: Exclude<Caller, { kind: "local" }>): Response | undefined => {
    const allowed = access(request);
    if (!allowed.allow) return refusal(allowed);
    const wait = caller.kind === "member" ? members.take(caller.peer, now()) : addresses.take(caller.address, now());
    return wait === 0 ? undefined : problem(
      new EssaimError("limited", "You ask too often. Wait a moment.", { retryAfterMs: wait }),
    );
  };
  /** What is done before the first wait is what others have to wait for. */
  const timed = (caller: Exclude<Caller, { kind: "local" }>, answer: () => Promise<Response>) => {
    const began = now();
    const response = answer();
    const cost = (now() - began) * PER_MS[caller.kind];
    if (caller.kind === "member") members.charge(caller.peer, cost);
    else addresses.charge(caller.address, cost);
    return response;
  };
  const pathOf = (request: Request) => new URL(request.url).pathname;
  return {
    access,
    async answer(request, remoteAddress) {
      const caller: Caller = { kind: "anonymous", address: remoteAddress };
      const response = refused(request, caller) ??
        await timed(
          caller,
          () => IS_API.test(pathOf(request)) ? api(request, caller) : page(request, remoteAddress),
        );
      return safe(response);
    },
    async answerSecurely(request, caller) {
      const path = pathOf(request);
      const isApi = IS_API.test(path);
      const answered = () => {
        if (IS_AUTHORITY.test(path) || isApi && caller.kind === "member") return memberApi(request, caller);
        const mayPass = !isApi && gate.mayPass(request, { remoteAddress: caller.address, encrypted: true });
        return mayPass ? page(request, caller.address) : Promise.resolve(problem(noCertificate()));
      };
      return safe(refused(request, caller) ?? await timed(caller, answered));
    },
  };
}

function noCertificate(): EssaimError {
  return new EssaimError("unauthorized", "Only members of the class are answered here, by their certificates.");
}
