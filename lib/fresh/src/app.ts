import { Context, type ResolvedFreshConfig } from "./context.ts";
import { addRoutes } from "./fs_routes.ts";
import { HttpError } from "./http_error.ts";
import { type Method, type Middleware, respond, type Route, wrongMethod } from "./route.ts";
import { Router } from "./router.ts";
import { run, Scope } from "./scope.ts";
import type { Snapshot } from "./snapshot.ts";

/** What an application becomes: scopes by path, and what to run for which address. */
export interface Site<State> {
  readonly root: Scope<State>;
  readonly router: Router<Middleware<State>[]>;
}

export type ListenOptions = Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>;

const NO_INFO = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
  completed: Promise.resolve(),
} satisfies Deno.ServeHandlerInfo;

/** Not for applications: gives an `App` what the `Builder` found. */
export let applySnapshot: <State>(app: App<State>, snapshot: Snapshot) => void;

/** An application. What is said applies to what is said after it. */
export class App<State = unknown> {
  readonly config: ResolvedFreshConfig = { root: ".", basePath: "", mode: "production" };
  readonly #additions: ((site: Site<State>) => void)[] = [];
  #snapshot: Snapshot | undefined;

  static {
    applySnapshot = (app, snapshot) => {
      app.#snapshot = snapshot;
      app.config.root = snapshot.root;
    };
  }

  /** Middlewares for everything, or for what is below a path. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(...args: (string | Middleware<State>)[]): this {
    const path = typeof args[0] === "string" ? args.shift() as string : "*";
    return this.#add(({ root }) => root.at(path).middlewares.push(...args as Middleware<State>[]));
  }

  get(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle("GET", path, handlers);
  }
  post(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle("POST", path, handlers);
  }
  put(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle("PUT", path, handlers);
  }
  patch(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle("PATCH", path, handlers);
  }
  delete(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle("DELETE", path, handlers);
  }
  head(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle("HEAD", path, handlers);
  }
  all(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle("ALL", path, handlers);
  }

  /** A page made of a component and handlers. */
  route(path: string, route: Route<State>): this {
    return this.#handle("ALL", path, [(ctx) => respond(ctx, route)]);
  }

  /** Answers whatever ends in 404. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add(({ root }) => root.notFoundRoute = asRoute(route));
  }

  /** Answers what is thrown below a path; the error is `ctx.error`. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#add(({ root }) => root.at(path).errorRoute = asRoute(route));
  }

  /** Here stand the routes that the `Builder` found. */
  fsRoutes(): this {
    return this.#add((site) => addRoutes(site, this.#snapshot?.files ?? []));
  }

  /** The application as a function for `Deno.serve` or a test. */
  handler(): (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const site: Site<State> = { root: new Scope(), router: new Router() };
    for (const add of this.#additions) add(site);
    return async (req, info = NO_INFO) => {
      const url = new URL(req.url);
      url.pathname = url.pathname.replace(/\/{2,}/g, "/");
      const match = site.router.match(req.method, url.pathname);
      const [steps, params] = match.kind === "found" ? [match.found, match.params] : [site.root.steps(site.root), {}];
      const route = match.kind === "not-found" ? null : match.route;
      const last = match.kind === "wrong-method" ? () => wrongMethod(req.method, match.allowed) : notFound;
      const ctx = new Context<State>(req, url, info, route, params, this.config, this.#snapshot);
      const response = await run(ctx, steps, last).catch(plainError);
      return req.method === "HEAD" ? new Response(null, response) : response;
    };
  }

  /** Serves until the process ends. */
  listen(options: ListenOptions = {}): Promise<void> {
    Deno.serve(options as Deno.ServeTcpOptions, this.handler());
    return Promise.resolve();
  }

  #add(addition: (site: Site<State>) => void): this {
    this.#additions.push(addition);
    return this;
  }

  #handle(method: Method | "ALL", path: string, handlers: Middleware<State>[]): this {
    return this.#add(({ root, router }) => router.add(method, path, [...root.at(path).steps(root), ...handlers]));
  }
}

function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

function notFound(): never {
  throw new HttpError(404);
}

/** Where there is no error page. What is not an `HttpError` goes to the console and tells the client nothing. */
function plainError(error: unknown): Response {
  if (!(error instanceof HttpError) || error.status >= 500) console.error(error);
  if (!(error instanceof HttpError)) return new Response("Internal server error", { status: 500 });
  return new Response(error.message || STATUS_TEXT[error.status], { status: error.status });
}

const STATUS_TEXT: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
};
