import type { AnyComponent } from "preact";
import type { Context, PageProps } from "./context.ts";
import { HttpError } from "./http_error.ts";

export type Method =
  | "HEAD"
  | "GET"
  | "POST"
  | "PATCH"
  | "PUT"
  | "DELETE"
  | "OPTIONS";

/** Answers a request, or calls `ctx.next()` and may change what comes back. */
export type Middleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response>;

export type Lazy<T> = () => Promise<T>;
export type MaybeLazy<T> = T | Lazy<T>;

/** What a handler returns instead of a response to have the page's component render `data`. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit;
  status?: number;
}

export function page<T>(
  data: T,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page<T>(
  data?: T,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<T | undefined> {
  return { data, ...options };
}

export interface HandlerFn<Data, State> {
  (
    ctx: Context<State>,
  ): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}
export type HandlerByMethod<Data, State> = {
  [method in Method]?: HandlerFn<Data, State>;
};
export type RouteHandler<Data, State> =
  | HandlerFn<Data, State>
  | HandlerByMethod<Data, State>;

/** A component of a page, layout or app wrapper; an `async function` is awaited and may return a response. */
export type RouteComponent<Data, State> = AnyComponent<PageProps<Data, State>>;

export interface LayoutConfig {
  /** Without the layouts above this one. */
  skipInheritedLayouts?: boolean;
  /** Without `_app.tsx`. */
  skipAppWrapper?: boolean;
}
export type RouteConfig = LayoutConfig;

export interface Route<State> {
  // deno-lint-ignore no-explicit-any -- each route has data of its own
  component?: RouteComponent<any, State>;
  // deno-lint-ignore no-explicit-any -- as above
  handler?: RouteHandler<any, State>;
  config?: RouteConfig;
}

/** Runs the route's handler and renders its component with what the handler returns. `status` unless that says another. */
export async function respond<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const result = await handlerFor(ctx, route)(ctx);
  if (result instanceof Response) return result;
  const { renderRoute } = await import("./render.ts");
  return await renderRoute(ctx, route, {
    ...result,
    status: result.status ?? status,
  });
}

function handlerFor<State>(
  { req, error }: Context<State>,
  route: Route<State>,
): HandlerFn<unknown, State> {
  const { handler, component } = route;
  if (typeof handler === "function") return handler;
  const render = component ? () => page() : undefined;
  if (!handler || error !== null) {
    return render ?? (() => Promise.reject(new HttpError(404)));
  }
  const method = req.method as Method;
  const found = method === "HEAD" ? handler.HEAD ?? handler.GET ?? render : handler[method];
  if (found) return found;
  if (method === "GET" && render) return render;
  const allowed = new Set([
    ...Object.keys(handler),
    ...(render ? ["GET"] : []),
  ]);
  return method === "OPTIONS" ? () => allowedMethods(allowed) : () => Promise.reject(new HttpError(405));
}

/** Loads a lazy route with the first request for it. */
export function routeStep<State>(
  route: MaybeLazy<Route<State>>,
): Middleware<State> {
  let loaded: Promise<Route<State>> | undefined;
  return async (ctx) => {
    if (typeof route === "function") loaded ??= route();
    return await respond(
      ctx,
      typeof route === "function" ? await loaded! : route,
    );
  };
}

export function allowedMethods(methods: Iterable<string>): Response {
  return new Response(null, {
    status: 204,
    headers: { allow: [...methods].join(", ") },
  });
}
