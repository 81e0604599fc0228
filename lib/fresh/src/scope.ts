import { type Context, FRAME } from "./context.ts";
import { HttpError } from "./http_error.ts";
import {
  type LayoutConfig,
  type MaybeLazy,
  type Middleware,
  respond,
  type Route,
  type RouteComponent,
} from "./route.ts";

/** A step on the way of a request; a lazy middleware gives the real one. */
export type Step<State> = MaybeLazy<Middleware<State>>;

/** What is set for one segment of the path, and holds for everything below it. */
export class Scope<State> {
  readonly #parent: Scope<State> | undefined;
  readonly #children = new Map<string, Scope<State>>();
  readonly middlewares: Step<State>[] = [];
  layout:
    | { component: RouteComponent<unknown, State>; config: LayoutConfig }
    | undefined;
  errorRoute: Route<State> | undefined;
  /** These two count at the root only. */
  notFoundRoute: Route<State> | undefined;
  app: RouteComponent<unknown, State> | undefined;

  constructor(parent?: Scope<State>) {
    this.#parent = parent;
  }

  /** The scope of a path such as `/a/:id` or `/a/(group)`; `*` and `/` are this one. */
  at(path: string): Scope<State> {
    const segments = path.split("/").filter((segment) => segment !== "" && segment !== "*");
    return segments.reduce<Scope<State>>(
      (scope, segment) => scope.#child(segment),
      this,
    );
  }

  #child(segment: string): Scope<State> {
    const child = this.#children.get(segment) ?? new Scope(this);
    this.#children.set(segment, child);
    return child;
  }

  /** From the root to here, what a request passes; what is set later does not count. */
  steps(root: Scope<State>): Step<State>[] {
    const above = this.#parent?.steps(root) ?? [];
    return [...above, this.#boundary(root), ...this.middlewares];
  }

  /** Sets the layout for what is below, and renders the error page for what is thrown there. */
  #boundary(root: Scope<State>): Middleware<State> {
    const { layout, errorRoute, app } = this;
    return async (ctx) => {
      const frame = ctx[FRAME];
      const layouts = layout?.config.skipInheritedLayouts ? [] : frame.layouts;
      ctx[FRAME] = {
        app: layout?.config.skipAppWrapper ? undefined : app ?? frame.app,
        layouts: layout ? [...layouts, layout.component] : layouts,
      };
      const own = ctx[FRAME];
      try {
        return await ctx.next();
      } catch (error) {
        const status = error instanceof HttpError ? error.status : 500;
        const route = status === 404 ? root.notFoundRoute ?? errorRoute : errorRoute;
        if (!route) throw error;
        ctx.error = error;
        ctx[FRAME] = own;
        return await respond(ctx, route, status);
      } finally {
        ctx[FRAME] = frame;
      }
    };
  }
}

/** Passes the request through all steps, then to `last`. */
export function run<State>(
  ctx: Context<State>,
  steps: Step<State>[],
  last: () => Promise<Response>,
): Promise<Response> {
  const from = async (index: number): Promise<Response> => {
    const step = steps[index];
    if (!step) return await last();
    ctx.next = () => from(index + 1);
    const result = await step(ctx);
    if (typeof result !== "function") return result;
    steps[index] = result;
    return await result(ctx);
  };
  return from(0);
}
