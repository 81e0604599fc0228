import type { ComponentChildren } from "preact";

export interface HeadProps {
  children?: ComponentChildren;
}

let collect: ((children: ComponentChildren) => void) | undefined;

/** While a page renders, its renderer gets what stands in `<Head>`. */
export function collectHead(into: typeof collect): void {
  collect = into;
}

/** Puts its children into the `<head>` of the page. In the browser it does nothing: they are there already. */
export function Head({ children }: HeadProps): null {
  collect?.(children);
  return null;
}
