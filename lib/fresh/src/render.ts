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
import { collectHead } from "./head.ts";
import { ISLAND_END, ISLAND_START } from "./markers.ts";
import type { LayoutConfig, PageResponse, Route, RouteComponent } from "./route.ts";
import { serialize } from "./serialize.ts";
import type { Island, Snapshot } from "./snapshot.ts";
import { setDefaults } from "./vnode_defaults.ts";

/** What one page gathers while it renders; rendering is synchronous, so there is one at a time. */
class Rendering {
  readonly nonce = crypto.randomUUID().replaceAll("-", "");
  readonly head = new Map<string, VNode>();
  readonly islands = new Set<Island>();
  readonly islandProps: unknown[] = [];
  islandDepth = 0;
  readonly tags = new Set<unknown>();

  constructor(readonly snapshot: Snapshot | undefined, readonly path: string) {}
}

let rendering: Rendering | undefined;

setDefaults(() => rendering?.path);
installHooks();

/** The route's page with what its handler returned. */
export async function renderRoute<State>(
  ctx: Context<State>,
  { component, config = {} }: Route<State>,
  { data, status, headers }: PageResponse<unknown>,
): Promise<Response> {
  const vnode = component ? await call(component, propsOf(ctx, data, () => null)) : null;
  if (vnode instanceof Response) return vnode;
  return await renderPage(ctx, vnode, { status, headers }, config);
}

/** The page inside its layouts and app wrapper. */
export async function renderPage<State>(
  ctx: Context<State>,
  page: VNode | null,
  init: ResponseInit,
  { skipAppWrapper, skipInheritedLayouts }: LayoutConfig,
): Promise<Response> {
  if (page !== null && !isValidElement(page)) {
    throw new Error("ctx.render() takes JSX or null.");
  }
  const { app, layouts } = ctx[FRAME];
  let content: VNode = page ?? h(Fragment, null);
  for (const layout of skipInheritedLayouts ? [] : layouts.toReversed()) {
    const inner = content;
    const outer = await call(layout, propsOf(ctx, undefined, () => inner));
    if (outer instanceof Response) return outer;
    content = outer;
  }
  // The page renders first, so that its <Head> is known when the wrapper's <head> renders.
  let rendered = content;
  const wrapper = app && !skipAppWrapper ? await call(app, propsOf(ctx, undefined, () => rendered)) : undefined;
  if (wrapper instanceof Response) return wrapper;
  const state = new Rendering(ctx[SNAPSHOT], ctx.url.pathname);
  const html = withRendering(state, () => {
    rendered = jsxTemplate([renderToString(content)]) as VNode;
    return completeDocument(
      state,
      wrapper ? renderToString(wrapper) : renderToString(rendered),
    );
  });
  const headers = new Headers(init.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  const scripts = [...state.islands].map(({ script }) => script);
  if (scripts.length > 0) {
    headers.append("link", preload([state.snapshot!.clientScript, ...scripts]));
  }
  const response = new Response(html, { ...init, headers });
  return Object.assign(response, { [NONCE]: state.nonce });
}

function propsOf<State>(
  ctx: Context<State>,
  data: unknown,
  Component: FunctionComponent,
): PageProps<unknown, State> {
  const { config, url, req, params, info, state, isPartial, error, route } = ctx;
  return {
    config,
    url,
    req,
    params,
    info,
    state,
    isPartial,
    error,
    route,
    data,
    Component,
  };
}

/** An async component is a function that is awaited, not one that Preact calls. */
async function call<State>(
  component: RouteComponent<unknown, State>,
  props: PageProps<unknown, State>,
): Promise<VNode | Response> {
  if (component.constructor.name !== "AsyncFunction") {
    return h(component as ComponentType<typeof props>, props) as VNode;
  }
  const result = await (component as (
    of: typeof props,
  ) => Promise<ComponentChildren | Response>)(props);
  return result instanceof Response ? result : h(Fragment, null, result);
}

function withRendering<T>(state: Rendering, work: () => T): T {
  rendering = state;
  collectHead((children) => toChildArray(children).forEach((child) => isVNode(child) && collect(state, child)));
  try {
    return work();
  } finally {
    rendering = undefined;
    collectHead(undefined);
  }
}

/** A page without wrapper gets the tags that browsers would add, so that comments stand where they are expected. */
function completeDocument({ tags }: Rendering, html: string): string {
  let document = html;
  if (!tags.has("body")) {
    document = renderToString(
      h("body", null, jsxTemplate([document]) as VNode),
    );
  }
  if (!tags.has("head")) {
    document = renderToString(h("head", null, h("meta", { charset: "utf-8" }))) +
      document;
  }
  if (!tags.has("html")) document = `<html>${document}</html>`;
  return `<!DOCTYPE html>${document}`;
}

function preload(scripts: readonly string[]): string {
  return scripts.map((script) => `<${encodeURI(script)}>; rel="modulepreload"; as="script"`).join(", ");
}

/** Last one wins, where two have the same key, id, or (for `<meta>`) name; there is one title. */
function collect({ head }: Rendering, vnode: VNode): void {
  head.set(headKey(vnode) ?? `#${head.size}`, vnode);
}

function headKey({ type, key, props }: VNode): string | undefined {
  if (type === "title") return "title";
  const { id, name } = props as { id?: string; name?: string };
  if (key !== undefined && key !== null) return `key:${key}`;
  if (id !== undefined) return `id:${id}`;
  return type === "meta" && name !== undefined ? `meta:${name}` : undefined;
}

/** Preact's hooks, by their short names; `preact-render-to-string` calls them as Preact does in the browser. */
interface Hooks {
  vnode?: (vnode: VNode) => void;
  /** Before a node renders. */
  __b?: (vnode: VNode) => void;
  /** After it has. */
  diffed?: (vnode: VNode) => void;
}

/** The node of an island inside its markers. */
const IN_ISLAND = new WeakSet<VNode>();

function installHooks(): void {
  const hooks = options as Hooks;
  const { vnode: oldVNode, __b: oldBefore, diffed: oldDiffed } = hooks;
  hooks.vnode = (vnode) => {
    if (rendering && (vnode.type === "script" || vnode.type === "style")) {
      (vnode.props as { nonce?: string }).nonce ??= rendering.nonce;
    }
    oldVNode?.(vnode);
  };
  hooks.__b = (vnode) => {
    if (rendering) before(rendering, vnode);
    oldBefore?.(vnode);
  };
  hooks.diffed = (vnode) => {
    if (rendering && IN_ISLAND.has(vnode)) rendering.islandDepth--;
    oldDiffed?.(vnode);
  };
}

function before(state: Rendering, vnode: VNode): void {
  if (typeof vnode.type === "function") {
    const island = state.snapshot?.islands.get(vnode.type as ComponentType);
    if (IN_ISLAND.has(vnode)) state.islandDepth++;
    else if (island && state.islandDepth === 0) {
      wrapIsland(state, island, vnode);
    }
    return;
  }
  const props = vnode.props as { children?: ComponentChildren };
  if (vnode.type === "html" || vnode.type === "head" || vnode.type === "body") {
    state.tags.add(vnode.type);
  }
  if (vnode.type === "head") props.children = mergeHead(state, props.children);
  if (vnode.type === "body") {
    props.children = [props.children, h(BootScript, { state })];
  }
}

function wrapIsland(state: Rendering, island: Island, vnode: VNode): void {
  const component = vnode.type as ComponentType;
  vnode.type = ((props: Record<string, unknown>) => {
    const index = state.islandProps.push(props) - 1;
    state.islands.add(island);
    const inner = h(component, props);
    IN_ISLAND.add(inner);
    return h(
      Fragment,
      null,
      comment(`${ISLAND_START}${island.name}:${index}`),
      inner,
      comment(ISLAND_END),
    );
  }) as ComponentType;
}

function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as Record<string, unknown>);
}

/** What `<Head>` collected takes the place of elements with the same key; the rest goes to the end. */
function mergeHead(
  { head }: Rendering,
  children: ComponentChildren,
): ComponentChildren {
  const rest = new Map(head);
  const merged = toChildArray(children).map((child) => {
    const key = isVNode(child) ? headKey(child) : undefined;
    const replacement = key === undefined ? undefined : rest.get(key);
    if (replacement) rest.delete(key!);
    return replacement ?? child;
  });
  return [...merged, ...rest.values()];
}

/** Comes last in the body, when all islands are known. */
function BootScript({ state }: { state: Rendering }): VNode | null {
  const { islands, islandProps, snapshot, nonce } = state;
  if (islands.size === 0) return null;
  const imports = [...islands].map(({ name, exportName, script }) =>
    `import{${exportName} as ${name}}from${JSON.stringify(script)};`
  );
  const names = [...islands].map(({ name }) => name);
  const props = JSON.stringify(
    serialize(islandProps, "The props of the islands: islands"),
  );
  const code = `import{boot}from${JSON.stringify(snapshot!.clientScript)};${imports.join("")}` +
    `boot({${names.join()}},${props});`;
  return h("script", {
    type: "module",
    nonce,
    dangerouslySetInnerHTML: { __html: inScript(code) },
  }) as VNode;
}

/** No `<` can then end the script or start a comment in it. In strings it means the same, and code has none. */
function inScript(code: string): string {
  return code.replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

function isVNode(child: unknown): child is VNode {
  return isValidElement(child);
}
