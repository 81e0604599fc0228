import { type ComponentChildren, type ComponentType, Fragment, h, options, toChildArray, type VNode } from "preact";
import { collectHead, mergeHead } from "./head.ts";
import { serializeProps } from "./island_props.ts";
import type { Island, Snapshot } from "./snapshot.ts";

/** One page while it renders: adds what Fresh adds to its elements, and gathers its head and islands. */
export class Rendering {
  readonly nonce = crypto.randomUUID().replaceAll("-", "");
  readonly head: VNode[] = [];
  readonly islands = new Set<Island>();
  readonly islandProps: unknown[] = [];
  islandDepth = 0;
  /** Which of html, head and body the page has itself. */
  readonly tags = new Set<string>();

  /** `path` is the page's own. */
  constructor(readonly snapshot: Snapshot | undefined, readonly path: string) {}

  /** Addresses of the scripts that the page needs. */
  get scripts(): string[] {
    const scripts = new Set([...this.islands].map(({ script }) => script));
    return scripts.size === 0 ? [] : [this.snapshot!.clientScript, ...scripts];
  }

  /** What Preact renders in `work` belongs to this page. */
  run<T>(work: () => T): T {
    current = this;
    collectHead(this.head);
    try {
      return work();
    } finally {
      current = undefined;
      collectHead(undefined);
    }
  }
}

/** Rendering is synchronous, so there is one at a time. */
let current: Rendering | undefined;

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
  if (current) {
    Object.assign(vnode, vnode[ORIGINAL]);
    const extra = extraProps(current, vnode);
    if (extra) change(vnode, { props: { ...vnode.props, ...extra } });
    if (typeof vnode.type === "function") enterComponent(current, vnode, vnode.type);
  }
  others.__b?.(vnode);
};

hooks.diffed = (vnode) => {
  if (current && vnode[IN_MARKERS]) current.islandDepth--;
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
      return typeof href === "string" && /^\/(?!\/)/.test(href) ? currentMark(href, state.path) : undefined;
  }
}

/** For links to the page itself, and to what is above it. */
function currentMark(href: string, path: string): Record<string, string> | undefined {
  const target = new URL(href, "http://fresh.invalid").pathname.replace(/(?<=.)\/$/, "");
  const own = path.replace(/(?<=.)\/$/, "");
  if (own === target) return { "data-current": "true", "aria-current": "page" };
  const isAbove = target === "/" || own.startsWith(`${target}/`);
  return isAbove ? { "data-ancestor": "true", "aria-current": "true" } : undefined;
}

/** Comes last in the body, when all islands are known. */
function BootScript({ state: { islands, islandProps, snapshot, nonce } }: { state: Rendering }): VNode | null {
  if (islands.size === 0) return null;
  const names = [...islands].map(({ name }) => name);
  const code = [
    `import{boot}from${JSON.stringify(snapshot!.clientScript)};`,
    ...[...islands].map(({ name, exportName, script }) =>
      `import{${exportName} as ${name}}from${JSON.stringify(script)};`
    ),
    `boot({${names}},${JSON.stringify(serializeProps(islandProps))});`,
  ].join("");
  // Without any `<` nothing ends the script; in a string the escape means the same, and elsewhere there is none.
  const __html = code.replaceAll("<", "\\u003c");
  return h("script", { type: "module", nonce, dangerouslySetInnerHTML: { __html } }) as VNode;
}
