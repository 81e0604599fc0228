import { options, type VNode } from "preact";
import { asset } from "./asset.ts";

/** `pathname` of the page that shows the elements made now; undefined outside of any. */
let currentPath = (): string | undefined => undefined;

/**
 * From now on elements get what Fresh sets by itself, on the server and in the browser alike: `aria-current` on links
 * to the page or above it, and a cache key on images. `data-fresh-disable-lock` keeps an image's address as it is.
 */
export function setDefaults(pathname: () => string | undefined): void {
  currentPath = pathname;
  const before = options.vnode;
  options.vnode = (vnode: VNode) => {
    const props = vnode.props as Record<string, unknown>;
    if (vnode.type === "a") markCurrent(props);
    if (
      (vnode.type === "img" || vnode.type === "source") &&
      !props["data-fresh-disable-lock"]
    ) {
      if (typeof props.src === "string") props.src = asset(props.src);
    }
    before?.(vnode);
  };
}

function markCurrent(props: Record<string, unknown>): void {
  const current = currentPath()?.replace(/(?<=.)\/$/, "");
  if (
    current === undefined || typeof props.href !== "string" ||
    !props.href.startsWith("/")
  ) return;
  const target = new URL(props.href, "http://fresh.invalid").pathname.replace(
    /(?<=.)\/$/,
    "",
  );
  if (current === target) {
    Object.assign(props, { "data-current": "true", "aria-current": "page" });
  } else if (target === "/" || current.startsWith(`${target}/`)) {
    Object.assign(props, { "data-ancestor": "true", "aria-current": "true" });
  }
}
