import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./route.ts";

// deno-lint-ignore no-explicit-any -- any application's state
export interface CsrfOptions<State = any> {
  /** Other origins that may send forms and requests; by default only the site's own. */
  origin?:
    | string
    | string[]
    | ((origin: string, ctx: Context<State>) => boolean);
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses with 403 what another site made a browser send: by `Sec-Fetch-Site`, else by `Origin`. */
export function csrf<State>(
  { origin: allowed }: CsrfOptions<State> = {},
): Middleware<State> {
  function isAllowed(origin: string, ctx: Context<State>): boolean {
    if (typeof allowed === "function") return allowed(origin, ctx);
    return [allowed ?? ctx.url.origin].flat().includes(origin);
  }
  return (ctx) => {
    if (SAFE.has(ctx.req.method)) return ctx.next();
    const site = ctx.req.headers.get("sec-fetch-site");
    const origin = ctx.req.headers.get("origin");
    const sameSite = site === "same-origin" || site === "none" ||
      (site === null && origin === null);
    if (sameSite || (origin !== null && isAllowed(origin, ctx))) {
      return ctx.next();
    }
    throw new HttpError(403);
  };
}
