import { Context, type FreshConfig, type ResolvedFreshConfig } from "./context.ts";
import { routeItems } from "./fs_routes.ts";
import { HttpError } from "./http_error.ts";
import {
  allowedMethods,
  type LayoutConfig,
  type MaybeLazy,
  type Method,
  type Middleware,
  type Route,
  type RouteComponent,
  routeStep,
} from "./route.ts";
import { Router } from "./router.ts";
import { run, Scope, type Step } from "./scope.ts";
import type { Snapshot } from "./snapshot.ts";

/** What an application is made of, in the order in which it was said. */
export type Item<State> =
  | {
    readonly kind: "middleware";
    readonly path: string;
    readonly middlewares: Step<State>[];
  }
  | {
    readonly kind: "layout";
    readonly path: string;
    readonly component: RouteComponent<unknown, State>;
    readonly config: LayoutConfig;
  }
  | {
    readonly kind: "error";
    readonly path: string;
    readonly route: Route<State>;
  }
  | { readonly kind: "not-found"; readonly route: Route<State> }
  | { readonly kind: "app"; readonly component: RouteComponent<unknown, State> }
  | {
    readonly kind: "route";
    readonly method: Method | "ALL";
    readonly path: string;
    readonly scope: string;
    readonly handlers: Step<State>[];
  }
  | { readonly kind: "fs-routes" };

export type ListenOptions = Partial<
  Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem
>;

const NO_INFO = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
  completed: Promise.resolve(),
} satisfies Deno.ServeHandlerInfo;

export let applySnapshot: <State>(app: App<State>, snapshot: Snapshot) => void;

/** An application: everything applies to what is added after it. */
export class App<State = unknown> {
  readonly #items: Item<State>[] = [];
  #snapshot: Snapshot | undefined;
  readonly config: ResolvedFreshConfig = {
    root: ".",
    basePath: "",
    mode: "production",
  };

  static {
    applySnapshot = (app, snapshot) => {
      app.#snapshot = snapshot;
      app.config.root = snapshot.root;
    };
  }

  constructor(_config: FreshConfig = {}) {}

  /** Middlewares for everything, or for what is below a path. */
  use(...middlewares: Step<State>[]): this;
  use(path: string, ...middlewares: Step<State>[]): this;
  use(first: string | Step<State>, ...rest: Step<State>[]): this {
    return typeof first === "string" ? this.#add({ kind: "middleware", path: first, middlewares: rest }) : this.#add({
      kind: "middleware",
      path: "*",
      middlewares: [first, ...rest],
    });
  }

  get(path: string, ...handlers: Step<State>[]): this {
    return this.#handle("GET", path, handlers);
  }
  post(path: string, ...handlers: Step<State>[]): this {
    return this.#handle("POST", path, handlers);
  }
  put(path: string, ...handlers: Step<State>[]): this {
    return this.#handle("PUT", path, handlers);
  }
  patch(path: string, ...handlers: Step<State>[]): this {
    return this.#handle("PATCH", path, handlers);
  }
  delete(path: string, ...handlers: Step<State>[]): this {
    return this.#handle("DELETE", path, handlers);
  }
  head(path: string, ...handlers: Step<State>[]): this {
    return this.#handle("HEAD", path, handlers);
  }
  all(path: string, ...handlers: Step<State>[]): this {
    return this.#handle("ALL", path, handlers);
  }

  /** A page made of a component and handlers. */
  route(path: string, route: MaybeLazy<Route<State>>): this {
    return this.#handle("ALL", path, [routeStep(route)]);
  }

  appWrapper(component: RouteComponent<unknown, State>): this {
    return this.#add({ kind: "app", component });
  }

  layout(
    path: string,
    component: RouteComponent<unknown, State>,
    config: LayoutConfig = {},
  ): this {
    return this.#add({ kind: "layout", path, component, config });
  }

  /** Answers whatever ends in 404. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "not-found", route: asRoute(route) });
  }

  /** Answers what is thrown below a path; the error is `ctx.error`. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "error", path, route: asRoute(route) });
  }

  /** Here stand the routes that the `Builder` found. */
  fsRoutes(): this {
    return this.#add({ kind: "fs-routes" });
  }

  /** The application as a function for `Deno.serve` or a test. */
  handler(): (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const root = new Scope<State>();
    const router = new Router<Step<State>[]>();
    this.#apply(this.#items, root, router);
    const rootSteps = root.steps(root);
    return async (req, info = NO_INFO) => {
      const url = new URL(req.url);
      url.pathname = url.pathname.replace(/\/{2,}/g, "/");
      const match = router.match(req.method, url.pathname);
      const route = match.kind === "not-found" ? null : match.route;
      const params = match.kind === "found" ? match.params : {};
      const last = () =>
        unhandled(
          match.kind === "wrong-method" ? match.allowed : undefined,
          req.method,
        );
      const ctx = new Context<State>(
        req,
        url,
        info,
        route,
        params,
        this.config,
        last,
        this.#snapshot,
      );
      try {
        const response = await run(
          ctx,
          match.kind === "found" ? match.found : rootSteps,
          last,
        );
        return req.method === "HEAD" ? new Response(null, response) : response;
      } catch (error) {
        return plainError(error);
      }
    };
  }

  async listen(options: ListenOptions = {}): Promise<void> {
    await Deno.serve(options as Deno.ServeTcpOptions, this.handler()).finished;
  }

  #add(item: Item<State>): this {
    this.#items.push(item);
    return this;
  }

  #handle(method: Method | "ALL", path: string, handlers: Step<State>[]): this {
    return this.#add({ kind: "route", method, path, scope: path, handlers });
  }

  #apply(
    items: readonly Item<State>[],
    root: Scope<State>,
    router: Router<Step<State>[]>,
  ): void {
    for (const item of items) {
      switch (item.kind) {
        case "middleware":
          root.at(item.path).middlewares.push(...item.middlewares);
          break;
        case "layout":
          root.at(item.path).layout = item;
          break;
        case "error":
          root.at(item.path).errorRoute = item.route;
          break;
        case "not-found":
          root.notFoundRoute = item.route;
          break;
        case "app":
          root.app = item.component;
          break;
        case "route":
          router.add(item.method, item.path, [
            ...root.at(item.scope).steps(root),
            ...item.handlers,
          ]);
          break;
        case "fs-routes":
          this.#apply(routeItems(this.#snapshot?.files ?? []), root, router);
          break;
        default:
          item satisfies never;
      }
    }
  }
}

function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

function unhandled(
  allowed: readonly string[] | undefined,
  method: string,
): Promise<Response> {
  if (!allowed) return Promise.reject(new HttpError(404));
  return method === "OPTIONS" ? Promise.resolve(allowedMethods(allowed)) : Promise.reject(new HttpError(405));
}

/** Where there is no error page. What is not an `HttpError` goes to the console and tells the client nothing. */
function plainError(error: unknown): Response {
  if (!(error instanceof HttpError) || error.status >= 500) {
    console.error(error);
  }
  if (!(error instanceof HttpError)) {
    return new Response("Internal server error", { status: 500 });
  }
  return new Response(error.message || STATUS_TEXT[error.status], {
    status: error.status,
  });
}

const STATUS_TEXT: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
};
