import type { Site } from "./app.ts";
import {
  type Middleware,
  respond,
  type Route,
  type RouteComponent,
  type RouteConfig,
  type RouteHandler,
} from "./route.ts";

/** What a file in the folder of routes may export. */
// deno-lint-ignore no-explicit-any -- each route and application has its own
export interface RouteModule<Data = any, State = any> {
  default?: RouteComponent<Data, State>;
  handler?: RouteHandler<Data, State> | Middleware<State>[];
  handlers?: RouteHandler<Data, State> | Middleware<State>[];
  config?: RouteConfig;
}

/** A file of the folder of routes, `path` without extension: pages are loaded when asked for, the others at once. */
export type FsFile =
  | { readonly kind: "page"; readonly path: string; load(): Promise<RouteModule> }
  | { readonly kind: "special"; readonly path: string; readonly module: RouteModule };

/** Files that hold for their whole folder. */
export const SPECIAL = /(?:^|\/)_(app|layout|middleware|error)$/;

/** First what holds for folders, then the pages, the most specific first. */
export function addRoutes<State>({ root, router }: Site<State>, files: readonly FsFile[]): void {
  for (const file of files) if (file.kind === "special") addSpecial(root, file.path, file.module);
  for (const file of files.toSorted((a, b) => compareRoutes(a.path, b.path))) {
    if (file.kind !== "page") continue;
    const steps = root.at(folderOf(file.path)).steps(root);
    router.add("ALL", toPattern(file.path), [...steps, pageOf(file.path, file.load)]);
  }
}

function addSpecial<State>(root: Site<State>["root"], path: string, module: RouteModule): void {
  const scope = root.at(folderOf(path));
  const handlers = [module.handlers ?? module.handler ?? module.default].flat();
  switch (SPECIAL.exec(path)![1]) {
    case "app":
      return void (root.app = module.default);
    case "layout":
      return void (scope.layout = { component: module.default!, config: module.config ?? {} });
    case "error":
      return void (scope.errorRoute = routeOf(path, module));
    case "middleware":
      if (!handlers.every((handler) => typeof handler === "function")) {
        throw new Error(`${path} must export one middleware or a list, not handlers by method.`);
      }
      scope.middlewares.push(...handlers as Middleware<State>[]);
  }
}

function pageOf<State>(path: string, load: () => Promise<RouteModule>): Middleware<State> {
  let route: Promise<Route<State>> | undefined;
  return async (ctx) => await respond(ctx, await (route ??= load().then((module) => routeOf(path, module))));
}

function routeOf<State>(path: string, module: RouteModule): Route<State> {
  const handler = module.handlers ?? module.handler;
  if (!module.default && !handler) throw new Error(`The route ${path} exports neither a component nor handlers.`);
  return { component: module.default, handler: handler as RouteHandler<unknown, State>, config: module.config };
}

/** `blog/[slug]/index` → `/blog/:slug`. Groups such as `(admin)` are no part of an address. */
function toPattern(path: string): string {
  const segments = path.split("/");
  if (segments.at(-1) === "index") segments.pop();
  return segments.filter((segment) => !isGroup(segment)).map((segment) => {
    if (segment.includes("][")) throw new SyntaxError(`In the route ${path} two parameters follow each other.`);
    return `/${segment}`
      .replace(/^\/\[\[(\w+)\]\]$/, "{/:$1}?")
      .replace(/\[\.\.\.(\w+)\]$/, ":$1*")
      .replace(/\[(\w+)\]/g, ":$1");
  }).join("") || "/";
}

/** Fixed segments before parameters, parameters before optional ones, the rest of a path last. */
function compareRoutes(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => path.split("/").filter((segment) => !isGroup(segment)));
  const longer = left!.length > right!.length ? left! : right!;
  return longer.map((_, index) => vagueness(left![index]) - vagueness(right![index])).find((order) => order !== 0) ?? 0;
}

function vagueness(segment = ""): number {
  return ["[", "[[", "[..."].findLastIndex((start) => segment.includes(start)) + 1;
}

function isGroup(segment: string): boolean {
  return /^\(.*\)$/.test(segment);
}

/** As a path for scopes, which know parameters as programmatic routes write them. */
function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/").replace(/\[(?:\.\.\.)?(\w+)\]/g, ":$1");
}
