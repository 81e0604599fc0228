import { type ComponentType, h, render } from "preact";
import { deserialize } from "./deserialize.ts";
import { ISLAND_END, ISLAND_START } from "./markers.ts";
import { setDefaults } from "./vnode_defaults.ts";

/** In the browser: brings the islands of the page to life. `props` is the serialised list of their props. */
export function boot(
  islands: Record<string, ComponentType>,
  props: string,
): void {
  setDefaults(() => location.pathname);
  const allProps = deserialize(props) as Record<string, unknown>[];
  for (const { name, index, start, end } of findIslands()) {
    try {
      render(h(islands[name]!, allProps[index]!), between(start, end));
    } catch (error) {
      reportError(error); // one island that fails must not stop the others
    }
  }
}

interface IslandPlace {
  readonly name: string;
  readonly index: number;
  readonly start: Comment;
  readonly end: Comment;
}

function findIslands(): IslandPlace[] {
  const found: IslandPlace[] = [];
  const comments = document.createTreeWalker(
    document.body,
    NodeFilter.SHOW_COMMENT,
  );
  let start: Comment | undefined;
  for (
    let node = comments.nextNode() as Comment | null;
    node;
    node = comments.nextNode() as Comment | null
  ) {
    if (node.data.startsWith(ISLAND_START)) start = node;
    else if (node.data === ISLAND_END && start) {
      const [name, index] = start.data.slice(ISLAND_START.length).split(":");
      found.push({ name: name!, index: Number(index), start, end: node });
      start = undefined;
    }
  }
  return found;
}

/** What Preact needs of a parent element, for the nodes between two comments. */
function between(start: Comment, end: Comment): Element {
  const parent = start.parentNode!;
  const childNodes = () => {
    const nodes: ChildNode[] = [];
    for (
      let node = start.nextSibling;
      node && node !== end;
      node = node.nextSibling
    ) nodes.push(node);
    return nodes;
  };
  return {
    nodeType: Node.ELEMENT_NODE,
    parentNode: parent,
    ownerDocument: document,
    namespaceURI: (parent as Element).namespaceURI,
    get firstChild() {
      return childNodes()[0] ?? null;
    },
    get childNodes() {
      return childNodes();
    },
    contains: (node: Node) => childNodes().some((child) => child.contains(node)),
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
  } as unknown as Element;
}
