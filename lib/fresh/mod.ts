/**
 * What Essaim uses of Fresh 2.3 (https://fresh.deno.dev/docs), under its documented names: this folder stands in for
 * `jsr:@fresh/core` through "links" of deno.json. Rendering is loaded with the first page, the bundler with `fresh/dev`.
 */
export { App, type ListenOptions } from "./src/app.ts";
export type { Context, PageProps, ResolvedFreshConfig } from "./src/context.ts";
export { csp, type CSPOptions } from "./src/csp.ts";
export { csrf } from "./src/csrf.ts";
export { createDefine, type Define } from "./src/define.ts";
export { HttpError } from "./src/http_error.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  type Method,
  type Middleware,
  page,
  type PageResponse,
  type RouteConfig,
  type RouteHandler,
} from "./src/route.ts";
export { staticFiles } from "./src/static_files.ts";
