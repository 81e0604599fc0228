import type { FunctionComponent, VNode } from "preact";
import type { RouteComponent, RouteConfig } from "./route.ts";
import type { Snapshot } from "./snapshot.ts";

export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
}

/** The components around a page: what the scopes passed so far have set. */
export interface Frame<State> {
  readonly app: RouteComponent<unknown, State> | undefined;
  readonly layouts: readonly RouteComponent<unknown, State>[];
}

/** Not for applications: what surrounds the page, and what the `Builder` found. */
export const FRAME = Symbol("frame");
export const SNAPSHOT = Symbol("snapshot");

/** One request on its way through middlewares to a page. */
export class Context<State> {
  readonly state: State = {} as State;
  /** Calls the next middleware or the page. */
  next!: () => Promise<Response>;
  /** What was thrown, on an error page; else null. */
  error: unknown = null;
  [FRAME]: Frame<State> = { app: undefined, layouts: [] };
  readonly [SNAPSHOT]: Snapshot | undefined;

  constructor(
    readonly req: Request,
    readonly url: URL,
    readonly info: Deno.ServeHandlerInfo,
    /** The pattern that matched. */
    readonly route: string | null,
    readonly params: Record<string, string>,
    readonly config: ResolvedFreshConfig,
    snapshot: Snapshot | undefined,
  ) {
    this[SNAPSHOT] = snapshot;
  }

  /** A redirect. What begins with a slash stays on this site: `//evil.example` becomes `/evil.example`. */
  redirect(pathOrUrl: string, status = 302): Response {
    const location = pathOrUrl.replace(/^[/\\][^?#]*/, (path) => path.replace(/[/\\]+/g, "/"));
    return new Response(null, { status, headers: { location } });
  }

  /** The page as HTML, inside the layouts and app wrapper of its route. */
  async render(vnode: VNode | null, init: ResponseInit = {}, config: RouteConfig = {}): Promise<Response> {
    const { renderPage } = await import("./render.ts");
    return await renderPage(this, vnode, init, config);
  }
}

/** What pages, layouts and the app wrapper get. `Component` is what a layout or app wrapper surrounds. */
export type PageProps<Data = unknown, State = unknown> =
  & Pick<Context<State>, "config" | "url" | "req" | "params" | "info" | "state" | "error" | "route">
  & { data: Data; Component: FunctionComponent };
