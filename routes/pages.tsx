import { fileURLToPath } from "node:url";
import { App, csp, csrf, HttpError, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { asEssaimError, EssaimError } from "../lib/core/errors.ts";
import { compressScripts } from "./compress.ts";
import type { PageState } from "./define.ts";
import { ErrorRoute, errorTitle, statusOf } from "./error_route.tsx";

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

/** `info` is what pages have as `ctx.info`. */
export type Answer = (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

/** Tests, and what islands are made of: a script of its own for each of those would only cost time. */
const NO_ISLANDS = [/[._]test\.[jt]sx?$/, /[/\\]islands[/\\]parts[/\\]/];

/** Those of routes/peer and those of routes/tracker. */
export type Side = "peer" | "tracker";

export interface PagesOptions<State> {
  /** Whose pages. */
  readonly of: Side;
  /** What the pages need to answer this request. */
  state(request: Request): State;
  /** Told of what a page failed at; the visitor gets the error page. */
  onError(error: EssaimError, request: Request): void;
}

/** Finds pages and islands. `outDir`: where one executable has their scripts, bundled when it was made. */
export function pagesBuilder<State>(of: Side, outDir = "_fresh"): Builder<State> {
  return new Builder<State>({ root: ROOT, routeDir: `routes/${of}`, outDir, ignore: NO_ISLANDS });
}

/** Gives the pages as one function, their scripts in memory. */
export async function openPages<State extends PageState>(
  { of, state, onError }: PagesOptions<State>,
): Promise<Answer> {
  const applySnapshot = await pagesBuilder<State>(of).build({ mode: "production", snapshot: "memory" }).catch(explain);
  const app = new App<State>()
    .use(async (ctx) => {
      const response = await ctx.next();
      const policy = response.headers.get("content-security-policy");
      if (policy !== null) response.headers.set("content-security-policy", policy.replace(UPGRADE, ""));
      return response;
    })
    .use(csp({ useNonce: true, csp: POLICY }))
    .use(async (ctx) => {
      Object.assign(ctx.state, state(ctx.req));
      try {
        return await ctx.next();
      } catch (caught) {
        // Here and not in `_error.tsx`, which Fresh renders outside of the policy.
        if (!(caught instanceof HttpError)) onError(asEssaimError(caught), ctx.req);
        const status = statusOf(caught);
        ctx.state.title = errorTitle(status, ctx.state);
        return await ctx.render(<ErrorRoute error={caught} state={ctx.state} url={ctx.url} />, { status });
      }
    })
    .use(compressScripts())
    .use(staticFiles())
    .use(csrf())
    .fsRoutes();
  applySnapshot(app);
  return app.handler();
}

/** `Deno.bundle` looks for deno.json where the program was started, not where the program lies. */
function explain(cause: Error): never {
  throw new EssaimError(
    "internal",
    `The pages cannot be put together. Start Essaim with deno task in ${ROOT}, or give deno run the option ` +
      `--config ${ROOT}deno.json. ${cause.message}`,
    { cause },
  );
}
