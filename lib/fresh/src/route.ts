import type { AnyComponent } from "preact";
import type { Context, PageProps } from "./context.ts";
import { HttpError } from "./http_error.ts";

export type Method = "HEAD" | "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS";

/** Answers a request, or calls `ctx.next()` and may change what comes back. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** What a handler returns instead of a response to have the page's component render `data`. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit;
  status?: number;
}

export function page<T>(data: T, options?: { headers?: HeadersInit; status?: number }): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page<T>(data?: T, options?: { headers?: HeadersInit; status?: number }): PageResponse<T | undefined> {
  return { data, ...options };
}

export interface HandlerFn<Data, State> {
  (ctx: Context<State>): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}
export type HandlerByMethod<Data, State> = { [method in Method]?: HandlerFn<Data, State> };
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** A component of a page, layout or app wrapper; an `async function` is awaited and may return a response. */
export type RouteComponent<Data, State> = AnyComponent<PageProps<Data, State>>;

export interface RouteConfig {
  /** Without the layouts above this one. */
  skipInheritedLayouts?: boolean;
  /** Without `_app.tsx`. */
  skipAppWrapper?: boolean;
}

export interface Route<State> {
  // deno-lint-ignore no-explicit-any -- each route has data of its own
  component?: RouteComponent<any, State>;
  // deno-lint-ignore no-explicit-any -- as above
  handler?: RouteHandler<any, State>;
  config?: RouteConfig;
}

/** Runs the route's handler and renders its component with what that returns, by default with this status. */
export async function respond<State>(ctx: Context<State>, route: Route<State>, status = 200): Promise<Response> {
  const result = await handlerFor(ctx, route)(ctx);
  if (result instanceof Response) return result;
  const { renderRoute } = await import("./render.ts");
  return await renderRoute(ctx, route, { ...result, status: result.status ?? status });
}

function handlerFor<State>({ req, error }: Context<State>, route: Route<State>): HandlerFn<unknown, State> {
  if (typeof route.handler === "function") return route.handler;
  const render = route.component && (() => page());
  if (!route.handler && render) return render;
  const handlers: HandlerByMethod<unknown, State> = { ...(render && { GET: render }), ...route.handler };
  const method = req.method as Method;
  return handlers[method] ?? (method === "HEAD" ? handlers.GET : undefined) ??
    (error !== null ? render : undefined) ?? // an error page answers every method
    (() => wrongMethod(method, Object.keys(handlers)));
}

/** The answer to OPTIONS; other methods than these throw 405. */
export function wrongMethod(method: string, allowed: readonly string[]): Response {
  if (method !== "OPTIONS") throw new HttpError(405);
  return new Response(null, { status: 204, headers: { allow: allowed.join(", ") } });
}
