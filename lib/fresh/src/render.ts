import { type ComponentChildren, Fragment, type FunctionComponent, h, isValidElement, type VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type Context, FRAME, type PageProps, SNAPSHOT } from "./context.ts";
import { NONCE } from "./csp.ts";
import { Rendering } from "./rendering.ts";
import type { PageResponse, Route, RouteComponent, RouteConfig } from "./route.ts";

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

  const rendering = new Rendering(ctx[SNAPSHOT], ctx.url.pathname);
  const html = rendering.run(() => {
    // The page comes first, so that its <Head> is known when the wrapper's <head> renders.
    finished = raw(renderToString(content));
    return completeDocument(rendering, renderToString(wrapper ?? finished));
  });
  const headers = new Headers(init.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  for (const script of rendering.scripts) {
    headers.append("link", `<${encodeURI(script)}>; rel="modulepreload"; as="script"`);
  }
  return Object.assign(new Response(`<!DOCTYPE html>${html}`, { ...init, headers }), { [NONCE]: rendering.nonce });
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
