import type { Item } from "./app.ts";
import {
  type LayoutConfig,
  type Middleware,
  type Route,
  type RouteComponent,
  type RouteHandler,
  routeStep,
} from "./route.ts";

/** What a file in the folder of routes may export. */
// deno-lint-ignore no-explicit-any -- each application has its own state
export interface RouteModule<State = any> {
  default?: RouteComponent<unknown, State>;
  handler?: RouteHandler<unknown, State> | Middleware<State>[];
  handlers?: RouteHandler<unknown, State> | Middleware<State>[];
  config?: LayoutConfig;
}

/** A file of the folder of routes: pages are loaded when asked for, the others at once. */
export type FsFile =
  | {
    readonly kind: "page";
    readonly path: string;
    load(): Promise<RouteModule>;
  }
  | {
    readonly kind: "special";
    readonly path: string;
    readonly module: RouteModule;
  };

const SPECIAL = /(?:^|\/)_(app|layout|middleware|error|404|500)$/;

/** `path` is relative to the folder of routes, without extension. */
export function isSpecial(path: string): boolean {
  return SPECIAL.test(path);
}

/** What the files mean: those that hold for a folder first, then the pages, the most specific first. */
export function routeItems<State>(files: readonly FsFile[]): Item<State>[] {
  const special = files.flatMap((file) => file.kind === "special" ? specialItems<State>(file.path, file.module) : []);
  const pages = files.filter((file) => file.kind === "page").sort((a, b) => compareRoutes(a.path, b.path));
  return [
    ...special,
    ...pages.map(({ path, load }): Item<State> => ({
      kind: "route",
      method: "ALL",
      path: toPattern(path, "leave out groups"),
      scope: toPattern(folderOf(path), "keep groups"),
      handlers: [routeStep(async () => routeOf<State>(path, await load()))],
    })),
  ];
}

function specialItems<State>(
  path: string,
  module: RouteModule<State>,
): Item<State>[] {
  const scope = toPattern(folderOf(path), "keep groups");
  const component = module.default;
  switch (SPECIAL.exec(path)![1]) {
    case "app":
      return component ? [{ kind: "app", component }] : [];
    case "layout":
      return component
        ? [{
          kind: "layout",
          path: scope,
          component,
          config: module.config ?? {},
        }]
        : [];
    case "middleware": {
      const handlers = module.handlers ?? module.handler ?? component;
      const middlewares = [handlers].flat().filter((handler) => typeof handler === "function") as Middleware<State>[];
      if (middlewares.length === 0) {
        throw new Error(
          `${path} exports no middleware; a function or a list is expected.`,
        );
      }
      return [{ kind: "middleware", path: scope, middlewares }];
    }
    case "404":
      return [{ kind: "not-found", route: routeOf(path, module) }];
    default:
      return [{ kind: "error", path: scope, route: routeOf(path, module) }];
  }
}

function routeOf<State>(
  path: string,
  module: RouteModule<State>,
): Route<State> {
  const handler = module.handlers ?? module.handler;
  if (!module.default && !handler) {
    throw new Error(
      `The route ${path} exports neither a component nor handlers.`,
    );
  }
  if (Array.isArray(handler)) {
    throw new Error(`The route ${path} exports a list; only a middleware may.`);
  }
  return { component: module.default, handler, config: module.config };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** `blog/[slug]/index` → `/blog/:slug`. Groups such as `(admin)` are no part of an address. */
export function toPattern(
  path: string,
  groups: "keep groups" | "leave out groups",
): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  if (segments.at(-1) === "index") segments.pop();
  const pattern = segments
    .filter((segment) => groups === "keep groups" || !/^\(.*\)$/.test(segment))
    .map((segment) => {
      if (segment.includes("][")) {
        throw new SyntaxError(`In ${path} two parameters follow each other.`);
      }
      const [, rest] = /^\[\.\.\.(\w+)\]$/.exec(segment) ?? [];
      if (rest !== undefined) return `/:${rest}*`;
      const [, optional] = /^\[\[(\w+)\]\]$/.exec(segment) ?? [];
      if (optional !== undefined) return `{/:${optional}}?`;
      return `/${segment.replace(/\[(\w+)\]/g, ":$1")}`;
    }).join("");
  return pattern || "/";
}

/** Fixed segments before parameters, parameters before the rest of a path. */
export function compareRoutes(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => path.split("/").filter((segment) => !/^\(.*\)$/.test(segment)));
  for (let index = 0; index < Math.max(left!.length, right!.length); index++) {
    const order = vagueness(left![index]) - vagueness(right![index]);
    if (order !== 0) return order;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function vagueness(segment: string | undefined): number {
  if (segment === undefined || !segment.includes("[")) return 0;
  if (segment.startsWith("[...")) return 3;
  return segment.startsWith("[[") ? 2 : 1;
}
