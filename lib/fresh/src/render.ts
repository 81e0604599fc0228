import {
  type ComponentChildren,
  type ComponentType,
  Fragment,
  type FunctionComponent,
  h,
  isValidElement,
  options,
  toChildArray,
  type VNode,
} from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type Context, FRAME, type PageProps, SNAPSHOT } from "./context.ts";
import { NONCE } from "./csp.ts";
import { collectHead, mergeHead } from "./head.ts";
import { serializeProps } from "./island_props.ts";
import type { PageResponse, Route, RouteComponent, RouteConfig } from "./route.ts";
import type { Island, Snapshot } from "./snapshot.ts";

/** What one page gathers while it renders. */
class Rendering {
  readonly nonce = crypto.randomUUID().replaceAll("-", "");
  readonly head: VNode[] = [];
  readonly islands = new Set<Island>();
  readonly islandProps: unknown[] = [];
  islandDepth = 0;
  /** Which of html, head and body the page has itself. */
  readonly tags = new Set<string>();

  constructor(readonly snapshot: Snapshot | undefined, readonly path: string) {}
}

/** Rendering is synchronous, so there is one at a time. */
let rendering: Rendering | undefined;

/** The route's page with what its handler returned. */
export async function renderRoute<State>(
  ctx: Context<State>,
  { component, config = {} }: Route<State>,
  { data, status, headers }: PageResponse<unknown>,
): Promise<Response> {
  const vnode = component ? await callComponent(component, ctx, data, () => null) : null;
  return vnode instanceof Response ? vnode : await renderPage(ctx, vnode, { status, headers }, config);
}

/** The page inside its layouts and app wrapper. */
export async function renderPage<State>(
  ctx: Context<State>,
  page: VNode | null,
  init: ResponseInit,
  { skipAppWrapper, skipInheritedLayouts }: RouteConfig,
): Promise<Response> {
  if (page !== null && !isValidElement(page)) throw new TypeError("ctx.render() takes JSX or null.");
  const { app, layouts } = ctx[FRAME];
  let content = page ?? h(Fragment, null);
  for (const layout of skipInheritedLayouts ? [] : layouts.toReversed()) {
    const inner = content;
    const outer = await callComponent(layout, ctx, undefined, () => inner);
    if (outer instanceof Response) return outer;
    content = outer;
  }
  let finished = content;
  const wrapper = app && !skipAppWrapper ? await callComponent(app, ctx, undefined, () => finished) : undefined;
  if (wrapper instanceof Response) return wrapper;

  const state = rendering = new Rendering(ctx[SNAPSHOT], ctx.url.pathname);
  let html: string;
  try {
    collectHead(state.head);
    // The page comes first, so that its <Head> is known when the wrapper's <head> renders.
    finished = raw(renderToString(content));
    html = `<!DOCTYPE html>${completeDocument(state, renderToString(wrapper ?? finished))}`;
  } finally {
    rendering = undefined;
    collectHead(undefined);
  }
  const headers = new Headers(init.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  const scripts = [...state.islands].map(({ script }) => script);
  for (const script of scripts.length ? [state.snapshot!.clientScript, ...new Set(scripts)] : []) {
    headers.append("link", `<${encodeURI(script)}>; rel="modulepreload"; as="script"`);
  }
  return Object.assign(new Response(html, { ...init, headers }), { [NONCE]: state.nonce });
}

/** An async component is awaited here, as Preact could not; the others are left to Preact. */
async function callComponent<State>(
  component: RouteComponent<unknown, State>,
  { config, url, req, params, info, state, error, route }: Context<State>,
  data: unknown,
  Component: FunctionComponent,
): Promise<VNode | Response> {
  const props: PageProps<unknown, State> = { config, url, req, params, info, state, error, route, data, Component };
  if (component.constructor.name !== "AsyncFunction") return h(component as FunctionComponent, props as object);
  const result = await (component as unknown as (of: typeof props) => Promise<ComponentChildren | Response>)(props);
  return result instanceof Response ? result : h(Fragment, null, result);
}

function raw(html: string): VNode {
  return jsxTemplate([html]) as VNode;
}

/** Adds the tags that a browser would add, so that comments stand where they are expected. */
function completeDocument({ tags }: Rendering, html: string): string {
  const body = tags.has("body") ? html : renderToString(h("body", null, raw(html)));
  const head = tags.has("head") ? "" : renderToString(h("head", null, h("meta", { charset: "utf-8" })));
  return tags.has("html") ? body : `<html>${head}${body}</html>`;
}

/** Marks on nodes; entries of weak maps would stay in memory much longer. */
const ORIGINAL = Symbol("original");
const IN_MARKERS = Symbol("island inside its markers");
interface MarkedVNode extends VNode {
  [ORIGINAL]?: Pick<VNode, "type" | "props">;
  [IN_MARKERS]?: true;
}

/** Preact's hooks before and after a node renders; `preact-render-to-string` calls them as Preact does. */
interface Hooks {
  __b?: (vnode: MarkedVNode) => void;
  diffed?: (vnode: MarkedVNode) => void;
}

const hooks = options as Hooks;
const others = { ...hooks };

/** A node may be a constant that many pages show, so each page starts from what it was. */
function change(vnode: MarkedVNode, changes: Partial<Pick<VNode, "type" | "props">>): void {
  vnode[ORIGINAL] ??= { type: vnode.type, props: vnode.props };
  Object.assign(vnode, changes);
}

hooks.__b = (vnode) => {
  if (rendering) {
    Object.assign(vnode, vnode[ORIGINAL]);
    const extra = extraProps(rendering, vnode);
    if (extra) change(vnode, { props: { ...vnode.props, ...extra } });
    if (typeof vnode.type === "function") enterComponent(rendering, vnode, vnode.type);
  }
  others.__b?.(vnode);
};

hooks.diffed = (vnode) => {
  if (rendering && vnode[IN_MARKERS]) rendering.islandDepth--;
  others.diffed?.(vnode);
};

/** An island outside of any other gets markers around it, and its props are kept for the browser. */
function enterComponent(state: Rendering, vnode: MarkedVNode, component: ComponentType): void {
  if (vnode[IN_MARKERS]) state.islandDepth++;
  const island = state.snapshot?.islands.get(component);
  if (!island || state.islandDepth > 0) return;
  const withMarkers = (props: Record<never, never>) => {
    const index = state.islandProps.push(props) - 1;
    state.islands.add(island);
    const content = Object.assign(h(component, props), { [IN_MARKERS]: true });
    return h(Fragment, null, comment(`frsh:island:${island.name}:${index}`), content, comment("/frsh:island"));
  };
  change(vnode, { type: withMarkers });
}

function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as Record<never, never>);
}

/** What elements get beyond what the page says. */
function extraProps(state: Rendering, { type, props }: VNode): Record<string, unknown> | undefined {
  const { children, nonce, href } = props as { children?: ComponentChildren; nonce?: string; href?: unknown };
  if (type === "html" || type === "head" || type === "body") state.tags.add(type);
  switch (type) {
    case "head":
      return { children: mergeHead(toChildArray(children), state.head) };
    case "body":
      return { children: [children, h(BootScript, { state })] };
    case "script":
    case "style":
      return { nonce: nonce ?? state.nonce };
    case "a":
      return typeof href === "string" && href.startsWith("/") ? currentMark(href, state.path) : undefined;
  }
}

/** For links to the page itself, and to what is above it. */
function currentMark(href: string, path: string): Record<string, string> | undefined {
  const target = new URL(href, "http://fresh.invalid").pathname.replace(/(?<=.)\/$/, "");
  const current = path.replace(/(?<=.)\/$/, "");
  if (current === target) return { "data-current": "true", "aria-current": "page" };
  const isAbove = target === "/" || current.startsWith(`${target}/`);
  return isAbove ? { "data-ancestor": "true", "aria-current": "true" } : undefined;
}

/** Comes last in the body, when all islands are known. */
function BootScript({ state: { islands, islandProps, snapshot, nonce } }: { state: Rendering }): VNode | null {
  if (islands.size === 0) return null;
  const imports = [...islands].map(({ name, exportName, script }) =>
    `import{${exportName} as ${name}}from${JSON.stringify(script)};`
  );
  const names = [...islands].map(({ name }) => name);
  const props = JSON.stringify(serializeProps(islandProps));
  const code = `import{boot}from${JSON.stringify(snapshot!.clientScript)};${
    imports.join("")
  }boot({${names}},${props});`;
  // Without any `<` nothing ends the script; in a string the escape means the same, and elsewhere there is none.
  const __html = code.replaceAll("<", "\\u003c");
  return h("script", { type: "module", nonce, dangerouslySetInnerHTML: { __html } }) as VNode;
}
