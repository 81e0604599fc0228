import type { FunctionComponent, VNode } from "preact";
import type { LayoutConfig, RouteComponent } from "./route.ts";
import type { Snapshot } from "./snapshot.ts";

export type FreshConfig = Record<never, never>;

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
  /** What was thrown, on an error page; else null. */
  error: unknown = null;
  readonly isPartial = false;
  /** In a layout or app wrapper: what it surrounds. */
  Component!: FunctionComponent;
  readonly [SNAPSHOT]: Snapshot | undefined;
  [FRAME]: Frame<State> = { app: undefined, layouts: [] };

  constructor(
    readonly req: Request,
    readonly url: URL,
    readonly info: Deno.ServeHandlerInfo,
    /** The pattern that matched. */
    readonly route: string | null,
    readonly params: Record<string, string>,
    readonly config: ResolvedFreshConfig,
    /** Calls the next middleware or the page. */
    public next: () => Promise<Response>,
    snapshot: Snapshot | undefined,
  ) {
    this[SNAPSHOT] = snapshot;
  }

  /** A redirect; a path can not lead to another host. */
  redirect(pathOrUrl: string, status = 302): Response {
    const [, path, rest] = /^([^?#]*)(.*)$/s.exec(pathOrUrl)!;
    const location = path!.startsWith("/") ? path!.replace(/[/\\]+/g, "/") + rest : pathOrUrl;
    return new Response(null, { status, headers: { location } });
  }

  /** The page as HTML, inside the layouts and app wrapper of its route. */
  async render(
    vnode: VNode | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    const { renderPage } = await import("./render.ts");
    return await renderPage(this, vnode, init, config);
  }

  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  html(content: string, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }
}

/** What pages, layouts and the app wrapper get. */
export type PageProps<Data = unknown, State = unknown> =
  & Pick<
    Context<State>,
    | "config"
    | "url"
    | "req"
    | "params"
    | "info"
    | "state"
    | "isPartial"
    | "Component"
    | "error"
    | "route"
  >
  & { data: Data };
