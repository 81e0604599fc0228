import { type Context, FRAME } from "./context.ts";
import { HttpError } from "./http_error.ts";
import { type Middleware, respond, type Route, type RouteComponent, type RouteConfig } from "./route.ts";

/** What is set for one segment of the path, and holds for everything below it. */
export class Scope<State> {
  readonly middlewares: Middleware<State>[] = [];
  layout: { component: RouteComponent<unknown, State>; config: RouteConfig } | undefined;
  errorRoute: Route<State> | undefined;
  /** At the root only. */
  notFoundRoute: Route<State> | undefined;
  /** At the root only. */
  app: RouteComponent<unknown, State> | undefined;
  readonly #parent: Scope<State> | undefined;
  readonly #children = new Map<string, Scope<State>>();

  constructor(parent?: Scope<State>) {
    this.#parent = parent;
  }

  /** The scope of a path such as `/a/:id` or `/a/(group)`; `*` and `/` are this one. */
  at(path: string): Scope<State> {
    const segments = path.split("/").filter((segment) => segment !== "" && segment !== "*");
    return segments.reduce<Scope<State>>((scope, segment) => scope.#child(segment), this);
  }

  #child(segment: string): Scope<State> {
    const child = this.#children.get(segment) ?? new Scope(this);
    this.#children.set(segment, child);
    return child;
  }

  /** What a request passes from the root to here. What is set later does not count. */
  steps(root: Scope<State>): Middleware<State>[] {
    return [...this.#parent?.steps(root) ?? [], this.#boundary(root), ...this.middlewares];
  }

  /** Sets the layout for what is below, and renders the error page for what is thrown there. */
  #boundary(root: Scope<State>): Middleware<State> {
    const { layout, errorRoute, app } = this;
    return async (ctx) => {
      const outer = ctx[FRAME];
      const layouts = layout?.config.skipInheritedLayouts ? [] : outer.layouts;
      const frame = {
        app: layout?.config.skipAppWrapper ? undefined : app ?? outer.app,
        layouts: layout ? [...layouts, layout.component] : layouts,
      };
      ctx[FRAME] = frame;
      try {
        return await ctx.next();
      } catch (error) {
        const status = error instanceof HttpError ? error.status : 500;
        const route = status === 404 ? root.notFoundRoute ?? errorRoute : errorRoute;
        if (!route) throw error;
        ctx[FRAME] = frame;
        return await respond(ctx, route, status);
      } finally {
        ctx[FRAME] = outer;
      }
    };
  }
}

/** Passes the request through all steps, then to `last`. */
export async function run<State>(
  ctx: Context<State>,
  [step, ...rest]: readonly Middleware<State>[],
  last: () => Response | Promise<Response>,
): Promise<Response> {
  ctx.next = () => run(ctx, rest, last);
  try {
    if (!step) return await last();
    const response = await step(ctx);
    if (response instanceof Response) return response;
    throw new TypeError(`A middleware or handler for ${ctx.url.pathname} returned no response.`);
  } catch (error) {
    ctx.error = error;
    throw error;
  }
}
