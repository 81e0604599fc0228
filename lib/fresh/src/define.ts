import type { HandlerByMethod, HandlerFn, Middleware, RouteComponent, RouteHandler } from "./route.ts";

/** Functions that return what they get and only help the compiler to infer types. */
export interface Define<State> {
  handlers<Data, Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>>(handlers: Handlers): Handlers;

  /** `define.page<typeof handler>(...)` takes the type of `data` from the route's handlers. */
  page<
    // deno-lint-ignore no-explicit-any -- whatever the handlers return
    Handler extends RouteHandler<any, State> = never,
    Data = Handler extends HandlerFn<infer Data, State> ? Data
      : Handler extends HandlerByMethod<infer Data, State> ? Data
      : never,
  >(render: RouteComponent<Data, State>): RouteComponent<Data, State>;

  layout(render: RouteComponent<unknown, State>): RouteComponent<unknown, State>;

  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): M;
}

export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (render) => render,
    layout: (render) => render,
    middleware: (middleware) => middleware,
  };
}
