import { type ComponentChildren, isValidElement, toChildArray, type VNode } from "preact";

export interface HeadProps {
  children?: ComponentChildren;
}

let collected: VNode[] | undefined;

/** While a page renders, what stands in `<Head>` goes into this list. */
export function collectHead(into: VNode[] | undefined): void {
  collected = into;
}

/** Puts its children into the `<head>` of the page. In the browser it does nothing: they are there already. */
export function Head({ children }: HeadProps): null {
  collected?.push(...toChildArray(children).filter((child) => isValidElement(child)));
  return null;
}

/** One title, one `<meta>` of a name, one element of a key or id: the last wins, in the place of the first. */
export function mergeHead(children: ComponentChildren[], more: readonly VNode[]): ComponentChildren[] {
  const merged = new Map<unknown, ComponentChildren>();
  for (const child of [...children, ...more]) merged.set(isValidElement(child) ? headKey(child) : {}, child);
  return [...merged.values()];
}

/** Elements with nothing to tell them apart are all kept. */
function headKey(vnode: VNode): unknown {
  const { id, name } = vnode.props as { id?: string; name?: string };
  if (vnode.type === "title") return "title";
  if (vnode.key !== undefined && vnode.key !== null) return `key ${vnode.key}`;
  if (id !== undefined) return `id ${id}`;
  return vnode.type === "meta" && name !== undefined ? `meta ${name}` : vnode;
}
