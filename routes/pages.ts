import { fileURLToPath } from "node:url";
import { App, csp, csrf, HttpError, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { asEssaimError, type EssaimError } from "../lib/core/errors.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Everything from here and nothing else; `csp` puts each page's nonce in the place of 'unsafe-inline'. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "media-src 'none'",
  "worker-src 'none'",
  "base-uri 'none'",
];
/** A default of Fresh: a tracker opened as http://192.168.1.10:5000 has no https to upgrade to. */
const UPGRADE = "; upgrade-insecure-requests";

export interface PagesOptions<State> {
  /** Whose pages: those of routes/peer or of routes/tracker. */
  readonly of: "peer" | "tracker";
  /** What the pages need to answer this request. */
  state(request: Request): State;
  /** Told of what a page failed at; the visitor gets the error page. */
  onError(error: EssaimError, request: Request): void;
}

/** Bundles the islands in memory and gives the pages as one function. */
export async function openPages<State extends object>(
  { of, state, onError }: PagesOptions<State>,
): Promise<(request: Request) => Promise<Response>> {
  const builder = new Builder<State>({ root: ROOT, routeDir: `routes/${of}` });
  const applySnapshot = await builder.build({ mode: "production", snapshot: "memory" });
  const app = new App<State>()
    .use(async (ctx) => {
      const response = await ctx.next();
      const policy = response.headers.get("content-security-policy");
      if (policy !== null) response.headers.set("content-security-policy", policy.replace(UPGRADE, ""));
      return response;
    })
    .use(csp({ useNonce: true, csp: POLICY }))
    .use(staticFiles())
    .use(csrf())
    .use((ctx) => {
      Object.assign(ctx.state, state(ctx.req));
      return ctx.next();
    })
    .use(async (ctx) => {
      try {
        return await ctx.next();
      } catch (caught) {
        if (caught instanceof HttpError) throw caught;
        const error = asEssaimError(caught);
        onError(error, ctx.req);
        throw new HttpError(error.status, error.message, { cause: error });
      }
    })
    .fsRoutes();
  applySnapshot(app);
  return app.handler();
}
